import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BundleKind, BundleSource, BundleState } from './bundle-lines.js';
import { exportBundle } from './export-bundle.js';

/** What is kept beside a bundle that is being written: how long it is, and how far. */
interface Progress {
  readonly kind: BundleKind;
  readonly bytes: number;
  readonly state: BundleState;
}

/**
 * Writes a bundle into a file, and goes on where an earlier run was cut off. `PATH.part` grows; `PATH.progress` says how
 * much of it is whole; both are gone at the end. Gives the number of bytes.
 */
export async function writeBundle(
  path: string,
  kind: BundleKind,
  source: BundleSource,
  onProgress: (events: number) => void = () => undefined,
): Promise<number> {
  const [part, progress] = [`${path}.part`, `${path}.progress`];
  const known = await readProgress(progress, kind);
  const file = await open(part, known ? 'r+' : 'w');
  let bytes = known?.bytes ?? 0;
  try {
    await file.truncate(bytes);
    const given = known ? await documentsOf(part) : new Set<string>();
    for await (const page of exportBundle(kind, source, known?.state, given)) {
      const content = Buffer.from(page.text);
      await file.write(content, 0, content.length, bytes);
      bytes += content.length;
      if (!page.state) continue;
      await file.sync();
      await writeProgress(progress, { kind, bytes, state: page.state });
      onProgress(page.state.events);
    }
  } finally {
    await file.close();
  }
  await rename(part, path);
  await rm(progress);
  return bytes;
}

async function readProgress(path: string, kind: BundleKind): Promise<Progress | undefined> {
  if (!existsSync(path)) return undefined;
  const progress = JSON.parse(await readFile(path, 'utf8')) as Progress;
  if (progress.kind !== kind)
    throw new Error(`${path}: a ${progress.kind} bundle was begun here; remove it first`);
  return progress;
}

async function writeProgress(path: string, progress: Progress): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(progress), { flush: true });
  await rename(`${path}.new`, path);
}

/** The documents that a part of a bundle holds. */
async function documentsOf(part: string): Promise<Set<string>> {
  const given = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(part), crlfDelay: Infinity })) {
    const sha256 = /^\{"document":\{"sha256":"([0-9a-f]{64})"/.exec(line)?.[1];
    if (sha256 !== undefined) given.add(sha256);
  }
  return given;
}
