import type { ElectionEvent } from '../../events/election.events.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';

const PRESIDENT = 1;

type Replaced = Extract<ElectionEvent, { type: 'BuildReplaced' }>['data'];

/** Puts software in the place of what was sealed. The service looks up what the last two fields say. */
export interface ReplaceBuild {
  readonly replacement: Omit<Replaced, 'at'>;
  /** Whether a board of the election has scrutins between seal and result. */
  readonly sealed: boolean;
  /** Whether an instance of this deployment runs it. */
  readonly running: boolean;
}

/** Which replacements were decided in an election (stream `election-<id>`): each once, by two of whom one presides a board. */
export const buildReplacement: Decider<ReadonlySet<string>, ReplaceBuild, ElectionEvent> = {
  initial: new Set(),

  decide({ replacement, sealed, running }, decided, now) {
    if (decided.has(replacement.replacementId)) return [];
    const { decidedBy } = replacement;
    if (new Set(decidedBy.map(({ staffId }) => staffId)).size < 2)
      throw new Refusal('build.two-members', 'Another member of a board must approve.', 'forbidden');
    if (!decidedBy.some(({ seat }) => seat === PRESIDENT))
      throw new Refusal('build.no-president', 'One of the two must preside a board.', 'forbidden');
    if (!sealed) throw new Refusal('build.not-sealed', 'No scrutin is between its seal and its result.');
    if (!running) throw new Refusal('build.not-running', 'No server runs this software.');
    return [{ type: 'BuildReplaced', data: { ...replacement, at: now } }];
  },

  evolve: (decided, { type, data }) =>
    type === 'BuildReplaced' ? new Set([...decided, data.replacementId]) : decided,
};
