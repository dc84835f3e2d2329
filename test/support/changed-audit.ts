import { auditBundle, type AuditReport } from '../../src/auditor/audit.js';
import type { auditedElection } from './audited-election.js';
import { Surgery } from './bundle-surgery.js';

/** Audits of one public bundle, each with something changed by whoever holds the key of the log. */
export class ChangedAudit {
  /** All that the last one found wrong, beyond the hundred of a claim: `claim: reason`. */
  reasons: string[] = [];

  private constructor(
    private readonly made: Awaited<ReturnType<typeof auditedElection>>,
    private readonly whole: string,
  ) {}

  static async of(made: Awaited<ReturnType<typeof auditedElection>>): Promise<ChangedAudit> {
    return new ChangedAudit(made, await made.bundle('public'));
  }

  get bundle(): Surgery {
    return new Surgery(this.whole);
  }

  async report(how: (bundle: Surgery) => unknown): Promise<AuditReport> {
    const { bundle, made } = this;
    this.reasons = [];
    how(bundle);
    async function* text() {
      yield await Promise.resolve(bundle.signedBy(made.transparency.signer));
    }
    const onFinding = (name: string, _: string, reason: string) => this.reasons.push(`${name}: ${reason}`);
    return auditBundle(text(), { threads: 0, onFinding });
  }

  async failing(how: (bundle: Surgery) => unknown): Promise<AuditReport['claims'][number][]> {
    const { claims } = await this.report(how);
    return claims.filter(({ verdict }) => verdict === 'fails');
  }

  /** What the reasons name that begin so, sorted. */
  named(beginning: string): string[] {
    const all = this.reasons.filter((reason) => reason.startsWith(beginning));
    return all.map((reason) => reason.slice(beginning.length)).sort();
  }
}
