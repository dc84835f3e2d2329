import { isOf, type LedgerEvent } from '../../events/codec.js';
import { never } from '../../events/event.js';
import type { VaultVersion } from '../../events/fields.js';

/** What gate and booth need to know of an elector, folded from the stream. */
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
