import { isOf, type LedgerEvent } from '../events/codec.js';
import { never } from '../events/event.js';
import type { VaultVersion } from '../events/fields.js';

/** The identity of an elector that counts; undefined when the elector is on no list. */
export type Counting = { readonly electionId: string; readonly identity: VaultVersion } | undefined;

/** Which identity counts: the one that the last event of the elector names. For `Ledger.load`. */
export const counting = {
  initial: undefined as Counting,
  evolve(state: Counting, event: LedgerEvent): Counting {
    if (!isOf(event, 'elector')) return state;
    switch (event.type) {
      case 'ElectorRegistered':
        return { electionId: event.data.electionId, identity: event.data.identity };
      case 'ElectorCorrected':
      case 'ContactChanged':
        return state && { ...state, identity: event.data.identity };
      case 'ElectorRemoved':
        return undefined;
      case 'ActivationLinkIssued':
      case 'MailBounced':
      case 'AccountActivated':
      case 'PasswordResetRequested':
      case 'PasswordReset':
      case 'NoticeDelivered':
      case 'VotingCodeIssued':
      case 'CodeReassortRequested':
      case 'VotingCodeReassorted':
        return state;
      default:
        return never(event);
    }
  },
};
