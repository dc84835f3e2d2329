import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from './processes.js';

const NOBODY = 999_999_999; // more than any system gives out

/**
 * Waits until no PostgreSQL of a dead owner works on this data folder any more, and makes its lock file say so when the
 * number in it belongs to somebody else by now. Call it with the folder claimed.
 */
export async function waitForPostmaster(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  for (let waited = 0; waited < 20_000; waited += 50) {
    const text = await readFile(lock, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const [first = '', ...rest] = text.split('\n');
    const pid = Number(first);
    if (!Number.isSafeInteger(pid) || pid <= 0) {
      await rm(lock, { force: true }); // cut short by a power cut: PostgreSQL would refuse to start over it
      return;
    }
    if (!(await isPostmaster(pid, data))) {
      await disown(lock, rest);
      return;
    }
    if (waited % 5_000 === 0) interrupt(pid);
    await sleep(50);
  }
  throw new Error(`the PostgreSQL of ${data} does not stop; its process number is in ${lock}`);
}

/**
 * Puts a number that no process has into a lock file. Not removed: with the rest of the file PostgreSQL finds out whether
 * sessions outlived their postmaster. A file that PostgreSQL removed in the meantime stays away: made again it would be
 * ours, and closed to the account PostgreSQL runs as.
 */
export async function disown(lock: string, rest: readonly string[]): Promise<void> {
  const text = [String(NOBODY), ...rest].join('\n'); // never shorter than what stands there, which `r+` does not cut
  await writeFile(lock, text, { flag: 'r+' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/** Whether a process is a PostgreSQL that we started on this data folder. */
async function isPostmaster(pid: number, data: string): Promise<boolean> {
  const words = await commandOf(pid);
  if (process.platform !== 'linux') return words.join(' ').includes(`-D ${data} `);
  const folder = words[words.indexOf('-D') + 1] ?? '';
  return (await realpath(folder).catch(() => '')) === (await realpath(data));
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // gone in between
  }
}
