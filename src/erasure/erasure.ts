import type { ClientBase } from 'pg';
import { inOrder, references } from '../backup/tables.js';
import type { EventStore } from '../ledger/event-store.js';
import { Refusal } from '../ledger/refusal.js';
import { belongingsOf, type Belongings } from './belongings.js';

/** CGFP R. 211-580: what served the vote is kept for two years after the closing, then it must go. */
const YEARS = 2;

/** What was erased. */
export interface Erased {
  readonly electors: number;
  readonly rows: number;
  readonly keys: number;
  readonly documents: number;
  /** Whether the database also rewrote its files, so that nothing is left in free space. */
  readonly rewritten: boolean;
}

/** From when an election may be erased. */
export function erasableFrom(closedAt: string): string {
  const date = new Date(closedAt);
  date.setUTCFullYear(date.getUTCFullYear() + YEARS);
  return date.toISOString();
}

/**
 * Erases whom an election was about: identities, passwords, digests, keys, texts of claims and requests, the named
 * registers. The ledger is not touched: with the salts gone its hashes say nothing, and every proof still verifies. Public
 * documents (candidates, results, minutes) stay. Doing it again finds nothing left to do.
 */
export async function eraseElection(
  { store, owner }: { store: EventStore; owner: ClientBase },
  electionId: string,
  { title, now }: { title: string; now: string },
): Promise<Erased> {
  const mine = await belongingsOf(store, electionId);
  if (mine.title === undefined)
    throw new Refusal('election.not-declared', `No election has the id ${electionId}.`);
  if (mine.title !== title)
    throw new Refusal('election.other-title', `That election has another title: « ${mine.title} ».`);
  if (mine.closedAt === undefined || erasableFrom(mine.closedAt) > now)
    throw new Refusal(
      'election.kept',
      mine.closedAt === undefined
        ? 'This election has no calendar yet, so its delay has not begun.'
        : `This election must be kept until ${erasableFrom(mine.closedAt)} (CGFP R. 211-580: two years).`,
    );
  await owner.query('begin');
  try {
    const rows = await eraseRows(owner, electionId, mine);
    const documents = await eraseDocuments(owner, mine);
    const keys = await eraseKeys(owner, mine);
    await owner.query('commit');
    return { electors: mine.electorIds.size, rows, keys, documents, rewritten: await rewriteFiles(owner) };
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
}

/** Every row of the vault says by one of its columns whose it is; what names an election, an elector or a scrutin goes. */
async function eraseRows(owner: ClientBase, electionId: string, mine: Belongings): Promise<number> {
  const ids = new Map([
    ['version', [...mine.versions]],
    ['election_id', [electionId]],
    ['elector_id', [...mine.electorIds]],
    ['owner', [...mine.electorIds]],
    ['scrutin_id', [...mine.scrutinIds]],
    ['link_id', [...mine.linkIds]],
  ]);
  const { rows } = await owner.query<{ name: string; columns: string[] }>(
    `select c.oid::regclass::text as name, array_agg(a.attname::text) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.atttypid = 'uuid'::regtype
      where c.relkind = 'r' and c.relnamespace = 'vault'::regnamespace group by c.oid`,
  );
  let removed = 0;
  for (const { name, columns } of inOrder(rows, await references(owner)).reverse())
    for (const column of columns) {
      const { rowCount } = await owner.query(`delete from ${name} where ${column} = any ($1)`, [
        ids.get(column) ?? [],
      ]);
      removed += rowCount ?? 0;
    }
  return removed;
}

async function eraseDocuments(owner: ClientBase, { documents }: Belongings): Promise<number> {
  const { rowCount } = await owner.query(
    `update documents.documents set content = null, erased_at = now()
      where sha256 = any ($1) and not public and content is not null`,
    [[...documents]],
  );
  return rowCount ?? 0;
}

/** Register keys; and, when nobody is on any list any more, the keys of all digests, which a next start makes anew. */
async function eraseKeys(owner: ClientBase, { scrutinIds }: Belongings): Promise<number> {
  const { rowCount } = await owner.query(
    `delete from vault.keys where split_part(name, '/', 2) = any ($1)
        or name like 'digest/%' and not exists (select from vault.identifiers)`,
    [[...scrutinIds]],
  );
  await owner.query('delete from vault.known_browsers where not exists (select from vault.identifiers)');
  await owner.query('delete from vault.failures where not exists (select from vault.identifiers)');
  return rowCount ?? 0;
}

/**
 * Deleted rows lie in free space of files and in the write-ahead log until something overwrites them. Writes the tables
 * anew and lets go of old segments of the log; false where this login may not (docs/operations.md says what to do then).
 */
async function rewriteFiles(owner: ClientBase): Promise<boolean> {
  const { rows } = await owner.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
      where relkind = 'r' and relnamespace = any ('{vault,documents,read_register,read_box}'::regnamespace[])`,
  );
  for (const { name } of rows) await owner.query(`vacuum full ${name}`);
  try {
    await owner.query('alter system set wal_recycle = off'); // a recycled segment keeps its old bytes
    await owner.query('select pg_reload_conf()');
    for (let times = 0; times < 3; times++) {
      await owner.query('checkpoint');
      await owner.query('select pg_switch_wal()');
    }
    await owner.query('checkpoint');
    return true;
  } catch {
    return false;
  }
}
