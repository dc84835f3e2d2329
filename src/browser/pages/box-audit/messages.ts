/** What the page and its workers tell each other. Plain data. */
import type { BallotVerdict } from '../../../crypto/ballot-checks.js';
import type { ElectionReport } from '../../../crypto/verify-election.js';

/** To a worker: audit this archive with the help of those behind these ports; or help whoever asks through one. */
export type Asked =
  | { readonly kind: 'audit'; readonly archive: ArrayBuffer; readonly helpers: readonly MessagePort[] }
  | { readonly kind: 'serve'; readonly port: MessagePort };

/** Through a port: ballots to check, and the verdicts on them. */
export interface Portion {
  readonly election: string;
  readonly ballots: readonly string[];
}
export type Answer = readonly BallotVerdict[];

/** What was found: the report, the root of the references of all ballots, the names of the scrutin and of what was voted for. */
export interface Audited {
  readonly report: ElectionReport;
  readonly root: string;
  readonly name: string;
  readonly answers: readonly (readonly string[])[];
}

/** From the worker that audits. */
export type Told =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | ({ readonly kind: 'audited' } & Audited)
  | { readonly kind: 'unreadable' };
