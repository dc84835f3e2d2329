/** The worker's side of `makeNotices`: one thread, which finishes one file of notices at a time. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectorFileHeader, NoticeElector } from './elector-file.js';
import { groupsOf, makeElectorKeys } from './elector-keys.js';
import { noticesPdf, sheetsPdf } from './notice-document.js';
import { printerFile } from './printer-file.js';
import { CREDENTIALS_RUN, GATE_KEYS_RUN, NOTICES, PRINTER, SHEETS } from './work-folder.js';

/** One file of notices to make. */
export interface ChunkTask {
  readonly header: ElectorFileHeader;
  readonly electors: readonly NoticeElector[];
  /** « Lot 00012 », as printed. */
  readonly lot: string;
  /** Where the finished files are to be: it is there when all of them are, or not at all. */
  readonly folder: string;
  readonly pdf: boolean;
  readonly printerKey: string | undefined;
}

/** What Piscina calls. Codes are in memory and in what is printed or encrypted, and end with this call. */
export async function makeChunk({
  header,
  electors,
  lot,
  folder,
  pdf,
  printerKey,
}: ChunkTask): Promise<number> {
  const groups = await groupsOf(header);
  const made = electors.map((elector) => ({
    elector,
    ...makeElectorKeys(header, groups, elector, (length) => randomBytes(length)),
  }));
  const files = new Map<string, Uint8Array>([
    [GATE_KEYS_RUN, run(made.map(({ elector, gateKey }) => gateKeyLine(elector, gateKey)))],
    [CREDENTIALS_RUN, run(made.flatMap(({ credentials }) => credentials.map(credentialLine)))],
  ]);
  if (pdf) files.set(NOTICES, await noticesPdf(header, lot, made));
  else files.set(SHEETS, await sheetsPdf(header, lot, electors));
  if (printerKey !== undefined) files.set(PRINTER, await printerFile(printerKey, header, lot, made));
  await writeWhole(folder, files);
  return electors.length;
}

/** The lines in their own order, which is not that of the notices. */
function run(lines: string[]): Buffer {
  return Buffer.from(
    lines
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function gateKeyLine({ electorId, scrutins, replaces }: NoticeElector, gateKey: string): string {
  return JSON.stringify({ electorId, gateKey, scrutins, ...(replaces !== undefined && { replaces }) });
}

function credentialLine({ scrutin, credential }: { scrutin: number; credential: string }): string {
  return `${String(scrutin).padStart(4, '0')} ${credential}`;
}

/** All files or none: written beside their place, flushed, and moved there at once. */
async function writeWhole(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  try {
    for (const [name, content] of files) {
      const file = await open(join(making, name), 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}
