import { isOf, type LedgerEvent } from '../events/codec.js';
import { never } from '../events/event.js';
import type { VaultVersion } from '../events/fields.js';

/** What gate, booth and vote need to know of an elector, folded from the stream. */
export interface Voter {
  readonly electionId: string;
  readonly identity: VaultVersion;
  /** The right to vote: the scrutins whose rolls the elector is on. */
  readonly scrutinIds: readonly string[];
  /** The public half of the gate key that counts: that of the newest code (F51). Undefined before any code was issued. */
  readonly gateKey?: string;
}

/** `undefined` until the elector is on the lists, and again once removed. */
export const voter = {
  initial: undefined as Voter | undefined,
  evolve(state: Voter | undefined, event: LedgerEvent): Voter | undefined {
    if (!isOf(event, 'elector')) throw new TypeError(`${event.type} in the stream of an elector`);
    switch (event.type) {
      case 'ElectorRegistered': {
        const { electionId, identity, scrutinIds = [] } = event.data;
        return { ...state, electionId, identity, scrutinIds };
      }
      case 'ElectorCorrected': {
        const { identity, scrutinIds = state?.scrutinIds ?? [] } = event.data;
        return state && { ...state, identity, scrutinIds };
      }
      case 'ContactChanged':
        return state && { ...state, identity: event.data.identity };
      case 'ElectorRemoved':
        return undefined;
      case 'VotingCodeIssued':
      case 'VotingCodeReassorted':
        return state && { ...state, gateKey: event.data.gateKey };
      case 'ActivationLinkIssued':
      case 'MailBounced':
      case 'AccountActivated':
      case 'PasswordResetRequested':
      case 'PasswordReset':
      case 'NoticeDelivered':
      case 'CodeReassortRequested':
        return state;
      default:
        return never(event);
    }
  },
};

/** What a session remembers of the gate: whose election, and the public key of the code, in hex. */
export interface PassedGate {
  readonly electionId: string;
  readonly key: string;
}

/**
 * Whether a session passed the gate with the code that counts now. Asked at each use: a session that remembers an older
 * code, or that a late request wrote anew, is worth nothing.
 */
export function passedGate(gate: PassedGate | undefined, who: Voter | undefined): boolean {
  return who?.gateKey !== undefined && gate?.electionId === who.electionId && gate.key === who.gateKey;
}
