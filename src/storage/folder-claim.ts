import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

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

/** Marks a folder as ours; the mark of a process that died without releasing it is taken over. Throws `FolderInUse`. */
export async function claimFolder(folder: string): Promise<Claim> {
  const mark = join(folder, 'owner.json');
  const mine = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) });
  for (;;) {
    try {
      await writeFile(mark, mine, { flag: 'wx' }); // atomic: of two that race, one is told that it exists
      return { release: () => rm(mark, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readOwner(mark);
    if (owner && owner.started !== '' && (await startOf(owner.pid)) === owner.started) {
      throw new FolderInUse(folder, owner.pid);
    }
    await rm(mark, { force: true });
  }
}

/**
 * Waits until no PostgreSQL of a dead owner works on this data folder any more, and clears the lock file of one that is
 * gone (after a power cut its process number may belong to somebody else). Call it with the folder claimed.
 */
export async function waitForPostmaster(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  for (let waited = 0; waited < 20_000; waited += 50) {
    const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
    if (!pid) return;
    if (!(await isPostmaster(pid, data))) {
      await rm(lock, { force: true });
      return;
    }
    if (waited % 5_000 === 0) process.kill(pid, 'SIGINT');
    await sleep(50);
  }
  throw new Error(`the PostgreSQL of ${data} does not stop; its process number is in ${lock}`);
}

async function readOwner(mark: string): Promise<{ pid: number; started: string } | undefined> {
  try {
    return JSON.parse(await readFile(mark, 'utf8')) as { pid: number; started: string };
  } catch {
    return undefined; // being written, or cut short by a crash
  }
}

/** When a process began, as its system says it; empty when there is none. Tells a reused number from the process. */
async function startOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''; // field 22 of proc(5): start time in ticks
  }
  return ps(pid, 'lstart=');
}

async function isPostmaster(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    return folder === (await realpath(data)); // PostgreSQL works from its data folder
  }
  return (await ps(pid, 'command=')).includes(data);
}

async function ps(pid: number, column: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', column, '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return '';
  }
}
