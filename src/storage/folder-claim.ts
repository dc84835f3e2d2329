import { readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from './processes.js';

/** Another living process works on this folder. */
export class FolderInUse extends Error {
  constructor(folder: string, pid: number) {
    super(
      `${folder} is in use by process ${pid}. Stop it, or give this one a folder of its own with ISOLOIR_DATA, or let ` +
        'both use one PostgreSQL with DATABASE_URL.',
    );
    this.name = 'FolderInUse';
  }
}

export interface Claim {
  release(): Promise<void>;
}

interface Owner {
  readonly mark: string;
  readonly pid: number;
}

const MARK = /^owner-(\d+)-(.+)$/;
const LONGEST_WAIT = 500; // milliseconds for a rival to give way
const held = new Set<string>();

/**
 * Takes a folder for this process. Each contender leaves a mark named after itself and then looks for others: whoever
 * came second sees the first, so two can never hold the folder, and only the marks of the dead are removed by others.
 * Of two that see each other, the one whose mark sorts first waits for the other to give way. Throws `FolderInUse`.
 */
export async function claimFolder(folder: string): Promise<Claim> {
  const mark = `owner-${process.pid}-${slug(await startOf(process.pid))}`;
  const path = join(await realpath(folder), mark);
  if (held.has(path)) throw new FolderInUse(folder, process.pid);
  held.add(path);
  const release = async () => {
    held.delete(path);
    await rm(path, { force: true });
  };
  try {
    await writeFile(path, '', { mode: 0o600 });
    for (let waited = 0; ; waited += 10) {
      const rival = await rivalOf(mark, folder);
      if (!rival) return { release };
      if (rival.mark < mark || waited >= LONGEST_WAIT) throw new FolderInUse(folder, rival.pid);
      await sleep(10);
    }
  } catch (error) {
    await release();
    throw error;
  }
}

/** Another living owner, the first by its mark. Removes the marks of those that died without releasing. */
async function rivalOf(mine: string, folder: string): Promise<Owner | undefined> {
  for (const mark of (await readdir(folder)).sort()) {
    const [, pid, started] = MARK.exec(mark) ?? [];
    if (mark === mine || !pid) continue;
    if (slug(await startOf(Number(pid))) === started) return { mark, pid: Number(pid) };
    await rm(join(folder, mark), { force: true });
  }
  return undefined;
}

function slug(start: string): string {
  return start.replace(/\W+/g, '-');
}
