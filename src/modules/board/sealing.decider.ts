import type { BoardEvent } from '../../events/board.events.js';
import { Refusal } from '../../ledger/refusal.js';
import type { ApproveSeal, BreakSeal, ProposeSeal, SealingFacts } from './board.commands.js';
import {
  declared,
  isSealed,
  opensSoon,
  requireUnsealed,
  type Board,
  type BoardState,
  type Sealing,
} from './board.state.decider.js';

/** A delegate and another one, or the only one and their substitute (CGFP 552). */
const DELEGATES = 2;

/** Refuses what cannot be sealed, with the rule that it breaks. */
export function requireSealable(
  board: Board,
  { listsClosed, opensAt, administrators, scrutins }: SealingFacts,
): void {
  requireUnsealed(board);
  if (!board.key) throw new Refusal('board.no-key', 'The board has no key yet: hold its ceremony first.');
  if (administrators.length > 0)
    throw new Refusal(
      'sealing.administrator',
      `Who administers the service holds no share of the key (CNIL 1-08): seat ${administrators.join(', ')}.`,
    );
  const { ceremony } = board;
  if (ceremony && !ceremony.practice && ceremony.ended === undefined)
    throw new Refusal('ceremony.running', 'A ceremony is making another key: end it first.');
  if (opensAt === undefined) throw new Refusal('sealing.no-calendar', 'The election has no calendar.');
  if (!listsClosed) throw new Refusal('sealing.lists-open', 'The electoral lists are not closed (CGFP 528).');
  if (scrutins.length === 0)
    throw new Refusal('sealing.no-scrutin', 'The board has no scrutin that is held here.');
  for (const { scrutinId, group, lists, ordered, electors, credentials, surplus, empty } of scrutins) {
    if (group !== board.key.group)
      throw new Refusal('sealing.other-group', `${scrutinId}: not the group of the key.`);
    if (lists === 0) throw new Refusal('sealing.no-list', `${scrutinId}: no list of candidates.`);
    if (!ordered)
      throw new Refusal('sealing.not-drawn', `${scrutinId}: the order of its lists is not drawn.`);
    if (electors === 0) throw new Refusal('sealing.no-elector', `${scrutinId}: nobody is on its list.`);
    if (credentials !== electors + surplus) {
      const [more, what] =
        credentials > electors ? [credentials - electors, 'more'] : [electors - credentials, 'fewer'];
      throw new Refusal(
        'sealing.credential-count',
        `${scrutinId}: ${more} ${what} credentials (${credentials}) than electors (${electors}).`,
      );
    }
    if (!empty) throw new Refusal('sealing.box-not-empty', `${scrutinId}: its box was used.`);
  }
}

/** Puts a seal before the members. The same seal again changes nothing. */
export function proposeSeal(
  { boardId, facts, proposal, by }: ProposeSeal,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  const { sealing, electionId, key } = board;
  if (sealing && !sealing.broken && sealing.proposed.seal === proposal.seal) return [];
  requireSealable(board, facts);
  const opensAt = facts.opensAt as string;
  const keyHolders = key?.keyHolders as string;
  const data = { boardId, electionId, ...proposal, keyHolders, opensAt, by, at: now };
  return [{ type: 'SealProposed', data }];
}

/** A member approves; with the president and two delegates, the scrutins are sealed (CGFP 552). */
export function approveSeal(
  { boardId, seal, staffId, unchanged }: ApproveSeal,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  const sealing = proposed(board, seal);
  if (sealing.approvals.has(staffId)) return [];
  requireUnsealed(board);
  const seat = approvingSeat(board, staffId);
  if (seat === undefined)
    throw new Refusal('board.not-a-member', 'You have no seat in this board.', 'forbidden');
  if (!unchanged)
    throw new Refusal(
      'sealing.outdated',
      'Something that the seal covers has changed since: propose it again.',
    );
  const approval: BoardEvent = { type: 'SealApproved', data: { boardId, seal, staffId, seat, at: now } };
  const approvals = new Map(sealing.approvals).set(staffId, seat);
  if (!suffice(approvals)) return [approval];
  const { electionId, keyHolders, acknowledgementKey, scrutins } = sealing.proposed;
  const fixed = { boardId, electionId, seal, keyHolders, acknowledgementKey, scrutins };
  return [
    approval,
    { type: 'ScrutinsSealed', data: { ...fixed, approvedBy: [...approvals.keys()], at: now } },
  ];
}

/** Two persons break a seal, one of them of the board; never once voting may have opened. */
export function breakSeal(
  { boardId, seal, reason, staffId }: BreakSeal,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  const sealing = proposed(board, seal);
  if (sealing.broken) return [];
  if (!isSealed(board)) throw new Refusal('sealing.not-sealed', 'The scrutins of this board are not sealed.');
  if (opensSoon(board, now))
    throw new Refusal('sealing.opening', 'Voting opens or is open: a box is suspended instead, by itself.');
  const { breaking } = sealing;
  if (!breaking) return [{ type: 'SealBreakAsked', data: { boardId, seal, reason, staffId, at: now } }];
  if (breaking.staffId === staffId) return []; // asked already, and somebody else must agree
  if (![staffId, breaking.staffId].some((one) => approvingSeat(board, one) !== undefined))
    throw new Refusal('board.not-a-member', 'One of the two must be a member of the board.', 'forbidden');
  const data = { boardId, seal, reason: breaking.reason, staffIds: [breaking.staffId, staffId], at: now };
  return [{ type: 'SealBroken', data }];
}

/** Whether president and two delegates approved. */
export function suffice(approvals: ReadonlyMap<string, number>): boolean {
  const seats = [...approvals.values()];
  return seats.includes(1) && seats.filter((seat) => seat > 2).length >= DELEGATES;
}

/** The seat for which somebody may approve: their own, or as the substitute of the only delegate. */
function approvingSeat({ seats }: Board, staffId: string): number | undefined {
  const delegates = new Set([...seats].filter(([seat]) => seat > 2).map(([, { holder }]) => holder));
  for (const [seat, { holder, substitute }] of seats) {
    if (holder === staffId) return seat;
    if (seat > 2 && delegates.size === 1 && substitute === staffId) return seat;
  }
  return undefined;
}

function proposed({ sealing }: Board, seal: string): Sealing {
  if (!sealing) throw new Refusal('sealing.not-proposed', 'No seal was proposed.');
  if (sealing.proposed.seal !== seal)
    throw new Refusal('sealing.other-seal', 'Another seal was proposed since: look at that one.');
  return sealing;
}
