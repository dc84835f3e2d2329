import type { BoardEvent } from '../../events/board.events.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import type { BoardCommand } from './board.commands.js';
import { evolveBoard, type BoardState } from './board.state.decider.js';
import { abortCeremony, complain, concludeRound, speak, startCeremony } from './ceremony.decider.js';
import { concludeRehearsal, decryptRehearsal, startRehearsal } from './rehearsal.decider.js';
import { appointMember, declareBoard, renameBoard, replaceMember } from './roster.decider.js';
import { approveSeal, breakSeal, proposeSeal } from './sealing.decider.js';

/** The life of one board (stream `board-<id>`): its members, its key, the seal of its scrutins. */
export const board: Decider<BoardState, BoardCommand, BoardEvent> = {
  initial: undefined,

  decide(command, state, now) {
    switch (command.kind) {
      case 'DeclareBoard':
        return declareBoard(command, state, now);
      case 'RenameBoard':
        return renameBoard(command, state, now);
      case 'AppointMember':
        return appointMember(command, state, now);
      case 'ReplaceMember':
        return replaceMember(command, state, now);
      case 'StartCeremony':
        return startCeremony(command, state, now);
      case 'SpeakInCeremony':
        return speak(command, state, now);
      case 'ConcludeRound':
        return concludeRound(command, state, now);
      case 'ComplainOfShare':
        return complain(command, state, now);
      case 'AbortCeremony':
        return abortCeremony(command, state, now);
      case 'StartRehearsal':
        return startRehearsal(command, state, now);
      case 'DecryptRehearsal':
        return decryptRehearsal(command, state, now);
      case 'ConcludeRehearsal':
        return concludeRehearsal(command, state, now);
      case 'ProposeSeal':
        return proposeSeal(command, state, now);
      case 'ApproveSeal':
        return approveSeal(command, state, now);
      case 'BreakSeal':
        return breakSeal(command, state, now);
      default:
        return never(command);
    }
  },

  evolve: evolveBoard,
};
