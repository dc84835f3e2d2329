import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where a child process runs, and as whom. */
export interface ChildOptions {
  /** Folder of the scripts: this one, or that of a copy of the project. */
  readonly scripts?: string;
  readonly account?: { readonly uid: number; readonly gid: number };
  readonly env?: NodeJS.ProcessEnv;
}

/** A script of test/support in a process of its own, which speaks in lines. */
export interface Child {
  readonly pid: number;
  /** Every line written so far. */
  readonly lines: readonly string[];
  /** The next line not yet taken; throws what the script wrote to stderr when there will be none. */
  line(): Promise<string>;
  say(line: string): void;
  /** Sends a signal and waits for the end. Does nothing when it is over. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const running = new Set<Child>();

/** Starts a script; whoever starts one calls `endAll` when the tests of the file are over. */
export function startChild(script: string, args: readonly string[], options: ChildOptions = {}): Child {
  const { scripts = HERE, account = {}, env = {} } = options;
  const child = spawn(process.execPath, [`${scripts}/${script}`, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    env: { PATH: process.env['PATH'], ...env },
    ...account,
  });
  const lines: string[] = [];
  let taken = 0;
  let errors = '';
  const closed = once(child, 'close');
  const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.on('error', () => undefined); // it may be gone before it hears us
  const self: Child = {
    pid: child.pid ?? 0,
    lines,
    async line() {
      while (taken === lines.length) {
        const over = closed.then(() => 'over' as const);
        if ((await Promise.race([once(output, 'line'), over])) === 'over' && taken === lines.length)
          throw new Error(errors || `${script} ended without a line`);
      }
      return lines[taken++] ?? '';
    },
    say: (line) => child.stdin.write(`${line}\n`),
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      await closed;
      running.delete(self);
    },
  };
  running.add(self);
  return self;
}

/** Ends every script that still runs, so that a failed test leaves nothing behind. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => child.end('SIGKILL')));
}
