import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { roles, type Role } from '../../src/storage/database.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';

/** The one role that may see each schema. A new schema must be added here before any migration makes it. */
const seenBy: Readonly<Record<string, Role>> = {
  ledger: 'ledger',
  vault: 'vault',
  documents: 'documents',
  reactions: 'reactions',
  read_register: 'register',
  read_box: 'box',
  transparency: 'transparency',
};

interface Grant {
  schema: string;
  name: string;
  role: string;
  may: boolean;
}

let made: TestDatabase;
beforeAll(async () => {
  made = await freshDatabase();
});
afterAll(() => made.drop());

const list = roles.map((role) => `'isoloir_${role}'`).join();
const own = `n.nspname not in ('information_schema', 'public') and n.nspname not like 'pg\\_%'`;

/** What every role may do with every object of every schema of ours, those of later migrations included. */
const walk = (objects: string, may: string) =>
  made.asOwner<Grant>(`select n.nspname as schema, o.name, r.rolname as role, ${may} as may
    from (${objects}) o join pg_namespace n on n.oid = o.namespace and ${own}
      cross join (select rolname from pg_roles where rolname in (${list}, 'isoloir')) r order by 1, 2, 3`);
const strangers = (grants: Grant[]) =>
  grants.filter(({ schema, role, may }) => may && role !== `isoloir_${seenBy[schema] ?? 'nobody'}`);

describe('every role sees its own schema only', () => {
  it('every schema has one role that sees it', async () => {
    const grants = await walk(
      'select nspname as name, oid as namespace from pg_namespace',
      `has_schema_privilege(r.rolname, n.oid, 'usage')`,
    );
    expect(new Set(grants.map(({ schema }) => schema))).toEqual(
      new Set(Object.keys(seenBy).filter((schema) => grants.some((grant) => grant.schema === schema))),
    );
    expect(grants.filter(({ schema }) => schema in seenBy).length).toBeGreaterThan(3 * roles.length);
    expect(strangers(grants)).toEqual([]);
  });

  it.each(['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])(
    'no role may %s on a table of another',
    async (privilege) => {
      const grants = await walk(
        `select relname as name, relnamespace as namespace, oid from pg_class where relkind in ('r', 'p', 'v', 'm')`,
        ['select', 'insert', 'update', 'references'].includes(privilege)
          ? `has_any_column_privilege(r.rolname, o.oid, '${privilege}')`
          : `has_table_privilege(r.rolname, o.oid, '${privilege}')`,
      );
      expect(grants.length).toBeGreaterThan(0);
      expect(strangers(grants)).toEqual([]);
      // Only a read model is ever emptied: to be rebuilt from the ledger.
      const emptied = privilege === 'truncate' ? ['read_register', 'read_box'] : [];
      if (['truncate', 'references', 'trigger'].includes(privilege))
        expect(grants.filter(({ may, schema }) => may && !emptied.includes(schema))).toEqual([]);
    },
  );

  it('no role may create in a schema, nor in public', async () => {
    const rows = await made.asOwner<{
      role: string;
      schema: string;
    }>(`select r.rolname as role, n.nspname as schema
      from pg_namespace n cross join pg_roles r where r.rolname in (${list}, 'isoloir')
       and (${own} or n.nspname = 'public') and has_schema_privilege(r.rolname, n.oid, 'create')`);
    expect(rows).toEqual([]);
  });

  it('the ledger can be added to by its role, through its function, and changed by none', async () => {
    const grants = await walk(
      `select proname as name, pronamespace as namespace, oid from pg_proc where prosecdef`,
      `has_function_privilege(r.rolname, o.oid, 'execute')`,
    );
    expect(grants.filter(({ may }) => may).map(({ name, role }) => `${role} ${name}`)).toEqual([
      'isoloir_ledger append',
    ]);
    const tables = await made.asOwner<{
      n: number;
    }>(`select count(*)::int as n from pg_class c cross join pg_roles r
      where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r' and r.rolname in (${list})
        and has_table_privilege(r.rolname, c.oid, 'insert, update, delete, truncate')`);
    expect(tables).toEqual([{ n: 0 }]);
  });

  it('no role is a member of another, and the login has their rights only by taking a role', async () => {
    const rows = await made.asOwner<{ member: string; inherits: boolean }>(
      `select m.member::regrole::text as member, bool_or(m.inherit_option) as inherits from pg_auth_members m
        where m.roleid::regrole::text in (${list}) and m.member::regrole::text <> 'postgres' group by 1`,
    );
    expect(rows).toEqual([{ member: 'isoloir', inherits: false }]);
    const strong = await made.asOwner(`select rolname from pg_roles where rolname in (${list}, 'isoloir')
      and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)`);
    expect(strong).toEqual([]);
  });

  it('one grant too many would be noticed (a check of this check)', async () => {
    const select = () =>
      walk(
        `select relname as name, relnamespace as namespace, oid from pg_class where relkind = 'r'`,
        `has_any_column_privilege(r.rolname, o.oid, 'select')`,
      );
    await made.asOwner('grant select (position) on ledger.events to isoloir_box');
    expect(strangers(await select())).toEqual([
      { schema: 'ledger', name: 'events', role: 'isoloir_box', may: true },
    ]);
    await made.asOwner('revoke select (position) on ledger.events from isoloir_box');
    expect(strangers(await select())).toEqual([]);
  });
});
