/** What is in the folder of the notices while they are made; afterwards notices, printer, sheets and keys remain. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const GATE_KEYS_RUN = 'gate-keys.run';
export const CREDENTIALS_RUN = 'credentials.run';
export const NOTICES = 'notices.pdf';
export const SHEETS = 'sheets.pdf';
export const PRINTER = 'data.csv.age';

/** Where the files of each chunk end up. */
export const FINAL = [
  { name: NOTICES, folder: 'notices', extension: 'pdf' },
  { name: SHEETS, folder: 'sheets', extension: 'pdf' },
  { name: PRINTER, folder: 'printer', extension: 'csv.age' },
] as const;

/** The folder cannot be used: it holds something else, or another work. */
export class BadFolder extends Error {
  constructor(folder: string, reason: string) {
    super(`${folder}: ${reason}`);
    this.name = 'BadFolder';
  }
}

/** What must be the same when work goes on after an interruption. */
export interface WorkState {
  /** SHA-256 of the elector file. */
  readonly electors: string;
  readonly pdf: boolean;
  readonly printerKey: string | null;
}

/** Where the work is, apart from what is handed out. */
export const workIn = (folder: string) => join(folder, 'work');
/** The number of a chunk, as files and prints have it: 00012. */
export const chunkName = (index: number) => String(index + 1).padStart(5, '0');

/**
 * Takes up the work of a folder, or begins it, and gives the chunks that are finished. What an interruption left half made is
 * removed, codes included. Throws `BadFolder`.
 */
export async function takeUp(folder: string, state: WorkState): Promise<ReadonlySet<string>> {
  const work = workIn(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = new Set<string>(['work', 'keys', ...FINAL.map((one) => one.folder)]);
  const strange = (await readdir(folder)).find((name) => !known.has(name) && !name.startsWith('owner-'));
  if (strange !== undefined)
    throw new BadFolder(folder, `expected an empty folder, or one of an interrupted make; found ${strange}`);
  if ((await readdir(folder)).includes('keys')) {
    await rm(work, { recursive: true, force: true }); // the last step of a make that was cut off there
    throw new BadFolder(folder, 'its notices are finished; a second make would give second codes');
  }
  await mkdir(work, { recursive: true, mode: 0o700 });
  const path = join(work, 'state.json');
  const before = await readFile(path, 'utf8').catch(() => undefined);
  const text = JSON.stringify(state);
  if (before !== undefined && before !== text)
    throw new BadFolder(
      folder,
      'work was begun here with another elector file or other options; go on with those, or take another folder',
    );
  if (before === undefined) await writeFile(path, text, { mode: 0o600, flush: true });
  const finished = new Set<string>();
  for (const name of await readdir(work)) {
    if (/^\d{5}$/.test(name)) finished.add(name);
    else if (name !== 'state.json') await rm(join(work, name), { recursive: true, force: true });
  }
  return finished;
}
