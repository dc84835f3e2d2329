import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';

const AT_ONCE = 64; // runs open at a time
const READ = 1 << 16; // bytes of each
const WRITE = 1 << 20;

/**
 * Merges files of sorted lines into one sequence of sorted lines, at most 64 at a time, in as many passes as it takes: a
 * million lines need no more memory than a thousand. Files of its own are made with the name `temporary` in front and removed.
 */
export async function* mergeRuns(runs: readonly string[], temporary: string): AsyncGenerator<string> {
  let waiting = [...runs];
  const made: string[] = [];
  try {
    while (waiting.length > AT_ONCE) {
      const next: string[] = [];
      for (let at = 0; at < waiting.length; at += AT_ONCE) {
        const path = `${temporary}${made.length}`;
        made.push(path);
        next.push(path);
        writeRun(path, merged(waiting.slice(at, at + AT_ONCE)));
      }
      waiting = next;
    }
    yield* merged(waiting);
  } finally {
    for (const path of made) await rm(path, { force: true });
  }
}

/** Writes lines, each ended by a newline. */
export function writeRun(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w', 0o600);
  try {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < WRITE) continue;
      writeSync(file, text);
      text = '';
    }
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

function* merged(paths: readonly string[]): Generator<string> {
  const readers = paths.map((path) => linesOf(path));
  try {
    const heads = readers.map((reader) => reader.next());
    for (;;) {
      let least = -1;
      let line: string | undefined;
      for (const [index, head] of heads.entries()) {
        if (head.done !== true && (line === undefined || head.value < line))
          [least, line] = [index, head.value];
      }
      if (line === undefined) return;
      yield line;
      heads[least] = (readers[least] as Generator<string>).next();
    }
  } finally {
    for (const reader of readers) reader.return(undefined);
  }
}

function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(READ);
    let rest = '';
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const lines = (rest + buffer.toString('latin1', 0, size)).split('\n'); // keys and ids only: ASCII
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}
