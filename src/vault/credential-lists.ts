import { createHash } from 'node:crypto';
import { Refusal } from '../ledger/refusal.js';
import type { Database, Queryable } from '../storage/database.js';
import { fileOfSorted, type SealedFile } from './line-file.js';

const PART = 10_000; // lines in one row

/**
 * The public credentials that the maker of notices gave, scrutin by scrutin, without electors (design 4). Kept here until
 * sealing makes a document of each; what comes after is refused.
 */
export class CredentialLists {
  constructor(private readonly database: Database) {}

  /**
   * Adds a sorted list to a scrutin. The same list twice is one. Refuses a line that another list has, and everything once
   * the scrutin is closed.
   */
  async put(scrutinId: string, lines: readonly string[]): Promise<void> {
    requireSorted(lines);
    if (lines.length === 0) return;
    const parts: Buffer[] = [];
    for (let at = 0; at < lines.length; at += PART) parts.push(contentOf(lines.slice(at, at + PART)));
    const sha256 = parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
    await this.database.transaction('vault', async (tx) => {
      const closed = await lock(tx, scrutinId);
      const { rows } = await tx.query(
        'select from vault.credential_lists where scrutin_id = $1 and sha256 = $2',
        [scrutinId, sha256],
      );
      if (rows.length > 0) return;
      if (closed)
        throw new Refusal('credentials.closed', `The credentials of scrutin ${scrutinId} are sealed.`);
      const fresh = new Set(lines);
      for (const other of await listsOf(tx, scrutinId))
        for await (const part of partsOf(tx, scrutinId, other))
          if (part.some((line) => fresh.has(line)))
            throw new Refusal(
              'credentials.twice',
              `A credential of scrutin ${scrutinId} is in another list.`,
            );
      await tx.query('insert into vault.credential_lists values ($1, $2, $3)', [
        scrutinId,
        sha256,
        lines.length,
      ]);
      for (const [part, content] of parts.entries())
        await tx.query('insert into vault.credential_parts values ($1, $2, $3, $4)', [
          scrutinId,
          sha256,
          part,
          content,
        ]);
    });
  }

  /** All credentials of a scrutin in one sorted list; undefined when no notice was made for it. */
  async of(scrutinId: string): Promise<SealedFile | undefined> {
    const vault = this.database.pool('vault');
    const lists = await listsOf(vault, scrutinId);
    if (lists.length === 0) return undefined;
    return fileOfSorted(lists.map((sha256) => partsOf(vault, scrutinId, sha256)));
  }

  /** How many credentials a scrutin has. */
  async count(scrutinId: string): Promise<number> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ count: number }>(
        'select coalesce(sum(count), 0)::int as count from vault.credential_lists where scrutin_id = $1',
        [scrutinId],
      );
    return rows[0]?.count ?? 0;
  }

  /** From here on `put` adds nothing to these scrutins: sealing does this before it reads. Closing twice is no error. */
  close(scrutinIds: readonly string[]): Promise<void> {
    return this.setClosed(scrutinIds, true);
  }

  /** The seal of these scrutins was broken: lists are taken again. */
  reopen(scrutinIds: readonly string[]): Promise<void> {
    return this.setClosed(scrutinIds, false);
  }

  private async setClosed(scrutinIds: readonly string[], closed: boolean): Promise<void> {
    await this.database.pool('vault').query(
      `insert into vault.credential_scrutins select id, $2 from unnest($1::uuid[]) as s(id) order by id
         on conflict (scrutin_id) do update set closed = excluded.closed`,
      [scrutinIds, closed],
    );
  }
}

/** Whether the scrutin is closed; nobody closes it before this transaction ends, and no other list comes in. */
async function lock(tx: Queryable, scrutinId: string): Promise<boolean> {
  await tx.query('insert into vault.credential_scrutins values ($1) on conflict do nothing', [scrutinId]);
  const { rows } = await tx.query<{ closed: boolean }>(
    'select closed from vault.credential_scrutins where scrutin_id = $1 for update',
    [scrutinId],
  );
  return rows[0]?.closed === true;
}

/** The lists of a scrutin, by the hash of all their parts. */
async function listsOf(tx: Queryable, scrutinId: string): Promise<string[]> {
  const { rows } = await tx.query<{ sha256: string }>(
    'select sha256 from vault.credential_lists where scrutin_id = $1 order by sha256',
    [scrutinId],
  );
  return rows.map(({ sha256 }) => sha256);
}

/** The lines of one list of a scrutin, part by part. */
async function* partsOf(tx: Queryable, scrutinId: string, sha256: string): AsyncGenerator<readonly string[]> {
  for (let part = 0; ; part++) {
    const { rows }: { rows: { content: Buffer }[] } = await tx.query(
      'select content from vault.credential_parts where scrutin_id = $1 and sha256 = $2 and part = $3',
      [scrutinId, sha256, part],
    );
    const [row] = rows;
    if (!row) return;
    yield row.content.toString('latin1').trimEnd().split('\n');
  }
}

function contentOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}

/** Hex digits or decimals only, in the order of their bytes, none twice. */
function requireSorted(lines: readonly string[]): void {
  for (const [index, line] of lines.entries()) {
    if (!/^[0-9a-f]{1,700}$/.test(line)) throw new RangeError(`line ${index + 1}: not a public credential`);
    if (index > 0 && line <= (lines[index - 1] as string))
      throw new RangeError(`line ${index + 1}: not sorted, or there twice`);
  }
}
