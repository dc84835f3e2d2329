/** Whether the key holders of an election are what they say: every proof, signature and share of `trustees.json`. */
import { isBasicKeyProved, pokPrefix } from './basic-key.js';
import { product, type Element, type Group } from './group.js';
import type {
  BasicKey,
  Certificate,
  KeyHolders,
  PedersenGroup,
  PublishedPolynomial,
  VerificationKey,
} from './key-holders.js';
import { evaluateInExponent } from './pedersen.js';
import { verifyKnowledge, type Proof } from './proof-of-knowledge.js';
import { signedJson, verifyMessage, type Signed } from './signed-message.js';

/** The steps at which a key holder can be caught. */
export type HolderStep =
  | 'key'
  | 'certificate'
  | 'commitment'
  | 'opening'
  | 'polynomial'
  | 'share'
  | 'complaint'
  | 'signature'
  | 'verification-key'
  | 'decryption';

/** A key holder who did not do what the protocol says. `holder` counts from 1: in the file, or in the ceremony. */
export interface HolderFault {
  readonly holder: number;
  readonly step: HolderStep;
  readonly reason: string;
}

/** What is wrong with the holders of a file; nothing when it is sound. `holder` is the place among all, from 1. */
export function checkKeyHolders(group: Group, holders: KeyHolders): HolderFault[] {
  const seen = new Map<string, number>();
  let before = 0;
  return holders.flatMap((part) => {
    const faults = part.kind === 'Single' ? checkBasicKey(group, part) : checkPedersenGroup(group, part);
    const first = before;
    before += part.kind === 'Single' ? 1 : part.certificates.length;
    return [
      ...faults.map((fault) => ({ ...fault, holder: first + fault.holder })),
      ...checkNotRepeated(group, part, first, seen),
    ];
  });
}

/**
 * Holders of one part who have a key of an earlier part. Whoever copies a key and its proof could later copy the
 * decryption too, and one person, or one quorum, would be counted twice. Within a group of threshold 1 all shares are
 * the same, so keys are compared between parts only; `checkCertificates` compares certificates within one.
 */
function checkNotRepeated(
  group: Group,
  part: BasicKey | PedersenGroup,
  first: number,
  seen: Map<string, number>,
): HolderFault[] {
  const keys: [holder: number, step: HolderStep, key: Element][] =
    part.kind === 'Single'
      ? [[1, 'key', part.publicKey]]
      : part.certificates.flatMap(({ verification, encryption }, i): [number, HolderStep, Element][] => [
          [i + 1, 'certificate', verification],
          [i + 1, 'certificate', encryption],
          [i + 1, 'verification-key', (part.verificationKeys[i] as VerificationKey).publicKey],
        ]);
  const found = new Map<number, HolderFault>();
  const own = keys.map(([index, step, key]) => {
    const [holder, text] = [first + index, group.print(key)];
    const owner = seen.get(text);
    if (owner !== undefined && !found.has(holder)) {
      found.set(holder, { holder, step, reason: `repeats a key of holder ${owner}` });
    }
    return [text, holder] as const;
  });
  for (const [text, holder] of own) if (!seen.has(text)) seen.set(text, holder);
  return [...found.values()];
}

/** What a member signs with its polynomial: all certificates, so that members who saw different ones cannot agree. */
export function certsMessage(
  group: Group,
  certificates: readonly Signed[],
  coefexps: readonly Element[],
): string {
  const printed = coefexps.map((element) => group.print(element));
  return `certs_sig|${JSON.stringify({ certs: certificates.map(signedJson), coefexps: printed })}`;
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

/** g^(share) of each member: the value, at its place, of the product of all published polynomials. */
export function expectedKeys(group: Group, coefexps: readonly (readonly Element[])[]): Element[] {
  const sum = sumOf(group, coefexps);
  return coefexps.map((_, i) => evaluateInExponent(group, sum, i + 1));
}

/** The published coefficients of the sum of polynomials. */
function sumOf(group: Group, coefexps: readonly (readonly Element[])[]): Element[] {
  const [first = []] = coefexps;
  return first.map((_, k) =>
    product(
      group,
      coefexps.map((polynomial) => polynomial[k] as Element),
    ),
  );
}

function checkBasicKey(group: Group, key: BasicKey): HolderFault[] {
  if (isBasicKeyProved(group, key)) return [];
  return [{ holder: 1, step: 'key', reason: 'does not prove that the key is known' }];
}

function checkPedersenGroup(group: Group, part: PedersenGroup): HolderFault[] {
  const { certificates, polynomials, signatures, verificationKeys, threshold } = part;
  const signed = certificates.map((certificate) => certificate.signed);
  const coefexps = polynomials.map((polynomial) => polynomial.coefexps);
  const expected = expectedKeys(group, coefexps);
  const leading = sumOf(group, coefexps).at(-1);
  const degenerate = leading !== undefined && group.equal(leading, group.identity);
  const faults = checkCertificates(group, certificates, certificates.length, threshold);
  certificates.forEach(({ verification }, i) => {
    const polynomial = polynomials[i] as PublishedPolynomial;
    const key = verificationKeys[i] as VerificationKey;
    faults.push(
      ...checkPolynomial(group, verification, polynomial.signed, i + 1),
      ...checkSignature(group, verification, signed, polynomial.coefexps, signatures[i] as Proof, i + 1),
      ...checkVerificationKey(group, verification, key, expected[i] as Element, i + 1),
    );
    if (degenerate) {
      const reason = 'fewer members than the threshold can decrypt';
      faults.push({ holder: i + 1, step: 'polynomial', reason });
    }
  });
  return faults;
}

/** Whether the polynomial of member `holder` is signed with the key of its certificate. */
export function checkPolynomial(
  group: Group,
  signer: Element,
  { message, signature }: Signed,
  holder: number,
): HolderFault[] {
  if (verifyMessage(group, signer, message, signature)) return [];
  return [{ holder, step: 'polynomial', reason: 'wrong signature' }];
}

/** Whether member `holder` signed the certificates that all have seen, with its polynomial. */
export function checkSignature(
  group: Group,
  signer: Element,
  certificates: readonly Signed[],
  coefexps: readonly Element[],
  signature: Proof,
  holder: number,
): HolderFault[] {
  if (verifyMessage(group, signer, certsMessage(group, certificates, coefexps), signature)) return [];
  return [{ holder, step: 'signature', reason: 'did not sign these certificates' }];
}

/** Whether a verification key is the one that the polynomials give, proved and signed. */
export function checkVerificationKey(
  group: Group,
  signer: Element,
  { publicKey, pok, signature }: VerificationKey,
  expected: Element,
  holder: number,
): HolderFault[] {
  const fault = (reason: string): HolderFault[] => [{ holder, step: 'verification-key', reason }];
  if (!group.equal(publicKey, expected)) return fault('is not what the polynomials give');
  if (!verifyKnowledge(group, pokPrefix(group, publicKey), publicKey, pok)) {
    return fault('does not prove that the share is known');
  }
  if (!verifyMessage(group, signer, group.print(publicKey), signature)) return fault('wrong signature');
  return [];
}
