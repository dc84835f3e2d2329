import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, readdir, readlink, realpath } from 'node:fs/promises';
import { rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The embedded storage cannot start; the message says what can be done. */
export class EmbeddedUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedUnavailable';
  }
}

/** The account PostgreSQL runs as when it cannot be ours: it refuses root, so root hands it to another. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const NOBODY = 65534;
const LONGEST_SOCKET_FOLDER = 103 - '/.s.PGSQL.5432.lock'.length; // sun_path holds 104 bytes on macOS, 108 on Linux

/** Who owns the data already, else `nobody`, when we are root; undefined, ourselves, otherwise. */
export async function accountFor(folder: string, uid = process.getuid?.()): Promise<Account> {
  if (uid !== 0) return undefined;
  const owner = await stat(join(folder, 'postgres')).catch(() => undefined);
  return owner?.uid ? { uid: owner.uid, gid: owner.gid } : { uid: NOBODY, gid: NOBODY };
}

/** Makes the folder. What root makes, others may pass through, whatever the umask: PostgreSQL must reach its data. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (!first || process.getuid?.() !== 0) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) await chmod(path, 0o711);
}

/**
 * The folder that PostgreSQL can really use: the one asked for, or, when the path to it is open to root alone
 * (`/root/...`), one of its own below /var/lib/isoloir, to which the asked folder then holds a link.
 */
export async function placeFor(
  folder: string,
  account: Account,
  fallback = '/var/lib/isoloir',
): Promise<string> {
  const link = join(folder, 'postgres');
  const known = await lstat(link).catch(() => undefined);
  if (known?.isSymbolicLink()) return await placeBehind(link);
  if (!account || (await canEnter(folder, account))) return folder;
  if (known) {
    throw new EmbeddedUnavailable(
      `${folder} holds data that account ${account.uid}, as which PostgreSQL runs, can no longer reach: let it pass ` +
        'through every folder of that path (chmod o+x), or move the folder.',
    );
  }
  const place = join(fallback, shortHash(await realpath(folder)));
  await mkdir(place, { recursive: true });
  for (const path of [fallback, place]) await chmod(path, 0o711); // whatever the umask
  await symlink(join(place, 'postgres'), link);
  return place;
}

async function placeBehind(link: string): Promise<string> {
  const place = dirname(await readlink(link));
  if (existsSync(place)) return place;
  throw new EmbeddedUnavailable(
    `${link} points to data in ${place}, which is gone. Put it back, or remove the link to begin with an empty ledger.`,
  );
}

/** Removes a folder of storage that is not in use with all it holds, also what lies elsewhere. */
export async function removeStorage(folder: string): Promise<void> {
  const elsewhere = await readlink(join(folder, 'postgres')).catch(() => undefined);
  if (elsewhere !== undefined) await rm(dirname(elsewhere), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** The binaries as found, or a copy of them (60 MB, once a version) when the account cannot reach them there. */
export async function reachableBinaries(found: Binaries, place: string, account: Account): Promise<Binaries> {
  const native = dirname(dirname(found.postgres));
  if (!account || (await canEnter(dirname(found.postgres), account))) return found;
  const copy = join(place, `binaries-${shortHash(`${native} ${(await stat(found.postgres)).mtimeMs}`)}`);
  if (!existsSync(copy)) {
    await rm(`${copy}.new`, { recursive: true, force: true });
    await cp(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    await openToAll(`${copy}.new`); // they may have been installed under a umask of 077
    await rename(`${copy}.new`, copy);
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** Where the socket of a place is: in it, or in the temporary folder when the path would not fit a socket address. */
export async function socketPath(place: string): Promise<string> {
  const near = join(place, 'socket');
  if (Buffer.byteLength(near) <= LONGEST_SOCKET_FOLDER) return near;
  return join(tmpdir(), `isoloir-${shortHash(await realpath(place))}`);
}

/** Makes the folder of the socket, empty, such that only we and PostgreSQL can enter it. */
export async function socketFolder(place: string, account: Account): Promise<string> {
  const socket = await socketPath(place);
  if (existsSync(socket)) {
    const { uid } = await lstat(socket);
    const ours = [process.getuid?.(), account?.uid];
    if (!ours.includes(uid)) throw new Error(`${socket} belongs to another account (${uid}): remove it`);
    await rm(socket, { recursive: true });
  }
  await mkdir(socket, { mode: 0o700 }); // not recursive: fails if somebody made it in between
  if (account) await chown(socket, account.uid, account.gid);
  return socket;
}

/** Whether an account may pass through every folder down to this one. */
async function canEnter(folder: string, account: NonNullable<Account>): Promise<boolean> {
  for (let path = await realpath(folder); ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const pass = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if (!(mode & pass)) return false;
    if (path === dirname(path)) return true;
  }
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
