import { Controller, Get, Query, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { toBase64 } from '../../crypto/base64-text.js';
import { ballotEntry } from '../../crypto/log-entries.js';
import { printLogProof } from '../../crypto/log-proof.js';
import { Public } from '../../http/access.guard.js';
import { SharedRoad } from '../../ledger/giving-way.js';
import { Busy } from '../../ledger/refusal.js';
import type { SignedRoot } from '../../transparency/checkpoint.decider.js';
import { digitsFor, MOST_FOUND } from '../../transparency/log-store.js';
import { Transparency } from '../../transparency/transparency.js';

class PrefixQuery {
  /** The first one to three characters of a reference. */
  @Matches(/^[A-Za-z0-9+/]{1,3}$/, { message: 'prefix: one to three characters of a reference' })
  prefix!: string;
}

/** A ballot with the proof that it is in the log: who has its reference knows it by its entry, nobody else what it is. */
interface Deposit {
  /** SHA-256("isoloir/ballot/v1\n" scrutin "\n" reference), in base64. */
  readonly entry: string;
  /** c2sp.org/tlog-proof@v1, without extra data. */
  readonly proof: string;
}

interface Found {
  /** The key of the log. */
  readonly key: string;
  /** How many characters to ask with; nothing is looked for with fewer. */
  readonly digits: number;
  readonly deposits: Deposit[];
  readonly more: boolean;
}

/** Answers that are made at the same time; who comes then is asked to come again. */
const WAITING = 50;

/**
 * Proofs of deposits, for anyone, without a session (F80). Whoever looks for a ballot gives the first characters of its
 * reference, and receives all that begin so: the service does not learn which one is meant, and an answer names neither
 * scrutin nor reference, so that nobody counts the votes of a scrutin while it is open (design 6).
 */
@ApiTags('transparency')
@Controller('api/deposits')
export class DepositsController {
  private readonly road = new SharedRoad();
  private making = 0;

  constructor(private readonly transparency: Transparency) {}

  @Public()
  @Get()
  @ApiOperation({ summary: 'Proofs of the ballots whose references begin with these characters' })
  @ApiOkResponse({ description: 'A .tlog-proof for each ballot under the last checkpoint, by its entry' })
  async find(@Query() { prefix }: PrefixQuery): Promise<Found> {
    const { checkpoints, log, signer } = this.transparency;
    const latest = await checkpoints.latest();
    if (!latest) throw new ServiceUnavailableException();
    const digits = digitsFor(await log.ballotCount());
    if (prefix.length < digits) return { key: signer.vkey, digits, deposits: [], more: true };
    if (this.making >= WAITING) throw new Busy(WAITING, 5);
    this.making += 1;
    try {
      return { key: signer.vkey, digits, ...(await this.proofs(prefix, latest)) };
    } finally {
      this.making -= 1;
    }
  }

  private async proofs(
    prefix: string,
    { size, note }: SignedRoot,
  ): Promise<Pick<Found, 'deposits' | 'more'>> {
    const { log } = this.transparency;
    const found = await log.ballotsBy(prefix);
    const covered = found.slice(0, MOST_FOUND).filter(({ leaf }) => leaf < size);
    const leaves = covered.map(({ leaf }) => leaf);
    const proofs = await log.inclusionProofs(leaves, size, (step) => this.road.step(step));
    const deposits = covered.map(({ reference, scrutinId, leaf }, i) => ({
      entry: toBase64(ballotEntry(scrutinId, reference)),
      proof: printLogProof({ extra: undefined, index: leaf, hashes: proofs[i] ?? [], checkpoint: note }),
    }));
    return {
      deposits: deposits.sort((a, b) => (a.entry < b.entry ? -1 : 1)),
      more: found.length > MOST_FOUND,
    };
  }
}
