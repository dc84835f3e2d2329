/** Whether the key holders of an election are what they say: every proof, signature and share of `trustees.json`. */
import type { Element, Group } from './group.js';
import type { BasicKey, Certificate, KeyHolders, PedersenGroup } from './key-holders.js';
import { evaluateInExponent } from './pedersen.js';
import { product } from './group.js';
import { verifyKnowledge } from './proof-of-knowledge.js';
import { signedJson, verifyMessage, type Signed } from './signed-message.js';

/** The steps at which a key holder can be caught. */
export type HolderStep =
  | 'key'
  | 'certificate'
  | 'commitment'
  | 'polynomial'
  | 'share'
  | 'complaint'
  | 'signature'
  | 'verification-key';

/** A key holder who did not do what the protocol says. `holder` counts from 1: in the file, or in the ceremony. */
export interface HolderFault {
  readonly holder: number;
  readonly step: HolderStep;
  readonly reason: string;
}

/** What is wrong with the holders of a file; nothing when it is sound. `holder` is the place among all, from 1. */
export function checkKeyHolders(group: Group, holders: KeyHolders): HolderFault[] {
  let before = 0;
  return holders.flatMap((part) => {
    const faults = part.kind === 'Single' ? checkBasicKey(group, part) : checkPedersenGroup(group, part);
    const first = before;
    before += part.kind === 'Single' ? 1 : part.certificates.length;
    return faults.map((fault) => ({ ...fault, holder: first + fault.holder }));
  });
}

/** The text that proves a key's share is known: c = H("pok|group|key|"; g^w). */
export function pokPrefix(group: Group, publicKey: Element): string {
  return `pok|${group.name}|${group.print(publicKey)}|`;
}

/** What every member signs once certificates and polynomials are known, so that all have seen the same. */
export function certsMessage(certificates: readonly Signed[], polynomials: readonly Signed[]): string {
  const all = { certs: certificates.map(signedJson), coefexps: polynomials.map(signedJson) };
  return `certs_sig|${JSON.stringify(all)}`;
}

/** Certificates of one group of `size` members and `threshold`, in order: context, signature, keys of their own. */
export function checkCertificates(
  group: Group,
  certificates: readonly Certificate[],
  size: number,
  threshold: number,
): HolderFault[] {
  const seen = new Map<string, number>();
  return certificates.flatMap(({ context, verification, encryption, signed }, i): HolderFault[] => {
    const fault = (reason: string): HolderFault[] => [{ holder: i + 1, step: 'certificate', reason }];
    const expected = { group: group.name, size, threshold, index: i + 1 };
    if (JSON.stringify(context) !== JSON.stringify(expected)) return fault('made for another place or group');
    if (!verifyMessage(group, verification, signed.message, signed.signature))
      return fault('wrong signature');
    for (const key of [group.print(verification), group.print(encryption)]) {
      const owner = seen.get(key);
      if (owner !== undefined) return fault(`repeats a key of holder ${owner}`);
      seen.set(key, i + 1);
    }
    return [];
  });
}

/** g^(share) of each member, from what all published: the product of the polynomials' values at the member's place. */
export function expectedKeys(group: Group, coefexps: readonly (readonly Element[])[]): Element[] {
  return coefexps.map((_, i) =>
    product(
      group,
      coefexps.map((polynomial) => evaluateInExponent(group, polynomial, i + 1)),
    ),
  );
}

function checkBasicKey(group: Group, { pok, publicKey }: BasicKey): HolderFault[] {
  if (verifyKnowledge(group, pokPrefix(group, publicKey), publicKey, pok)) return [];
  return [{ holder: 1, step: 'key', reason: 'does not prove that the key is known' }];
}

function checkPedersenGroup(group: Group, part: PedersenGroup): HolderFault[] {
  const { certificates, polynomials, signatures, verificationKeys, threshold } = part;
  const faults = checkCertificates(group, certificates, certificates.length, threshold);
  const message = certsMessage(
    certificates.map(({ signed }) => signed),
    polynomials.map(({ signed }) => signed),
  );
  const expected = expectedKeys(
    group,
    polynomials.map(({ coefexps }) => coefexps),
  );
  certificates.forEach(({ verification }, i) => {
    const fault = (step: HolderStep, reason: string) => faults.push({ holder: i + 1, step, reason });
    const signedBy = (text: string, signature: Signed['signature'] | undefined) =>
      signature !== undefined && verifyMessage(group, verification, text, signature);
    const polynomial = polynomials[i]?.signed;
    if (!signedBy(polynomial?.message ?? '', polynomial?.signature)) fault('polynomial', 'wrong signature');
    if (!signedBy(message, signatures[i])) fault('signature', 'did not sign what the others published');
    const key = verificationKeys[i] as PedersenGroup['verificationKeys'][number];
    if (!group.equal(key.publicKey, expected[i] as Element)) {
      fault('verification-key', 'is not what the polynomials give');
    } else if (!verifyKnowledge(group, pokPrefix(group, key.publicKey), key.publicKey, key.pok)) {
      fault('verification-key', 'does not prove that the share is known');
    } else if (!signedBy(group.print(key.publicKey), key.signature)) {
      fault('verification-key', 'wrong signature');
    }
  });
  return faults;
}
