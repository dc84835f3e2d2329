import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectorIndex } from './elector-index.js';
import { credentialsFile, GATE_KEYS, MANIFEST, type KeyManifest } from './key-files.js';
import { mergeRuns } from './sorted-runs.js';
import { chunkName, CREDENTIALS_RUN, GATE_KEYS_RUN, workIn } from './work-folder.js';

/** Puts the public keys of all chunks together, in orders that tell nothing: by elector, and by credential. */
export async function writeKeys(folder: string, { header, chunks }: ElectorIndex): Promise<void> {
  const work = workIn(folder);
  const keys = join(work, 'keys');
  await mkdir(join(keys, 'credentials'), { recursive: true, mode: 0o700 });
  const runs = (name: string) => chunks.map((_, at) => join(work, chunkName(at), name));
  const gateKeys = await KeyFile.open(join(keys, GATE_KEYS));
  for await (const line of mergeRuns(runs(GATE_KEYS_RUN), join(work, 'merge-'))) await gateKeys.write(line);
  const manifest: KeyManifest = {
    isoloir: 'notices/v1',
    electionId: header.electionId,
    gateKeys: await gateKeys.close(),
    scrutins: await writeCredentials(
      keys,
      header.scrutins.map(({ scrutinId }) => scrutinId),
      mergeRuns(runs(CREDENTIALS_RUN), join(work, 'merge-')),
    ),
  };
  const file = await KeyFile.open(join(keys, MANIFEST));
  await file.write(JSON.stringify(manifest, null, 2));
  await file.close();
}

/** The lines come scrutin by scrutin, each `0012 <credential>`: one file is open at a time. */
async function writeCredentials(
  keys: string,
  scrutinIds: readonly string[],
  lines: AsyncIterable<string>,
): Promise<KeyManifest['scrutins']> {
  const written: KeyManifest['scrutins'][number][] = [];
  const openNext = () => KeyFile.open(join(keys, credentialsFile(scrutinIds[written.length] as string)));
  const finish = async (file: KeyFile) => {
    written.push({ scrutinId: scrutinIds[written.length] as string, ...(await file.close()) });
  };
  let file = await openNext();
  let last = '';
  for await (const line of lines) {
    if (line === last)
      throw new Error('two electors have one credential: the randomness of this machine is broken');
    last = line;
    while (written.length < Number(line.slice(0, 4))) {
      await finish(file);
      file = await openNext();
    }
    await file.write(line.slice(5));
  }
  await finish(file);
  while (written.length < scrutinIds.length) await finish(await openNext()); // nobody is on their rolls
  return written;
}

/** A file of lines that counts and hashes what it is given. */
class KeyFile {
  private readonly hash = createHash('sha256');
  private count = 0;
  private waiting = '';

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<KeyFile> {
    return new KeyFile(await open(path, 'w', 0o600));
  }

  async write(line: string): Promise<void> {
    this.count += 1;
    this.waiting += `${line}\n`;
    if (this.waiting.length > 1 << 16) await this.flush();
  }

  async close(): Promise<{ count: number; sha256: string }> {
    await this.flush();
    await this.file.sync();
    await this.file.close();
    return { count: this.count, sha256: this.hash.digest('hex') };
  }

  private async flush(): Promise<void> {
    this.hash.update(this.waiting);
    await this.file.appendFile(this.waiting);
    this.waiting = '';
  }
}
