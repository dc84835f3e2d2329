import type { VaultVersion } from '../../events/fields.js';
import type { StaffRole } from '../../events/staff.events.js';

/** What one may ask of an account of the staff. `by` is the administrator who asks, undefined at the command line. */

/** Lets somebody sign in, with a first role. Name, password hash and TOTP key were written to the vault before. */
export class AddStaff {
  readonly kind = 'AddStaff';
  constructor(
    readonly staffId: string,
    readonly secrets: VaultVersion,
    readonly role: StaffRole,
    readonly by: string | undefined,
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

export type StaffCommand = AddStaff | GrantRole | RevokeRole;
