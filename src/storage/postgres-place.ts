import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The account PostgreSQL runs as when it cannot be ours: it refuses root, so root hands it to `nobody`. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const NOBODY = 65534;
const LONGEST_SOCKET_FOLDER = 103 - '/.s.PGSQL.5432.lock'.length; // sun_path holds 104 bytes on macOS, 108 on Linux

export function accountOf(uid: number | undefined): Account {
  return uid === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
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
  if (!account || (await canEnter(folder, account))) return folder;
  const place = join(fallback, shortHash(await realpath(folder)));
  await mkdir(place, { recursive: true });
  for (const path of [fallback, place]) await chmod(path, 0o711); // whatever the umask
  const link = join(folder, 'postgres');
  if (!existsSync(link)) {
    await rm(link, { force: true });
    await symlink(join(place, 'postgres'), link);
  }
  return place;
}

/** The binaries as found, or a copy of them (60 MB, once a version) when the account cannot reach them there. */
export async function reachableBinaries(found: Binaries, place: string, account: Account): Promise<Binaries> {
  const native = dirname(dirname(found.postgres));
  if (!account || (await canEnter(native, account))) return found;
  const copy = join(place, `binaries-${shortHash(`${native} ${(await stat(found.postgres)).mtimeMs}`)}`);
  if (!existsSync(copy)) {
    await rm(`${copy}.new`, { recursive: true, force: true });
    await cp(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
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
    const { mode, uid } = await stat(path);
    if (!(mode & 0o001) && !(uid === account.uid && mode & 0o100)) return false;
    if (path === dirname(path)) return true;
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
