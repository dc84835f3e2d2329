import type { OnModuleDestroy } from '@nestjs/common';
import type { BallotVerdict } from '../../crypto/ballot-checks.js';
import type { VerifierName } from '../../crypto/server-checks.js';
import { BallotVerifier } from '../../verification/ballot-verifier.js';
import { BallotChecks } from './verification-line.js';

/** Checks ballots in threads, which start with the first ballot: an instance that takes no vote has none. */
export class BallotThreads extends BallotChecks implements OnModuleDestroy {
  private verifier: Promise<BallotVerifier> | undefined;

  constructor(
    private readonly threads: number,
    private readonly name: VerifierName,
  ) {
    super();
  }

  override async check(election: string, ballot: string): Promise<BallotVerdict> {
    if (!this.verifier) {
      this.verifier = BallotVerifier.start({ threads: this.threads, verifier: this.name });
      this.verifier.catch(() => (this.verifier = undefined));
    }
    return (await this.verifier).check(election, ballot);
  }

  async onModuleDestroy(): Promise<void> {
    await (await this.verifier)?.close();
  }
}
