import { instant, oneOf, optional, uuid, vaultVersion } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** What one of the staff may do. Assistance has no power over votes. */
export const staffRoles = ['administrator', 'board', 'auditor', 'assistance'] as const;
/** One of `staffRoles`. */
export const role = oneOf(...staffRoles);
/** See `role`. */
export type StaffRole = ReturnType<typeof role.parse>;

/** What can happen to one of the staff (stream `staff-<staffId>`). `by` is absent where the command line did it. */
export const staffWires = [
  wire('StaffAdded.v1', { staffId: uuid, secrets: vaultVersion, at: instant }),
  wire('StaffLinkIssued.v1', {
    ...{ staffId: uuid, linkId: uuid, expiresAt: instant },
    ...{ by: optional(uuid), approvedBy: optional(uuid), at: instant },
  }),
  wire('StaffSecretsSet.v1', { staffId: uuid, secrets: vaultVersion, linkId: optional(uuid), at: instant }),
  wire('RoleGranted.v1', { staffId: uuid, role, by: optional(uuid), at: instant }),
  wire('RoleRevoked.v1', { staffId: uuid, role, by: optional(uuid), at: instant }),
] as const;

export type StaffEvent = EventsOf<typeof staffWires>;
