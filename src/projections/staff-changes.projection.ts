import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Accounts and roles of the staff, and who gave them: for the journal, where one administrator sees what another did. */
export const staffChanges: Projection = {
  name: 'staff_changes',
  role: 'register',
  tables: ['read_register.staff_changes'],
  apply({ event, revision }) {
    if (!isOf(event, 'staff') || event.type === 'StaffAdded') return [];
    const { staffId, at } = event.data;
    const role = 'role' in event.data ? event.data.role : null;
    const by = 'by' in event.data ? event.data.by : undefined;
    // An account and its first role come together; who added it is in the second event.
    const kind = revision === 1 ? 'added' : kinds[event.type];
    const approvedBy = event.type === 'StaffLinkIssued' ? event.data.approvedBy : undefined;
    const values = [staffId, revision, kind, role, by ?? null, approvedBy ?? null, at];
    return [{ name: 'changed', text: CHANGED, values }];
  },
};

const kinds = {
  StaffLinkIssued: 'link',
  StaffSecretsSet: 'secrets',
  RoleGranted: 'granted',
  RoleRevoked: 'revoked',
} as const;

const CHANGED = `insert into read_register.staff_changes (stream_id, revision, kind, role, by_id, approved_by_id, at)
  values ($1, $2, $3, $4, $5, $6, $7)`;

/** One change. `by` is undefined where the command line, or the holder, did it. */
export interface StaffChange {
  readonly staffId: string;
  readonly kind: 'added' | (typeof kinds)[keyof typeof kinds];
  readonly role: string | undefined;
  readonly by: string | undefined;
  /** The second person of a link to an account that had a holder. */
  readonly approvedBy: string | undefined;
  readonly at: Date;
}

/** The newest changes of accounts and roles. */
export async function newestStaffChanges(register: Queryable, limit: number): Promise<StaffChange[]> {
  const { rows } = await register.query<{
    stream_id: string;
    kind: StaffChange['kind'];
    role: string | null;
    by_id: string | null;
    approved_by_id: string | null;
    at: Date;
  }>('select * from read_register.staff_changes order by at desc, stream_id, revision desc limit $1', [
    limit,
  ]);
  return rows.map(({ stream_id, kind, role, by_id, approved_by_id, at }) => ({
    ...{ staffId: stream_id, kind, at },
    role: role ?? undefined,
    by: by_id ?? undefined,
    approvedBy: approved_by_id ?? undefined,
  }));
}
