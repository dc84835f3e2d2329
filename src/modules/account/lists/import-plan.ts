import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../../../storage/database.js';

/** A file that is being read into the lists of an election. */
export interface ImportPlan {
  /** Lines that are in, from the first on. */
  readonly done: number;
  /** The id of the elector of a line: random, since nobody knows the key, and the same when the line is read again. */
  electorIdOf(line: number): string;
  /** Remembers how far it is. */
  reached(done: number): Promise<void>;
  /** All is in: the key is forgotten, so that an id leads to no line. */
  finish(): Promise<void>;
}

/** The plan of a file, made if it is new; `finished` when all its lines are in. */
export async function planOf(
  database: Database,
  electionId: string,
  sha256: Buffer,
  lines: number,
): Promise<ImportPlan | 'finished'> {
  const vault = database.pool('vault');
  const file = [electionId, sha256] as const;
  await vault.query(
    'insert into vault.imports (election_id, sha256, key, lines) values ($1, $2, $3, $4) on conflict do nothing',
    [...file, randomBytes(32), lines],
  );
  const { rows } = await vault.query<{ key: Buffer | null; done: number }>(
    'select key, done from vault.imports where election_id = $1 and sha256 = $2',
    [...file],
  );
  const [row] = rows;
  if (!row?.key) return 'finished';
  const { key, done } = row;
  const set = async (what: string, values: unknown[]) => {
    await vault.query(`update vault.imports set ${what} where election_id = $1 and sha256 = $2`, [
      ...file,
      ...values,
    ]);
  };
  return {
    done,
    electorIdOf: (line) => uuidFrom(createHmac('sha256', key).update(`elector\n${line}`).digest()),
    reached: (to) => set('done = $3', [to]),
    finish: () => set('key = null, done = lines', []),
  };
}

/** Whether a file was begun or finished before; undefined when it was never seen. */
export async function knownImport(
  database: Database,
  electionId: string,
  sha256: Buffer,
): Promise<'begun' | 'finished' | undefined> {
  const { rows } = await database
    .pool('vault')
    .query<{ begun: boolean }>(
      'select key is not null as begun from vault.imports where election_id = $1 and sha256 = $2',
      [electionId, sha256],
    );
  return rows[0] && (rows[0].begun ? 'begun' : 'finished');
}

function uuidFrom(bytes: Buffer): string {
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x40;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
