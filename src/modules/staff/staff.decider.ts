import { never } from '../../events/event.js';
import type { VaultVersion } from '../../events/fields.js';
import type { StaffEvent, StaffRole } from '../../events/staff.events.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type {
  AddStaff,
  GrantRole,
  IssueStaffLink,
  RevokeRole,
  SetStaffSecrets,
  StaffCommand,
  StaffLink,
} from './staff.commands.js';

/** What is known of one of the staff. */
export type StaffMember =
  | { readonly phase: 'absent' }
  | {
      readonly phase: 'added';
      readonly secrets: VaultVersion;
      readonly roles: ReadonlySet<StaffRole>;
      /** The newest link, until it is used. */
      readonly link: StaffLink | undefined;
    };
type Added = Extract<StaffMember, { phase: 'added' }>;

/** The life of one account of the staff (stream `staff-<staffId>`). Who may ask, the caller has checked. */
export const staff: Decider<StaffMember, StaffCommand, StaffEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    switch (command.kind) {
      case 'AddStaff':
        return add(command, state, now);
      case 'IssueStaffLink':
        return issueLink(command, added(state), now);
      case 'SetStaffSecrets':
        return setSecrets(command, added(state), now);
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
        return { phase: 'added', secrets: data.secrets, roles: new Set(), link: undefined };
      case 'StaffLinkIssued':
        return { ...(state as Added), link: { linkId: data.linkId, expiresAt: data.expiresAt } };
      case 'StaffSecretsSet':
        return { ...(state as Added), secrets: data.secrets, link: undefined };
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
  { staffId, secrets, role, by, link }: AddStaff,
  state: StaffMember,
  now: string,
): readonly StaffEvent[] {
  if (state.phase === 'added') {
    if (state.secrets.version === secrets.version) return [];
    throw new Refusal('staff.already-added', 'Somebody of the staff has this id.');
  }
  return [
    { type: 'StaffAdded', data: { staffId, secrets, at: now } },
    granted(staffId, role, by, now),
    ...(link ? [issued(staffId, link, by, now)] : []),
  ];
}

function issueLink(command: IssueStaffLink, state: Added, now: string): readonly StaffEvent[] {
  const { staffId, link, by, replaces, approvedBy } = command;
  if (state.link?.linkId === link.linkId) return [];
  if (replaces && (approvedBy === undefined || approvedBy === by || approvedBy === staffId))
    throw new Refusal(
      'staff.second-person',
      'A link to an account that somebody uses takes two: another of the staff must approve.',
      'forbidden',
    );
  return [issued(staffId, link, by, now, approvedBy)];
}

function setSecrets(
  { staffId, secrets, linkId }: SetStaffSecrets,
  state: Added,
  now: string,
): readonly StaffEvent[] {
  if (state.secrets.version === secrets.version) return [];
  if (linkId !== undefined) requireLink(linkId, state, now);
  const by = linkId === undefined ? {} : { linkId };
  return [{ type: 'StaffSecretsSet', data: { staffId, secrets, ...by, at: now } }];
}

/** Refuses a link that was used or replaced, or is too old. */
export function requireLink(linkId: string, { link }: Pick<Added, 'link'>, now: string): void {
  if (link?.linkId !== linkId) throw new Refusal('staff.link-void', 'This link was used or replaced.');
  if (Date.parse(link.expiresAt) <= Date.parse(now))
    throw new Refusal('staff.link-expired', 'This link is too old.');
}

function issued(
  staffId: string,
  { linkId, expiresAt }: StaffLink,
  by: string | undefined,
  at: string,
  approvedBy?: string,
): StaffEvent {
  const who = { ...(by !== undefined && { by }), ...(approvedBy !== undefined && { approvedBy }) };
  return { type: 'StaffLinkIssued', data: { staffId, linkId, expiresAt, ...who, at } };
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
