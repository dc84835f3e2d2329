import { instant, list, minute, optional, pattern, uuid, vaultVersion } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** Why a mail came back, as RFC 3463 (`5.2.2`, the mailbox is full) or RFC 5321 (`550`) has it. Never a sentence. */
const smtpCode = pattern('a code such as 5.1.1 or 550', /^(\d\.\d{1,3}\.\d{1,3}|\d{3})$/);

/** What can happen to one elector (stream `elector-<electorId>`). Who the elector is, only the vault knows. */
export const electorWires = [
  wire('ElectorRegistered.v1', { electorId: uuid, electionId: uuid, identity: vaultVersion, at: instant }),
  wire('ElectorCorrected.v1', { electorId: uuid, identity: vaultVersion, at: instant }),
  // The professional address was wrong. Two of the staff say so. Every link sent before is void, and so is a password:
  // whoever has the wrong mailbox could have set it. One of the staff asked first, the other approved: only then it is a fact.
  wire('ContactChanged.v1', {
    electorId: uuid,
    identity: vaultVersion,
    staffIds: list(uuid, 2, 2),
    at: minute,
  }),
  // A mail with a one-time link is to be sent (F10). The token is derived from linkId by the vault and written nowhere.
  wire('ActivationLinkIssued.v1', { electorId: uuid, linkId: uuid, expiresAt: minute, at: minute }),
  wire('MailBounced.v1', { electorId: uuid, linkId: uuid, reason: optional(smtpCode), at: minute }),
  // Also the moment at which the link is used up (F11, F97).
  wire('AccountActivated.v1', { electorId: uuid, linkId: uuid, secrets: vaultVersion, at: minute }),
  wire('PasswordResetRequested.v1', { electorId: uuid, linkId: uuid, expiresAt: minute, at: minute }),
  wire('PasswordReset.v1', { electorId: uuid, linkId: uuid, secrets: vaultVersion, at: minute }),
] as const;

export type ElectorEvent = EventsOf<typeof electorWires>;
