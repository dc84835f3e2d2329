import { createDiffieHellman, hash, type DiffieHellman } from 'node:crypto';
import { BELENIOS_2048, belenios2048, power } from './belenios-2048.js';
import type { Group } from './group.js';

const { p, q } = BELENIOS_2048;

let cached: DiffieHellman | undefined;

/** Made at the first power, once a thread: OpenSSL then tests whether p is a safe prime, for a fifth of a second. */
function diffieHellman(): DiffieHellman {
  return (cached ??= createDiffieHellman(toBytes(p, 256), 2));
}

/**
 * x^k (mod p) as a Diffie-Hellman secret: the modular exponentiation of OpenSSL, in constant time. It refuses the
 * bases 0, 1, p − 1 and the results 1, p − 1, which are left to BigInt: no secret leads there.
 */
function exp(x: bigint, k: bigint): bigint {
  if (k === 0n || x === 1n) return 1n;
  const dh = diffieHellman();
  dh.setPrivateKey(toBytes(k, 32));
  let secret: Buffer;
  try {
    secret = dh.computeSecret(toBytes(x, 256));
  } catch {
    return power(x, k);
  }
  return BigInt(`0x${secret.toString('hex')}`);
}

/** x^q = 1 written x^(q + 1) = x, because OpenSSL does not give a result of 1. */
function isMember(x: bigint): boolean {
  return exp(x, q + 1n) === x;
}

function toBytes(x: bigint, length: number): Buffer {
  return Buffer.from(x.toString(16).padStart(2 * length, '0'), 'hex');
}

/** BELENIOS-2048 by OpenSSL: the back-end of servers. */
export const belenios2048OpenSsl: Group = belenios2048({
  backEnd: 'OpenSSL',
  exp,
  isMember,
  tables: { secrets: false, window: 10, after: 256 },
  sha256: (text) => hash('sha256', text, 'buffer'),
});
