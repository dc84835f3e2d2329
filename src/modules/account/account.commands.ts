import type { VaultVersion } from '../../events/fields.js';

/**
 * What one may ask of the account of an elector. Whatever is personal or secret was written to the vault before: here is
 * the version and its hash. Instants are in UTC; the decider rounds them to the minute.
 */

/** Puts an elector on the lists. */
export class RegisterElector {
  readonly kind = 'RegisterElector';
  constructor(
    readonly electorId: string,
    readonly electionId: string,
    readonly identity: VaultVersion,
    /** The scrutins whose lists the elector is on. */
    readonly scrutinIds?: readonly string[],
  ) {}
}

/** Corrects who an elector is, or which lists the elector is on: until the lists are closed. */
export class CorrectElector {
  readonly kind = 'CorrectElector';
  constructor(
    readonly electorId: string,
    readonly identity: VaultVersion,
    /** All of them, where they change. */
    readonly scrutinIds?: readonly string[],
    /** The claim that led to it (F110). */
    readonly claimId?: string,
    /** Who of the staff did it. */
    readonly by?: string,
  ) {}
}

/** Takes an elector off the lists, until they are closed. */
export class RemoveElector {
  readonly kind = 'RemoveElector';
  constructor(
    readonly electorId: string,
    readonly claimId?: string,
    readonly by?: string,
  ) {}
}

/** Has the opening mail sent, with a one-time link (F10); also a second time, where the first was lost (F13). */
export class IssueActivationLink {
  readonly kind = 'IssueActivationLink';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    readonly expiresAt: string,
    /** Who of the staff asked for it. */
    readonly by?: string,
  ) {}
}

/** « Activer son compte » (F33, F97): uses up a link of either kind, saves password, question and answer. */
export class ActivateAccount {
  readonly kind = 'ActivateAccount';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    readonly secrets: VaultVersion,
  ) {}
}

/** Réassort of the password (F34): has a mail sent. Also the way of those who never got the first one (F14). */
export class RequestPasswordReset {
  readonly kind = 'RequestPasswordReset';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    readonly expiresAt: string,
    /** Who of the staff asked for it. */
    readonly by?: string,
  ) {}
}

/** Another password for an active account (F98): uses up a link of a réassort. */
export class ResetPassword {
  readonly kind = 'ResetPassword';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    readonly secrets: VaultVersion,
  ) {}
}

/** Mends a wrong professional address. Two of the staff ask for it; links sent to the old address are void. */
export class ChangeContact {
  readonly kind = 'ChangeContact';
  constructor(
    readonly electorId: string,
    readonly identity: VaultVersion,
    readonly staffIds: readonly string[],
  ) {}
}

/** The mail that carried this link came back. */
export class RecordBounce {
  readonly kind = 'RecordBounce';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    /** The code of RFC 3463 or 5321, where it is known. */
    readonly reason?: string,
  ) {}
}

export type AccountCommand =
  | RegisterElector
  | CorrectElector
  | RemoveElector
  | IssueActivationLink
  | ActivateAccount
  | RequestPasswordReset
  | ResetPassword
  | ChangeContact
  | RecordBounce;
