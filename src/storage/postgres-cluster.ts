import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedUnavailable, type Account, type Binaries } from './postgres-place.js';

/** The superuser of the cluster, owner of the schemas. */
export const OWNER = 'postgres';
const PASSWORD = 'postgres.password';

/**
 * Runs initdb once, beside its final place, so that a crash in the middle leaves nothing that looks whole. Gives the
 * password of the cluster, which stands in a file beside it.
 */
export async function makeCluster(
  data: string,
  place: string,
  binaries: Binaries,
  account: Account,
): Promise<string> {
  const secret = join(place, PASSWORD);
  if (existsSync(join(data, 'PG_VERSION'))) return readPassword(place);
  const password = randomBytes(24).toString('hex');
  const fresh = `${data}.new`;
  const handover = `${secret}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await rm(handover, { force: true }); // left by a crash, it may be another account's
  await writeFile(handover, password, { mode: 0o600 });
  if (account) {
    await chown(fresh, account.uid, account.gid);
    await chown(handover, account.uid, account.gid);
  }
  const flags = ['-D', fresh, '-U', OWNER, '--pwfile', handover, '--auth=scram-sha-256', '--encoding=UTF8'];
  flags.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions');
  await run(binaries.initdb, flags, account);
  await rm(handover);
  await writeFile(secret, password, { mode: 0o600, flush: true }); // on the disk before the data can look whole
  await rename(fresh, data);
  return password;
}

/** The password of the cluster of this place. */
export async function readPassword(place: string): Promise<string> {
  return (await readFile(join(place, PASSWORD), 'utf8')).trim();
}

function run(file: string, args: readonly string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { LC_ALL: 'C' },
      ...account,
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.on('error', (cause) => {
      reject(
        new EmbeddedUnavailable(
          `${file} cannot run on this system (${cause.message}). Set DATABASE_URL to use a PostgreSQL of your own.`,
          { cause },
        ),
      );
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new EmbeddedUnavailable(`${file} failed: ${complaints.trim()}`));
    });
  });
}
