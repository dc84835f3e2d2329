import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a group of processes has used so far; Linux only, zeros elsewhere. */
export interface Used {
  /** Seconds of processor, those of children that are gone included. */
  readonly cpu: number;
  /** Bytes, each shared page counted once among those who share it. */
  readonly memory: number;
}

const TICKS = 100; // clock ticks a second, as sysconf(_SC_CLK_TCK) says on every Linux

/** What the embedded PostgreSQL of a data folder has used: its server and all its sessions. */
export async function usedByPostgres(dataFolder: string): Promise<Used> {
  const lock = await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const [root = ''] = lock.split('\n');
  return root === '' ? { cpu: 0, memory: 0 } : usedByTree(Number(root));
}

/** What a process and its children have used. */
export async function usedByTree(root: number): Promise<Used> {
  const pids = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(
    pids
      .filter((pid) => /^\d+$/.test(pid))
      .map(async (pid) => ({ pid: Number(pid), ...(await statOf(pid)) })),
  );
  const tree = new Set([root]);
  for (let grown = -1; grown !== tree.size;) {
    grown = tree.size;
    for (const { pid, parent } of stats) if (tree.has(parent)) tree.add(pid);
  }
  let [cpu, memory] = [0, 0];
  for (const one of stats) {
    if (!tree.has(one.pid)) continue;
    cpu += one.cpu;
    memory += await proportionalSize(one.pid);
  }
  return { cpu, memory };
}

async function statOf(pid: string): Promise<{ parent: number; cpu: number }> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // from field 3 of proc(5)
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0); // 14 to 17: own, and of children
  return { parent: Number(fields[1] ?? 0), cpu: ticks / TICKS };
}

async function proportionalSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Looks at a size now and then and remembers the largest. */
export class Peak {
  bytes = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(look: () => Promise<number> | number, every = 2_000) {
    const see = async () => {
      this.bytes = Math.max(this.bytes, await look());
    };
    this.timer = setInterval(() => void see(), every);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
