/** Messages that key holders sign (Belenios specification, « Certificates »): Schnorr over `sigmsg|message|`. */
import type { Element, Group, RandomBytes } from './group.js';
import { parseProof, proofJson, proveKnowledge, verifyKnowledge, type Proof } from './proof-of-knowledge.js';
import { fields, string } from './strict-json.js';

export interface Signed {
  readonly message: string;
  readonly signature: Proof;
}

/** The signature of a message by the holder of `key`, whose public half is g^key. */
export function signMessage(group: Group, key: bigint, message: string, random: RandomBytes): Proof {
  return proveKnowledge(group, `sigmsg|${message}|`, key, random);
}

export function verifyMessage(group: Group, publicKey: Element, message: string, signature: Proof): boolean {
  return verifyKnowledge(group, `sigmsg|${message}|`, publicKey, signature);
}

export function sign(group: Group, key: bigint, message: string, random: RandomBytes): Signed {
  return { message, signature: signMessage(group, key, message, random) };
}

export function parseSigned(group: Group, value: unknown, path: string): Signed {
  const { message, signature } = fields(value, path, ['message', 'signature']);
  return {
    message: string(message, `${path}.message`),
    signature: parseProof(group, signature, `${path}.signature`),
  };
}

/** The signed message as JSON writes it, fields in the order of the format. */
export function signedJson({ message, signature }: Signed) {
  return { message, signature: proofJson(signature) };
}
