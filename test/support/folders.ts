import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A new folder that any account may pass through: as root, PostgreSQL runs as another one. The caller removes it. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `isoloir-${name}-`)));
  await chmod(folder, 0o711);
  return folder;
}

/** Numbers of the PostgreSQL processes that work on files below a folder: postmasters, and sessions without one. */
export async function postgresOf(folder: string): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command=']);
    const lines = stdout.split('\n').filter((line) => line.includes('postgres') && line.includes(folder));
    return lines.map((line) => Number.parseInt(line, 10));
  }
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    const works = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (name.startsWith('postgres') && works.startsWith(`${folder}/`)) found.push(Number(pid));
  }
  return found;
}

/** Waits until something holds, at most `limit` milliseconds; tells whether it does. */
export async function eventually(limit: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const from = performance.now(); performance.now() - from < limit;) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return holds();
}
