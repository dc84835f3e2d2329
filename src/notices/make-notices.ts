import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Piscina } from 'piscina';
import { claimFolder, FolderInUse } from '../storage/folder-claim.js';
import { workerFile } from '../verification/worker-file.js';
import type { ChunkTask } from './chunk-worker.js';
import { indexElectors, readChunk, type ElectorIndex } from './elector-index.js';
import { printer } from './printer-file.js';
import { BadFolder, chunkName, FINAL, takeUp, workIn } from './work-folder.js';
import { writeKeys } from './write-keys.js';

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
  /** Stops the work after the files in hand. */
  readonly signal?: AbortSignal;
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
  { electors: path, folder, pdf, printerKey, threads = availableParallelism(), signal }: Making,
  index: ElectorIndex,
  finished: ReadonlySet<string>,
  progress: Progress,
): Promise<void> {
  const pool = new Piscina<ChunkTask, number>({
    filename: await workerFile('chunk-worker', import.meta),
    name: 'makeChunk',
    minThreads: threads,
    maxThreads: threads,
  });
  let done = 0;
  const report = (electors: number) => {
    done += electors;
    progress(done, index.electors);
  };
  const chunks = index.chunks.entries();
  const work = async () => {
    for (const [at, places] of chunks) {
      signal?.throwIfAborted();
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
  try {
    // As many at once as there are threads, and one that is read meanwhile.
    const outcomes = await Promise.allSettled(Array.from({ length: threads + 1 }, work));
    const failure = outcomes.find((one) => one.status === 'rejected');
    if (failure) throw failure.reason;
  } finally {
    await pool.destroy();
    await removeHalfMade(workIn(folder));
  }
}

/** Moves everything to where it is handed out, the keys last: when they are there, all is. */
async function handOut(folder: string, { chunks }: ElectorIndex): Promise<void> {
  const work = workIn(folder);
  for (const at of chunks.keys()) {
    for (const { name, folder: final, extension } of FINAL) {
      const target = join(folder, final, `${chunkName(at)}.${extension}`);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(join(work, chunkName(at), name), target).catch(unless('ENOENT')); // not asked for, or moved before
    }
  }
  for (const { folder: final } of FINAL) await rmdir(join(folder, final)).catch(unless('ENOTEMPTY'));
  await rename(join(work, 'keys'), join(folder, 'keys'));
  await rm(work, { recursive: true });
}

/** What a thread had not finished when the work was broken off: it may show codes. */
async function removeHalfMade(work: string): Promise<void> {
  for (const name of await readdir(work))
    if (name.endsWith('.making')) await rm(join(work, name), { recursive: true, force: true });
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  };
}
