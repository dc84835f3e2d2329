/** What goes from the maker of notices to the server: public keys, and nothing that leads from one to another. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { integer, list, oneOf, optional, record, sha256, uuid } from '../events/fields.js';
import { ed25519Key } from '../events/identifiers.js';
import { BadLine, parsedLine } from './elector-file.js';

export const MANIFEST = 'manifest.json';
export const GATE_KEYS = 'gate-keys.jsonl';
/** The list of a scrutin: `credentials/<scrutinId>.txt`. */
export const credentialsFile = (scrutinId: string) => join('credentials', `${scrutinId}.txt`);

const hashed = { count: integer(0, 100_000_000), sha256 };
const manifest = record({
  isoloir: oneOf('notices/v1'),
  electionId: uuid,
  gateKeys: record(hashed),
  scrutins: list(record({ scrutinId: uuid, ...hashed }), 1, 1_000),
});
/** What the files hold, so that a copy that was cut off or mixed up is noticed. */
export type KeyManifest = ReturnType<typeof manifest.parse>;

const gateKey = record({
  electorId: uuid,
  gateKey: ed25519Key,
  /** Places in the manifest of the scrutins that the code was made for. */
  scrutins: list(integer(0, 999), 1, 100),
  replaces: optional(ed25519Key),
});
/** The public half of one elector's gate key (protocol V6). */
export type GateKeyLine = ReturnType<typeof gateKey.parse>;

/** A file is not what the manifest says. */
export class BadKeyFiles extends Error {
  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`);
    this.name = 'BadKeyFiles';
  }
}

/** Reads the manifest of a folder. */
export async function readManifest(folder: string): Promise<KeyManifest> {
  const json = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new BadKeyFiles(
      join(folder, MANIFEST),
      'cannot be read; expected the folder that notices make wrote last',
    );
  });
  return inFile(MANIFEST, () => parsedLine(manifest, json, 1));
}

/** The gate keys of a folder, line by line, each checked. Throws `BadKeyFiles` at the end when lines are missing. */
export async function* readGateKeys(
  folder: string,
  { gateKeys, scrutins }: KeyManifest,
): AsyncGenerator<GateKeyLine> {
  let last = '';
  for await (const { line, at } of lines(folder, GATE_KEYS, gateKeys)) {
    const read = inFile(GATE_KEYS, () => parsedLine(gateKey, line, at));
    if (read.electorId <= last) throw new BadKeyFiles(GATE_KEYS, `line ${at}: not in the order of electors`);
    if (read.scrutins.some((place) => place >= scrutins.length))
      throw new BadKeyFiles(GATE_KEYS, `line ${at}: scrutins: there is no such scrutin`);
    last = read.electorId;
    yield read;
  }
}

/** The sorted public credentials of one scrutin of a folder. */
export async function readCredentials(
  folder: string,
  { scrutinId, ...said }: KeyManifest['scrutins'][number],
): Promise<string[]> {
  const file = credentialsFile(scrutinId);
  const read: string[] = [];
  for await (const { line, at } of lines(folder, file, said)) {
    if (line <= (read.at(-1) ?? '')) throw new BadKeyFiles(file, `line ${at}: not sorted, or there twice`);
    read.push(line);
  }
  return read;
}

async function* lines(
  folder: string,
  file: string,
  said: { readonly count: number; readonly sha256: string },
): AsyncGenerator<{ line: string; at: number }> {
  const hash = createHash('sha256');
  const input = createReadStream(join(folder, file));
  input.on('data', (chunk) => hash.update(chunk));
  let at = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) yield { line, at: ++at };
  if (at !== said.count) throw new BadKeyFiles(file, `${at} lines, where the manifest says ${said.count}`);
  if (hash.digest('hex') !== said.sha256)
    throw new BadKeyFiles(file, 'not what the manifest says: its SHA-256 is another');
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadLine) throw new BadKeyFiles(file, error.message);
    throw error;
  }
}
