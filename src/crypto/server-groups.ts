import { hash } from 'node:crypto';
import { belenios2048OpenSsl } from './belenios-2048-openssl.js';
import { ed25519Sodium, type Sodium } from './ed25519-sodium.js';
import type { Group, GroupName } from './group.js';

const sha256 = (text: string) => hash('sha256', text, 'buffer');

/** libsodium compiled for this machine. Rejects where the package has no binary for it. */
export async function nativeSodium(): Promise<Sodium> {
  const { default: sodium } = await import('sodium-native');
  return {
    backEnd: 'sodium-native',
    multiply(k, x) {
      const out = Buffer.allocUnsafe(32);
      sodium.crypto_scalarmult_ed25519_noclamp(out, k as Buffer, x as Buffer);
      return out;
    },
    multiplyBase(k) {
      const out = Buffer.allocUnsafe(32);
      sodium.crypto_scalarmult_ed25519_base_noclamp(out, k as Buffer);
      return out;
    },
    add(a, b) {
      const out = Buffer.allocUnsafe(32);
      sodium.crypto_core_ed25519_add(out, a as Buffer, b as Buffer);
      return out;
    },
    subtract(a, b) {
      const out = Buffer.allocUnsafe(32);
      sodium.crypto_core_ed25519_sub(out, a as Buffer, b as Buffer);
      return out;
    },
    isValid: (x) => sodium.crypto_core_ed25519_is_valid_point(x as Buffer),
    sha256,
  };
}

/** libsodium compiled to WebAssembly: runs anywhere, at half the speed. */
export async function wasmSodium(): Promise<Sodium> {
  const { default: sodium } = await import('libsodium-wrappers-sumo');
  await sodium.ready;
  return {
    backEnd: 'libsodium-wrappers-sumo',
    multiply: (k, x) => sodium.crypto_scalarmult_ed25519_noclamp(k, x),
    multiplyBase: (k) => sodium.crypto_scalarmult_ed25519_base_noclamp(k),
    add: (a, b) => sodium.crypto_core_ed25519_add(a, b),
    subtract: (a, b) => sodium.crypto_core_ed25519_sub(a, b),
    isValid: (x) => sodium.crypto_core_ed25519_is_valid_point(x),
    sha256,
  };
}

const loaded = new Map<GroupName, Promise<Group>>();

/** The fastest back-end of a group that this machine can load, the same object each time. */
export function serverGroup(name: GroupName): Promise<Group> {
  const known = loaded.get(name) ?? load(name);
  loaded.set(name, known);
  return known;
}

async function load(name: GroupName): Promise<Group> {
  switch (name) {
    case 'Ed25519':
      return ed25519Sodium(await nativeSodium().catch(wasmSodium));
    case 'BELENIOS-2048':
      return belenios2048OpenSsl;
  }
}
