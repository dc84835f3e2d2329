import type { BoxEvent } from '../../events/box.events.js';
import type { LedgerEvent } from '../../events/codec.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import { absentBox, evolveBox, type Box, type OpenedBox } from './box-state.decider.js';
import { graceEnd } from './ballot-box.decider.js';
import type { BoxCommand, ExtendBox, ResumeBox, SuspendBox } from './vote.commands.js';

/** Suspension, resumption and extension of one box: events of its own stream, so that they fence every append of votes. */
export const boxControl: Decider<Box, BoxCommand, LedgerEvent> = {
  initial: absentBox,
  evolve: evolveBox,

  decide(command, box, now) {
    if (new Set(command.staffIds).size < 2)
      throw new Refusal('box.two-staff', 'Another member of the staff must approve.', 'forbidden');
    // Measures during the vote are the board's (décret 2011-595): administrators may ask, two of them alone do nothing.
    if (!command.ofBoard)
      throw new Refusal('box.board-decides', 'One of the two must be of the board of this box.', 'forbidden');
    if (box.phase === 'absent') throw new Refusal('box.not-open', 'This box has not been opened.');
    if (box.phase === 'frozen') throw new Refusal('box.frozen', 'This box is frozen.');
    switch (command.kind) {
      case 'SuspendBox':
        return suspend(command, box, now);
      case 'ResumeBox':
        return resume(command, box, now);
      case 'ExtendBox':
        return extend(command, box, now);
      default:
        return never(command);
    }
  },
};

function suspend({ scrutinId, reason, staffIds }: SuspendBox, box: OpenedBox, at: string): BoxEvent[] {
  if (box.phase === 'suspended') return [];
  return [{ type: 'BoxSuspended', data: { scrutinId, reason, staffIds, at } }];
}

function resume({ scrutinId, staffIds }: ResumeBox, box: OpenedBox, at: string): BoxEvent[] {
  if (box.phase === 'open') return [];
  return [{ type: 'BoxResumed', data: { scrutinId, staffIds, at } }];
}

/** Later only, and only while electors can still know of it: before the end of the grace period. */
function extend(
  { scrutinId, closesAt, reason, staffIds }: ExtendBox,
  box: OpenedBox,
  at: string,
): BoxEvent[] {
  if (closesAt === box.closesAt) return [];
  if (closesAt < box.closesAt)
    throw new Refusal('box.earlier-closing', 'A closing can be put off, not brought forward.');
  if (at >= graceEnd(box)) throw new Refusal('box.closed', 'Voting in this scrutin is over.');
  return [{ type: 'BoxExtended', data: { scrutinId, closesAt, reason, staffIds, at } }];
}
