/** What is checked of a finished election, claim by claim, in the order in which a reader would ask. */
export const checkNames = [
  'contents-match-their-names',
  'events-form-a-chain',
  'events-follow-the-grammar',
  'archive-holds-what-events-name',
  'election-is-well-formed',
  'key-holders-prove-their-keys',
  'election-key-is-that-of-the-key-holders',
  'credentials-are-well-formed-and-distinct',
  'every-ballot-is-well-formed',
  'every-ballot-has-a-listed-credential',
  'one-ballot-per-credential',
  'no-ballot-is-replayed',
  'every-ballot-is-signed',
  'every-ballot-has-valid-proofs',
  'encrypted-tally-counts-every-ballot',
  'encrypted-tally-is-the-sum-of-the-ballots',
  'partial-decryptions-are-proved',
  'key-holders-reach-their-quorum',
  'result-is-what-was-decrypted',
] as const;
export type CheckName = (typeof checkNames)[number];

/** Something wrong. `place` is a path in the archive: `event[4].ballot.answers[0].overall_proof`. */
export interface Finding {
  readonly place: string;
  readonly reason: string;
}

/** A claim with its verdict. `unchecked`: what it needs could not be read, for which another claim has failed. */
export interface Check {
  readonly name: CheckName;
  readonly verdict: 'passed' | 'failed' | 'unchecked';
  /** How many things are wrong; `findings` lists the first hundred. */
  readonly count: number;
  readonly findings: readonly Finding[];
}

/** Collects findings while an election is verified. */
export class Report {
  private readonly found = new Map<CheckName, { count: number; findings: Finding[] }>();

  /** Says that these claims are being checked: without findings, they have passed. */
  examine(...names: CheckName[]): void {
    for (const name of names) this.entry(name);
  }

  fail(name: CheckName, place: string, reason: string): void {
    const entry = this.entry(name);
    entry.count += 1;
    if (entry.findings.length < 100) entry.findings.push({ place, reason });
  }

  checks(): Check[] {
    return checkNames.map((name) => {
      const entry = this.found.get(name);
      if (entry === undefined) return { name, verdict: 'unchecked', count: 0, findings: [] };
      return { name, verdict: entry.count === 0 ? 'passed' : 'failed', ...entry };
    });
  }

  private entry(name: CheckName): { count: number; findings: Finding[] } {
    const entry = this.found.get(name) ?? { count: 0, findings: [] };
    this.found.set(name, entry);
    return entry;
  }
}
