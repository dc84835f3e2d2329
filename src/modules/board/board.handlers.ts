import { handledBy } from '../../ledger/handled-by.js';
import {
  AbortCeremony,
  AppointMember,
  ApproveSeal,
  BreakSeal,
  ComplainOfShare,
  ConcludeRehearsal,
  ConcludeRound,
  DeclareBoard,
  DecryptRehearsal,
  ProposeSeal,
  RenameBoard,
  ReplaceMember,
  SpeakInCeremony,
  StartCeremony,
  StartRehearsal,
} from './board.commands.js';
import { Boards } from './boards.js';

/** What is decided on a board. Where a command carries a verdict, its service has just come to it. */
export const boardHandlers = handledBy(Boards, [
  DeclareBoard,
  RenameBoard,
  AppointMember,
  ReplaceMember,
  StartCeremony,
  AbortCeremony,
  SpeakInCeremony,
  ConcludeRound,
  ComplainOfShare,
  StartRehearsal,
  DecryptRehearsal,
  ConcludeRehearsal,
  ProposeSeal,
  ApproveSeal,
  BreakSeal,
]);
