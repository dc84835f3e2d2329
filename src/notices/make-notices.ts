import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Piscina } from 'piscina';
import { claimFolder, FolderInUse } from '../storage/folder-claim.js';
import { workerFile } from '../verification/worker-file.js';
import type { ChunkTask } from './chunk-worker.js';
import { indexElectors, readChunk, type ElectorIndex } from './elector-index.js';
import { credentialsFile, GATE_KEYS, MANIFEST, type KeyManifest } from './key-files.js';
import { printer } from './printer-file.js';
import { mergeRuns } from './sorted-runs.js';
import {
  BadFolder,
  chunkName,
  CREDENTIALS_RUN,
  FINAL,
  GATE_KEYS_RUN,
  takeUp,
  workIn,
} from './work-folder.js';

/** What to make, from what, and where. */
export interface Making {
  /** The file that `isoloir electors export` wrote. */
  readonly electors: string;
  readonly folder: string;
  /** Whether the notices themselves are made, or only what a printing firm needs. */
  readonly pdf: boolean;
  /** The age recipient of the printing firm. */
  readonly printerKey?: string | undefined;
  readonly threads?: number;
}

/** Told how many of how many electors are done. */
export type Progress = (done: number, electors: number) => void;

/**
 * Makes a voting code for each elector of a file, with what is printed and what may be known of it (design 4). Needs no
 * network and no database. Interrupted, it goes on where it was when asked again: a file of notices is finished as a whole
 * or not at all, and an elector of a finished file keeps the code that is printed. Gives the number of electors.
 */
export async function makeNotices(making: Making, progress: Progress = () => undefined): Promise<number> {
  const { folder, pdf, printerKey } = making;
  if (printerKey !== undefined)
    printer(printerKey); // or throws
  else if (!pdf)
    throw new Error('--no-pdf: expected --printer-key too; otherwise nobody would have the codes');
  const index = await indexElectors(making.electors);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const claim = await claimFolder(folder).catch((error: unknown) => {
    throw error instanceof FolderInUse ? new BadFolder(folder, 'another make is at work here') : error;
  });
  try {
    const finished = await takeUp(folder, { electors: index.sha256, pdf, printerKey: printerKey ?? null });
    await makeChunks(making, index, finished, progress);
    await writeKeys(folder, index);
    await handOut(folder, index);
    return index.electors;
  } finally {
    await claim.release();
  }
}

async function makeChunks(
  { electors: path, folder, pdf, printerKey, threads = availableParallelism() }: Making,
  index: ElectorIndex,
  finished: ReadonlySet<string>,
  progress: Progress,
): Promise<void> {
  const pool = new Piscina<ChunkTask, number>({
    filename: await workerFile(import.meta, 'chunk-worker'),
    name: 'makeChunk',
    minThreads: threads,
    maxThreads: threads,
  });
  let done = 0;
  const report = (electors: number) => {
    done += electors;
    progress(done, index.electors);
  };
  try {
    const chunks = index.chunks.entries();
    // As many at once as there are threads, and one being read for each.
    const work = async () => {
      for (const [at, places] of chunks) {
        const name = chunkName(at);
        if (finished.has(name)) {
          report(places.length);
          continue;
        }
        const electors = await readChunk(path, index, places);
        const task = { header: index.header, electors, lot: `Lot ${name}`, pdf, printerKey };
        report(await pool.run({ ...task, folder: join(workIn(folder), name) }));
      }
    };
    await Promise.all(Array.from({ length: threads + 1 }, work));
  } finally {
    await pool.destroy();
  }
}

/** The two files of public keys, in orders that tell nothing: by elector, and by credential. */
async function writeKeys(folder: string, { header, chunks }: ElectorIndex): Promise<void> {
  const work = workIn(folder);
  const keys = join(work, 'keys');
  await mkdir(join(keys, 'credentials'), { recursive: true, mode: 0o700 });
  const runs = (name: string) => chunks.map((_, at) => join(work, chunkName(at), name));
  const gateKeys = await KeyFile.open(join(keys, GATE_KEYS));
  for await (const line of mergeRuns(runs(GATE_KEYS_RUN), join(work, 'merge-'))) await gateKeys.write(line);
  const files = await Promise.all(
    header.scrutins.map(({ scrutinId }) => KeyFile.open(join(keys, credentialsFile(scrutinId)))),
  );
  let last = '';
  for await (const line of mergeRuns(runs(CREDENTIALS_RUN), join(work, 'merge-'))) {
    if (line === last)
      throw new Error('two electors have one credential: the randomness of this machine is broken');
    last = line;
    await files[Number(line.slice(0, 4))]?.write(line.slice(5));
  }
  const manifest: KeyManifest = {
    isoloir: 'notices/v1',
    electionId: header.electionId,
    gateKeys: await gateKeys.close(),
    scrutins: await Promise.all(
      header.scrutins.map(async ({ scrutinId }, at) => ({
        scrutinId,
        ...(await (files[at] as KeyFile).close()),
      })),
    ),
  };
  const file = await KeyFile.open(join(keys, MANIFEST));
  await file.write(JSON.stringify(manifest, null, 2));
  await file.close();
}

/** Moves everything to where it is handed out, the keys last: when they are there, all is. */
async function handOut(folder: string, { chunks }: ElectorIndex): Promise<void> {
  const work = workIn(folder);
  for (const at of chunks.keys()) {
    for (const { name, folder: final, extension } of FINAL) {
      const target = join(folder, final, `${chunkName(at)}.${extension}`);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(join(work, chunkName(at), name), target).catch(unlessMissing);
    }
  }
  for (const { folder: final } of FINAL) await rmdirIfEmpty(join(folder, final));
  await rename(join(work, 'keys'), join(folder, 'keys'));
  await rm(work, { recursive: true });
}

/** A file of lines that counts and hashes what it is given. */
class KeyFile {
  private readonly hash = createHash('sha256');
  private count = 0;
  private waiting = '';

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<KeyFile> {
    return new KeyFile(await open(path, 'w', 0o600));
  }

  async write(line: string): Promise<void> {
    this.count += 1;
    this.waiting += `${line}\n`;
    if (this.waiting.length > 1 << 16) await this.flush();
  }

  async close(): Promise<{ count: number; sha256: string }> {
    await this.flush();
    await this.file.sync();
    await this.file.close();
    return { count: this.count, sha256: this.hash.digest('hex') };
  }

  private async flush(): Promise<void> {
    this.hash.update(this.waiting);
    await this.file.appendFile(this.waiting);
    this.waiting = '';
  }
}

async function rmdirIfEmpty(path: string): Promise<void> {
  const { rmdir } = await import('node:fs/promises');
  await rmdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  });
}

/** Not made for this work, or moved before an interruption. */
function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
