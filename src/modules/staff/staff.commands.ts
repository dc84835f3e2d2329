import type { VaultVersion } from '../../events/fields.js';
import type { StaffRole } from '../../events/staff.events.js';

/** What one may ask of an account of the staff. `by` is the administrator who asks, undefined at the command line. */

/** A one-time link by which its holder sets password and authenticator. */
export interface StaffLink {
  readonly linkId: string;
  readonly expiresAt: string;
}

/**
 * An account with a first role. What the vault holds of it was written before: the name, and with a link nothing else, so
 * that nobody but the holder ever knows the password and the TOTP key.
 */
export class AddStaff {
  readonly kind = 'AddStaff';
  constructor(
    readonly staffId: string,
    readonly secrets: VaultVersion,
    readonly role: StaffRole,
    readonly by: string | undefined,
    readonly link?: StaffLink,
  ) {}
}

/** Lets somebody set password and authenticator anew: both were lost. Only the newest link counts. */
export class IssueStaffLink {
  readonly kind = 'IssueStaffLink';
  constructor(
    readonly staffId: string,
    readonly link: StaffLink,
    readonly by: string | undefined,
    /** Whether somebody has chosen a password for this account before: the vault knows. */
    readonly replaces: boolean,
    /** Who was present and agreed. */
    readonly approvedBy?: string,
  ) {}
}

/** The holder has another password and another authenticator; by a link, or in a session of their own. */
export class SetStaffSecrets {
  readonly kind = 'SetStaffSecrets';
  constructor(
    readonly staffId: string,
    readonly secrets: VaultVersion,
    readonly linkId?: string,
  ) {}
}

/** Adds a role. */
export class GrantRole {
  readonly kind = 'GrantRole';
  constructor(
    readonly staffId: string,
    readonly role: StaffRole,
    readonly by: string | undefined,
    /** Whether the person has a seat of a board: the handler looks. */
    readonly seated = false,
  ) {}
}

/** Takes a role away. Who has none left cannot sign in. */
export class RevokeRole {
  readonly kind = 'RevokeRole';
  constructor(
    readonly staffId: string,
    readonly role: StaffRole,
    readonly by: string | undefined,
  ) {}
}

export type StaffCommand = AddStaff | IssueStaffLink | SetStaffSecrets | GrantRole | RevokeRole;
