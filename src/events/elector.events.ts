import { instant, list, minute, oneOf, optional, pattern, uuid, vaultVersion } from './fields.js';
import { ed25519Key } from './identifiers.js';
import { wire, type EventsOf } from './wire.js';

/** Why a mail came back, as RFC 3463 (`5.2.2`, the mailbox is full) or RFC 5321 (`550`) has it. Never a sentence. */
const smtpCode = pattern('a code such as 5.1.1 or 550', /^(\d\.\d{1,3}\.\d{1,3}|\d{3})$/);

/** The scrutins whose rolls an elector is on: the right to vote in each. */
const scrutinIds = list(uuid, 0, 100);

/** What can happen to one elector (stream `elector-<electorId>`). Who the elector is, only the vault knows. */
export const electorWires = [
  wire('ElectorRegistered.v1', {
    electorId: uuid,
    electionId: uuid,
    identity: vaultVersion,
    scrutinIds: optional(scrutinIds),
    at: instant,
  }),
  // `scrutinIds` only where they change: then it is the whole list.
  wire('ElectorCorrected.v1', {
    electorId: uuid,
    identity: vaultVersion,
    scrutinIds: optional(scrutinIds),
    claimId: optional(uuid),
    staffId: optional(uuid), // absent where the command line did it, as below
    at: instant,
  }),
  wire('ElectorRemoved.v1', {
    electorId: uuid,
    claimId: optional(uuid),
    staffId: optional(uuid),
    at: instant,
  }),
  // The professional address was wrong. Two of the staff say so. Every link sent before is void, and so is a password:
  // whoever has the wrong mailbox could have set it. One of the staff asked first, the other approved: only then it is a fact.
  wire('ContactChanged.v1', {
    electorId: uuid,
    identity: vaultVersion,
    staffIds: list(uuid, 2, 2),
    at: minute,
  }),
  // A mail with a one-time link is to be sent (F10). The token is derived from linkId by the vault and written nowhere.
  // `staffId` where one of the staff asked for it, for this elector alone.
  wire('ActivationLinkIssued.v1', {
    electorId: uuid,
    linkId: uuid,
    expiresAt: minute,
    staffId: optional(uuid),
    at: minute,
  }),
  wire('MailBounced.v1', { electorId: uuid, linkId: uuid, reason: optional(smtpCode), at: minute }),
  // Also the moment at which the link is used up (F11, F97).
  wire('AccountActivated.v1', { electorId: uuid, linkId: uuid, secrets: vaultVersion, at: minute }),
  wire('PasswordResetRequested.v1', {
    electorId: uuid,
    linkId: uuid,
    expiresAt: minute,
    staffId: optional(uuid),
    at: minute,
  }),
  wire('PasswordReset.v1', { electorId: uuid, linkId: uuid, secrets: vaultVersion, at: minute }),
  wire('NoticeDelivered.v1', {
    electorId: uuid,
    channel: oneOf('hand', 'post', 'registered'),
    staffId: optional(uuid),
    at: minute,
  }),
  // The public half of the gate key that the code gives (protocol V6). Nothing here leads to a credential.
  wire('VotingCodeIssued.v1', { electorId: uuid, gateKey: ed25519Key, at: minute }),
  // Where the link goes is written nowhere (F50).
  wire('CodeReassortRequested.v1', {
    electorId: uuid,
    linkId: uuid,
    channel: oneOf('mail', 'sms', 'in-person'),
    staffIds: optional(list(uuid, 2, 2)), // in person: one of the staff and one of the board
    expiresAt: minute,
    at: minute,
  }),
  // Replaces the gate key: the old code is worth nothing from here on (F51). The new credentials are in no event until
  // the freeze, and then in the final list of each scrutin only: an event beside this one would say whose they are.
  wire('VotingCodeReassorted.v1', { electorId: uuid, linkId: uuid, gateKey: ed25519Key, at: minute }),
] as const;

export type ElectorEvent = EventsOf<typeof electorWires>;
