import { instant, list, minute, uuid, vaultVersion } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** What can happen to one elector (stream `elector-<electorId>`). Who the elector is, only the vault knows. */
export const electorWires = [
  wire('ElectorRegistered.v1', { electorId: uuid, electionId: uuid, identity: vaultVersion, at: instant }),
  wire('ElectorCorrected.v1', { electorId: uuid, identity: vaultVersion, at: instant }),
  // The professional address was wrong. Two of the staff say so; every link sent before is void.
  wire('ContactChanged.v1', {
    electorId: uuid,
    identity: vaultVersion,
    staffIds: list(uuid, 2, 2),
    at: minute,
  }),
  // A mail with a one-time link is to be sent (F10). The token is derived from linkId by the vault and written nowhere.
  wire('ActivationLinkIssued.v1', { electorId: uuid, linkId: uuid, expiresAt: minute, at: minute }),
  wire('MailBounced.v1', { electorId: uuid, linkId: uuid, at: minute }),
  // Also the moment at which the link is used up (F11, F97).
  wire('AccountActivated.v1', { electorId: uuid, linkId: uuid, secrets: vaultVersion, at: minute }),
  wire('PasswordResetRequested.v1', { electorId: uuid, linkId: uuid, expiresAt: minute, at: minute }),
  wire('PasswordReset.v1', { electorId: uuid, linkId: uuid, secrets: vaultVersion, at: minute }),
] as const;

export type ElectorEvent = EventsOf<typeof electorWires>;
