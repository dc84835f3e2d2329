import { never } from '../../events/event.js';
import type { VaultVersion } from '../../events/fields.js';
import type { StaffEvent, StaffRole } from '../../events/staff.events.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type { AddStaff, GrantRole, RevokeRole, StaffCommand } from './staff.commands.js';

/** What is known of one of the staff. */
export type StaffMember =
  | { readonly phase: 'absent' }
  | { readonly phase: 'added'; readonly secrets: VaultVersion; readonly roles: ReadonlySet<StaffRole> };
type Added = Extract<StaffMember, { phase: 'added' }>;

/** The life of one account of the staff (stream `staff-<staffId>`). Who may ask, the caller has checked. */
export const staff: Decider<StaffMember, StaffCommand, StaffEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    switch (command.kind) {
      case 'AddStaff':
        return add(command, state, now);
      case 'GrantRole':
        return grant(command, added(state), now);
      case 'RevokeRole':
        return revoke(command, added(state), now);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'StaffAdded':
        return { phase: 'added', secrets: data.secrets, roles: new Set() };
      case 'RoleGranted':
        return { ...(state as Added), roles: new Set((state as Added).roles).add(data.role) };
      case 'RoleRevoked': {
        const roles = new Set((state as Added).roles);
        roles.delete(data.role);
        return { ...(state as Added), roles };
      }
      default:
        return never(type);
    }
  },
};

function added(state: StaffMember): Added {
  if (state.phase === 'added') return state;
  throw new Refusal('staff.not-added', 'Nobody of the staff has this id.');
}

function add(
  { staffId, secrets, role, by }: AddStaff,
  state: StaffMember,
  now: string,
): readonly StaffEvent[] {
  if (state.phase === 'added') {
    if (state.secrets.version === secrets.version) return [];
    throw new Refusal('staff.already-added', 'Somebody of the staff has this id.');
  }
  return [{ type: 'StaffAdded', data: { staffId, secrets, at: now } }, granted(staffId, role, by, now)];
}

function grant({ staffId, role, by, seated }: GrantRole, state: Added, now: string): readonly StaffEvent[] {
  refuseOwn(staffId, by);
  if (state.roles.has(role)) return [];
  if (role === 'administrator' && seated)
    throw new Refusal(
      'staff.holds-share',
      'Who has a seat of a board does not administer the service (CNIL 1-08).',
      'forbidden',
    );
  return [granted(staffId, role, by, now)];
}

function revoke({ staffId, role, by }: RevokeRole, state: Added, now: string): readonly StaffEvent[] {
  refuseOwn(staffId, by);
  if (!state.roles.has(role)) return [];
  return [{ type: 'RoleRevoked', data: { staffId, role, ...(by !== undefined && { by }), at: now } }];
}

function granted(staffId: string, role: StaffRole, by: string | undefined, at: string): StaffEvent {
  return { type: 'RoleGranted', data: { staffId, role, ...(by !== undefined && { by }), at } };
}

/** Nobody widens their own power, and the last administrator cannot be lost by a slip. */
function refuseOwn(staffId: string, by: string | undefined): void {
  if (staffId === by)
    throw new Refusal('staff.own-role', 'Another administrator must change your roles.', 'forbidden');
}
