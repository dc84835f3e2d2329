/**
 * How a share travels to one holder: hashed ElGamal with a MAC (DHIES; Abdalla, Bellare and Rogaway 2001; ISO/IEC
 * 18033-2, ECIES with a one-time pad). The sender draws e; shared = to^e; HKDF-SHA-256 of its text gives 32 bytes of
 * pad and 32 of key for HMAC-SHA-256. The derivation names the use, the context, g^e and the recipient's key, so that
 * a text means nothing anywhere else. Belenios leaves this choice free: it is not part of the archive.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  bytesToInteger,
  parsePublic,
  randomScalar,
  type Element,
  type Group,
  type RandomBytes,
} from './group.js';
import { Malformed } from './malformed.js';
import {
  parseProof,
  proofJson,
  proveSameExponent,
  verifySameExponent,
  type Proof,
} from './proof-of-knowledge.js';
import { fields, string } from './strict-json.js';

/** An encrypted share. `ephemeral` is g^e, `ciphertext` and `tag` are 32 bytes each. */
export interface SealedShare {
  readonly ephemeral: Element;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** What opens one sealed share and nothing else: shared = ephemeral^decryption, with the proof that it is that. */
export interface ExposedShare {
  readonly shared: Element;
  readonly proof: Proof;
}

/** Encrypts a scalar to the holder of `to`. The context must be the one that the recipient will give. */
export function sealShare(
  group: Group,
  to: Element,
  context: string,
  share: bigint,
  random: RandomBytes,
): SealedShare {
  const e = randomScalar(group, random);
  const ephemeral = group.g.exp(e);
  const { pad, key } = derive(group, group.exp(to, e), context, ephemeral, to);
  const ciphertext = xor(hexToBytes(share.toString(16).padStart(64, '0')), pad);
  return { ephemeral, ciphertext, tag: hmac(sha256, key, ciphertext) };
}

/** The scalar, or undefined when nobody sealed one in this context for this key. */
export function unsealShare(
  group: Group,
  decryption: bigint,
  context: string,
  sealed: SealedShare,
): bigint | undefined {
  const shared = group.exp(sealed.ephemeral, decryption);
  return unsealWith(group, shared, group.g.exp(decryption), context, sealed);
}

/** Lets anybody open one sealed share, to show that it is wrong. */
export function exposeShare(
  group: Group,
  decryption: bigint,
  context: string,
  sealed: SealedShare,
  random: RandomBytes,
): ExposedShare {
  const shared = group.exp(sealed.ephemeral, decryption);
  const prefix = exposurePrefix(group, context, sealed, group.g.exp(decryption), shared);
  return { shared, proof: proveSameExponent(group, prefix, sealed.ephemeral, decryption, random) };
}

/** What the recipient `to` found in the sealed share; `false` when the exposure is not what `to` would have made. */
export function unsealExposed(
  group: Group,
  to: Element,
  context: string,
  sealed: SealedShare,
  { shared, proof }: ExposedShare,
): bigint | undefined | false {
  const prefix = exposurePrefix(group, context, sealed, to, shared);
  const genuine = verifySameExponent(group, prefix, sealed.ephemeral, to, shared, proof);
  return genuine && unsealWith(group, shared, to, context, sealed);
}

export function sealedShareJson(group: Group, { ephemeral, ciphertext, tag }: SealedShare) {
  return {
    ephemeral: group.print(ephemeral),
    ciphertext: bytesToHex(ciphertext),
    tag: bytesToHex(tag),
  };
}

export function parseSealedShare(group: Group, value: unknown, path: string): SealedShare {
  const { ephemeral, ciphertext, tag } = fields(value, path, ['ephemeral', 'ciphertext', 'tag']);
  return {
    ephemeral: parsePublic(group, string(ephemeral, `${path}.ephemeral`), `${path}.ephemeral`),
    ciphertext: bytes32(ciphertext, `${path}.ciphertext`),
    tag: bytes32(tag, `${path}.tag`),
  };
}

export function exposedShareJson(group: Group, { shared, proof }: ExposedShare) {
  return { shared: group.print(shared), proof: proofJson(proof) };
}

export function parseExposedShare(group: Group, value: unknown, path: string): ExposedShare {
  const { shared, proof } = fields(value, path, ['shared', 'proof']);
  return {
    shared: parsePublic(group, string(shared, `${path}.shared`), `${path}.shared`),
    proof: parseProof(group, proof, `${path}.proof`),
  };
}

/** 32 bytes in 64 lower-case hex digits. */
export function bytes32(value: unknown, path: string): Uint8Array {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw new Malformed(path, 'not 64 lower-case hex digits');
  }
  return hexToBytes(value);
}

function unsealWith(
  group: Group,
  shared: Element,
  to: Element,
  context: string,
  { ephemeral, ciphertext, tag }: SealedShare,
): bigint | undefined {
  const { pad, key } = derive(group, shared, context, ephemeral, to);
  const expected = hmac(sha256, key, ciphertext);
  const difference = expected.reduce((sum, byte, i) => sum | (byte ^ (tag[i] as number)), 0);
  if (difference !== 0) return undefined;
  const share = bytesToInteger(xor(ciphertext, pad));
  return share < group.order ? share : undefined;
}

function derive(group: Group, shared: Element, context: string, ephemeral: Element, to: Element) {
  const info = `isoloir/sealed-share/v1\n${context}\n${group.print(ephemeral)}\n${group.print(to)}`;
  const bytes = hkdf(sha256, utf8ToBytes(group.print(shared)), undefined, utf8ToBytes(info), 64);
  return { pad: bytes.subarray(0, 32), key: bytes.subarray(32) };
}

/**
 * What the proof of an exposed share is bound to: the context, and the whole statement « Z is E^x for the x of X ».
 * A challenge that did not hash Z would leave the accuser free to choose it afterwards, and to condemn the honest.
 */
function exposurePrefix(
  group: Group,
  context: string,
  { ephemeral }: SealedShare,
  to: Element,
  shared: Element,
): string {
  const statement = [ephemeral, to, shared].map((element) => group.print(element)).join(',');
  return `isoloir/exposed-share/v1|${context}|${statement}|`;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] as number));
}
