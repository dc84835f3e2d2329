/**
 * The file in which a key holder keeps a share: encrypted under a passphrase (docs/protocol.md, K8). The same in the
 * browser and at the command line, from pure functions: scrypt, a one-time pad and an HMAC.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesToInteger, draw, type Group, type GroupName, type RandomBytes } from './group.js';
import { Malformed } from './malformed.js';
import { fields, integer, string } from './strict-json.js';

/** Whose share it is. */
export interface ShareOwner {
  readonly boardId: string;
  readonly ceremonyId: string;
  readonly seat: number;
  readonly group: GroupName;
  /** g^share, as the file of key holders has it: says to anybody whose share this is. */
  readonly publicKey: string;
}

/** The passphrase is wrong, or the file was changed: nobody can say which. */
export class WrongPassphrase extends Error {
  constructor() {
    super('the passphrase is wrong, or the file was changed');
    this.name = 'WrongPassphrase';
  }
}

/** The shortest passphrase, in characters: whoever finds the file may try for years. */
export const SHORTEST_PASSPHRASE = 12;
/** 128 MiB and half a second for each try (RFC 7914). */
const COST = 131_072;
const MOST_COST = 1_048_576;

/** Encrypts a share. `cost` is the N of scrypt, a power of two: a test takes less. */
export async function sealShareFile(
  group: Group,
  owner: Omit<ShareOwner, 'group' | 'publicKey'>,
  share: bigint,
  passphrase: string,
  random: RandomBytes,
  cost = COST,
): Promise<string> {
  if (normal(passphrase).length < SHORTEST_PASSPHRASE)
    throw new RangeError(`a passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
  const salt = bytesToHex(draw(random, 32));
  const { boardId, ceremonyId, seat } = owner;
  const header = {
    isoloir: 'share/v1',
    boardId,
    ceremonyId,
    seat,
    group: group.name,
    publicKey: group.print(group.g.exp(share)),
    scrypt: { N: cost, r: 8, p: 1, salt },
  };
  const { pad, key } = await derive(passphrase, salt, cost);
  const ciphertext = xor(hexToBytes(share.toString(16).padStart(64, '0')), pad);
  const tag = hmac(sha256, key, authenticated(header, bytesToHex(ciphertext)));
  return `${JSON.stringify({ ...header, ciphertext: bytesToHex(ciphertext), tag: bytesToHex(tag) }, null, 2)}\n`;
}

/** Whose share a file holds, without the passphrase. Throws `Malformed`. */
export function readShareOwner(text: string): ShareOwner {
  return parse(text).owner;
}

/** The share of a file. Throws `Malformed` when it is no such file, `WrongPassphrase` when it does not open. */
export async function openShareFile(
  group: Group,
  text: string,
  passphrase: string,
): Promise<{ owner: ShareOwner; share: bigint }> {
  const { owner, header, cost, salt, ciphertext, tag } = parse(text);
  if (owner.group !== group.name) throw new Malformed('share.group', `not ${group.name}`);
  const { pad, key } = await derive(passphrase, salt, cost);
  const expected = bytesToHex(hmac(sha256, key, authenticated(header, ciphertext)));
  let difference = 0;
  for (let i = 0; i < 64; i++) difference |= expected.charCodeAt(i) ^ tag.charCodeAt(i);
  if (difference !== 0) throw new WrongPassphrase();
  const share = bytesToInteger(xor(hexToBytes(ciphertext), pad));
  if (group.print(group.g.exp(share)) !== owner.publicKey)
    throw new Malformed('share.publicKey', 'not that of the share');
  return { owner, share };
}

function parse(text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed('share', 'not JSON');
  }
  const names = [
    'isoloir',
    'boardId',
    'ceremonyId',
    'seat',
    'group',
    'publicKey',
    'scrypt',
    'ciphertext',
    'tag',
  ];
  const { ciphertext, tag, ...header } = fields(value, 'share', names);
  if (header['isoloir'] !== 'share/v1') throw new Malformed('share.isoloir', 'not share/v1');
  const scrypt = fields(header['scrypt'], 'share.scrypt', ['N', 'r', 'p', 'salt']);
  const cost = integer(scrypt['N'], 'share.scrypt.N', 2, MOST_COST);
  if ((cost & (cost - 1)) !== 0) throw new Malformed('share.scrypt.N', 'not a power of two');
  integer(scrypt['r'], 'share.scrypt.r', 8, 8);
  integer(scrypt['p'], 'share.scrypt.p', 1, 1);
  const group = string(header['group'], 'share.group');
  if (group !== 'Ed25519' && group !== 'BELENIOS-2048')
    throw new Malformed('share.group', 'not a group that we keep');
  const owner: ShareOwner = {
    boardId: string(header['boardId'], 'share.boardId'),
    ceremonyId: string(header['ceremonyId'], 'share.ceremonyId'),
    seat: integer(header['seat'], 'share.seat', 1, 200),
    group,
    publicKey: string(header['publicKey'], 'share.publicKey'),
  };
  const salt = hex64(scrypt['salt'], 'share.scrypt.salt');
  return {
    owner,
    header,
    cost,
    salt,
    ciphertext: hex64(ciphertext, 'share.ciphertext'),
    tag: hex64(tag, 'share.tag'),
  };
}

function hex64(value: unknown, path: string): string {
  const text = string(value, path);
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Malformed(path, 'not 64 lower-case hex digits');
  return text;
}

async function derive(passphrase: string, salt: string, cost: number) {
  const bytes = await scryptAsync(utf8ToBytes(normal(passphrase)), hexToBytes(salt), {
    N: cost,
    r: 8,
    p: 1,
    dkLen: 64,
    maxmem: 128 * 8 * MOST_COST + 2 ** 20,
  });
  return { pad: bytes.subarray(0, 32), key: bytes.subarray(32) };
}

/** What the tag covers: all that the file says before it. */
function authenticated(header: object, ciphertext: string): Uint8Array {
  return utf8ToBytes(`isoloir/share/v1\n${JSON.stringify(header)}\n${ciphertext}`);
}

/** The same passphrase, whatever keyboard typed its accents and however it is spaced at the ends. */
function normal(passphrase: string): string {
  return passphrase.normalize('NFKC').trim();
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] as number));
}
