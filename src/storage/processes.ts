import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** When a process began, as its system says it; empty when there is none. Tells a reused number from the process. */
export async function startOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ps(pid, 'lstart=');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3 of proc(5): the name may hold spaces
  const [state = 'Z'] = fields;
  return 'ZX'.includes(state) ? '' : (fields[19] ?? ''); // field 22: start time, in ticks since the system started
}

/** The command line of a process, word by word; empty when there is none. Anyone may read it, unlike its folder. */
export async function commandOf(pid: number): Promise<string[]> {
  if (process.platform !== 'linux') return (await ps(pid, 'command=')).split(' ');
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
}

async function ps(pid: number, column: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', column, '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return '';
  }
}
