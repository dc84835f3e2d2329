import type { BoxEvent } from '../../events/box.events.js';
import { Refusal } from '../../ledger/refusal.js';
import type { Reconciliation, StateDiscrepancy } from './counting.commands.js';
import type { Counted } from './counting.decider.js';

export type Stated = Extract<BoxEvent, { type: 'DiscrepancyStated' }>['data'];

/** What must be one number (CGFP R. 211-574, docs/protocol.md A6): names, those of them that have signed, signatures, ballots. */
export type Figures = Pick<Stated, 'names' | 'matched' | 'signatures' | 'ballots'>;

type Box = Pick<Counted, 'signatures' | 'ballots' | 'stated'>;

/** What was found, beside what the box itself counts. */
export function figuresOf({ signatures, ballots }: Box, { names, matched }: Reconciliation): Figures {
  return { names, matched, signatures, ballots };
}

export function agree({ names, matched, signatures, ballots }: Figures): boolean {
  return names === signatures && matched === signatures && ballots === signatures;
}

export function same(one: Figures, other: Figures): boolean {
  const keys = ['names', 'matched', 'signatures', 'ballots'] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** Whether the count goes on: all agrees, or what was found is what the board stated last. */
export function isSettled(box: Box, found: Reconciliation): boolean {
  const [figures, last] = [figuresOf(box, found), box.stated.at(-1)];
  return (
    found.rootAgrees && found.keyAgrees && (agree(figures) || (last !== undefined && same(figures, last)))
  );
}

/**
 * What nobody can have the count go on over: other signatures than were frozen are an altered ledger; and with another key
 * than that of the vote, this one would not be destroyed and could lead from names to ballots once these are decrypted.
 */
export function requireSound({
  rootAgrees,
  keyAgrees,
}: Pick<Reconciliation, 'rootAgrees' | 'keyAgrees'>): void {
  if (!rootAgrees)
    throw new Refusal('counting.register-altered', 'The signatures are not those that were frozen.');
  if (!keyAgrees)
    throw new Refusal('counting.other-key', 'The register key is not that with which electors have signed.');
}

/** Two members, one of whom presides: the president, or the secretary in that place, as for the key (CGFP R. 211-573). */
export function requireTwo([one, other]: StateDiscrepancy['members']): void {
  if (one.staffId === other.staffId || one.seat === other.seat)
    throw new Refusal('counting.two-members', 'Another member of the board must approve.', 'forbidden');
  if (one.office === 'delegate' && other.office === 'delegate')
    throw new Refusal(
      'counting.nobody-presides',
      'One of the two must be the president, or the secretary in the place of the president.',
      'forbidden',
    );
}

/** Two members state what the server has just found. Again only where it then finds something else. */
export function stateDiscrepancy(
  { scrutinId, found, text, members }: StateDiscrepancy,
  box: Counted,
  now: string,
): readonly BoxEvent[] {
  requireTwo(members);
  if (box.phase === 'open') throw new Refusal('counting.not-frozen', 'The box is not frozen yet.');
  if (box.phase !== 'frozen')
    throw new Refusal('counting.key-destroyed', 'The register was reconciled, and its key destroyed.');
  requireSound(found);
  const [figures, last] = [figuresOf(box, found), box.stated.at(-1)];
  if (agree(figures))
    throw new Refusal(
      'counting.no-discrepancy',
      'Names, signatures and ballots agree: there is nothing to state.',
    );
  if (last && same(figures, last)) {
    if (last.text === text) return []; // approved a second time
    throw new Refusal('counting.discrepancy-stated', 'This discrepancy was stated.');
  }
  const staffIds = members.map(({ staffId }) => staffId);
  return [{ type: 'DiscrepancyStated', data: { scrutinId, ...figures, text, staffIds, at: now } }];
}
