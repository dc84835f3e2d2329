import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { roles } from './database.js';

/** The database is not as this program left it, or may not be changed by this login; the message says what to do. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));
const OLDEST_POSTGRES = 160000; // grants "with inherit false, set true"
const LOCK = 0x15010; // one migrator at a time in one database

/** Brings the schemas to the newest version as their owner. Safe to call from many instances at once. */
export async function migrate(ownerUrl: string, login: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await checkServer(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await ensureRoles(client, login);
    await client.query(
      `create table if not exists public.isoloir_migration
         (name text primary key, sha256 text not null, applied_at timestamptz not null default now())`,
    );
    return await applyAll(client);
  } finally {
    await client.end(); // releases the lock
  }
}

/** The user that a connection string logs in as. */
export function loginOf(url: string): string {
  return new pg.Client({ connectionString: url }).user ?? 'isoloir';
}

/** What `isoloir db setup` prints for a database administrator, when our own login may not create roles. */
export function rolesSql(login: string): string {
  const member = pg.escapeIdentifier(login);
  return roles
    .map(
      (role) =>
        `do $$ begin create role isoloir_${role} nologin; exception when duplicate_object or unique_violation then null; end $$;\n` +
        `grant isoloir_${role} to ${member} with inherit false, set true;`,
    )
    .join('\n');
}

async function checkServer(client: pg.Client): Promise<void> {
  const setting = async (name: string) =>
    (await client.query<{ value: string }>('select current_setting($1) as value', [name])).rows[0]?.value ??
    '';
  if (Number(await setting('server_version_num')) < OLDEST_POSTGRES) {
    throw new MigrationError(
      `PostgreSQL ${await setting('server_version')} is too old: 16 or later is needed.`,
    );
  }
  for (const name of ['fsync', 'synchronous_commit']) {
    if ((await setting(name)) === 'off')
      throw new MigrationError(`${name} is off: an acknowledged vote could be lost.`);
  }
}

async function ensureRoles(client: pg.Client, login: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>(
    `select r.rolname as role from pg_auth_members m
       join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
      where u.rolname = $1 and m.set_option`,
    [login],
  );
  if (roles.every((role) => rows.some((row) => row.role === `isoloir_${role}`))) return;
  try {
    await client.query(rolesSql(login));
  } catch (cause) {
    throw new MigrationError(
      `The roles of the database are missing and this login may not create them (${(cause as Error).message}). ` +
        'Have its administrator run what `isoloir db setup` prints.',
      { cause },
    );
  }
}

async function applyAll(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from public.isoloir_migration',
  );
  const known = new Map(rows.map((row) => [row.name, row.sha256]));
  const files = (await readdir(FOLDER)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  const unknown = [...known.keys()].find((name) => !files.includes(name));
  if (unknown) throw new MigrationError(`The database is ahead of this program: it has ${unknown}.`);
  const applied: string[] = [];
  for (const name of files) {
    const sql = await readFile(FOLDER + name, 'utf8');
    const sha256 = createHash('sha256').update(sql).digest('hex');
    const before = known.get(name);
    if (before === sha256) continue;
    if (before)
      throw new MigrationError(`${name} has changed since it was applied; add a new migration instead.`);
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into public.isoloir_migration (name, sha256) values ($1, $2)', [name, sha256]);
    await client.query('commit');
    applied.push(name);
  }
  return applied;
}
