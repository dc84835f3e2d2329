/**
 * The key holders of an election: `trustees.json` in the layout of Belenios 3.x, read strictly and written.
 * The file is a list of parts; the election key is the product of the parts' keys, and every part must decrypt:
 * a basic key alone, a Pedersen group by any `threshold` of its members.
 */
import { parsePublic, product, type Element, type Group } from './group.js';
import { Malformed } from './malformed.js';
import { parseProof, proofJson, type Proof } from './proof-of-knowledge.js';
import { parseSigned, signedJson, type Signed } from './signed-message.js';
import { fields, integer, items, parseCompactJson, string } from './strict-json.js';

/** A key that one person holds whole (« basic » or `Single`). */
export interface BasicKey {
  readonly kind: 'Single';
  readonly pok: Proof;
  readonly publicKey: Element;
  readonly name?: string;
}

/** A member's part in a threshold key: g^share, the proof that the share is known, and the member's signature. */
export interface VerificationKey {
  readonly pok: Proof;
  readonly publicKey: Element;
  readonly signature: Proof;
  readonly name?: string;
}

/** A certificate as read: where the member stands, and the keys to sign with and to send shares to. */
export interface Certificate {
  readonly signed: Signed;
  readonly context: { group: string; size: number; threshold: number; index: number };
  readonly verification: Element;
  readonly encryption: Element;
}

/** A member's published polynomial, g^(each coefficient). */
export interface PublishedPolynomial {
  readonly signed: Signed;
  readonly coefexps: readonly Element[];
}

/** Any `threshold` members of a group hold its key together. All four lists have one item a member, in order. */
export interface PedersenGroup {
  readonly kind: 'Pedersen';
  readonly threshold: number;
  readonly certificates: readonly Certificate[];
  readonly polynomials: readonly PublishedPolynomial[];
  readonly signatures: readonly Proof[];
  readonly verificationKeys: readonly VerificationKey[];
}

export type KeyHolders = readonly (BasicKey | PedersenGroup)[];

/** Members of one group: far above any board, far below what would take long to check. */
export const MAX_HOLDERS = 200;

/** Reads `trustees.json`. Throws `Malformed`; whether the proofs hold is for `checkKeyHolders`. */
export function parseKeyHolders(group: Group, text: string): KeyHolders {
  const parts = items(parseCompactJson(text, 'trustees'), 'trustees', (part, path) => {
    if (!Array.isArray(part) || part.length !== 2)
      throw new Malformed(path, 'not a pair of kind and content');
    if (part[0] === 'Single') return parseBasic(group, part[1], path);
    if (part[0] === 'Pedersen') return parsePedersen(group, part[1], path);
    throw new Malformed(path, 'neither Single nor Pedersen');
  });
  if (parts.length === 0) throw new Malformed('trustees', 'nobody holds the key');
  return parts;
}

/** The one text of `trustees.json`. */
export function printKeyHolders(group: Group, holders: KeyHolders): string {
  return JSON.stringify(
    holders.map((part) => {
      if (part.kind === 'Single') {
        const { pok, publicKey, name } = part;
        return ['Single', { pok: proofJson(pok), public_key: group.print(publicKey), ...named(name) }];
      }
      const content = {
        threshold: part.threshold,
        certs: part.certificates.map(({ signed }) => signedJson(signed)),
        coefexps: part.polynomials.map(({ signed }) => signedJson(signed)),
        signatures: part.signatures.map(proofJson),
        verification_keys: part.verificationKeys.map((key) => verificationKeyJson(group, key)),
      };
      return ['Pedersen', content];
    }),
  );
}

/** What one holder decrypts with. `part` and `index` (from 1 in a group) say where in the file. */
export interface HolderKey {
  readonly part: number;
  readonly index: number;
  readonly publicKey: Element;
}

/** Every holder in the order of the file: an `owner` of the archive is a place in this list, from 1. */
export function holderKeys(holders: KeyHolders): HolderKey[] {
  return holders.flatMap((content, part): HolderKey[] =>
    content.kind === 'Single'
      ? [{ part, index: 1, publicKey: content.publicKey }]
      : content.verificationKeys.map(({ publicKey }, i) => ({ part, index: i + 1, publicKey })),
  );
}

/** The election's public key: the product of basic keys and of the constants of every published polynomial. */
export function electionKey(group: Group, holders: KeyHolders): Element {
  return product(
    group,
    holders.flatMap((part) =>
      part.kind === 'Single'
        ? [part.publicKey]
        : part.polynomials.map(({ coefexps }) => coefexps[0] as Element),
    ),
  );
}

/** Reads the message of a certificate, `{"context":…,"verification":…,"encryption":…}`. */
export function parseCertificate(group: Group, signed: Signed, path: string): Certificate {
  const message = parseCompactJson(signed.message, path);
  const { context, ...keys } = fields(message, path, ['context', 'verification', 'encryption']);
  const names = ['group', 'size', 'threshold', 'index'];
  const { group: name, size, threshold, index } = fields(context, `${path}.context`, names);
  return {
    signed,
    context: {
      group: string(name, `${path}.context.group`),
      size: integer(size, `${path}.context.size`, 1, MAX_HOLDERS),
      threshold: integer(threshold, `${path}.context.threshold`, 1, MAX_HOLDERS),
      index: integer(index, `${path}.context.index`, 1, MAX_HOLDERS),
    },
    verification: element(group, keys.verification, `${path}.verification`),
    encryption: element(group, keys.encryption, `${path}.encryption`),
  };
}

/** Reads the message of a polynomial, `{"coefexps":[…]}`, with `threshold` elements. */
export function parsePolynomial(
  group: Group,
  signed: Signed,
  threshold: number,
  path: string,
): PublishedPolynomial {
  const { coefexps } = fields(parseCompactJson(signed.message, path), path, ['coefexps']);
  const read = (item: unknown, at: string) => group.parse(string(item, at), at);
  const elements = items(coefexps, `${path}.coefexps`, read, { of: threshold, what: 'elements' });
  return { signed, coefexps: elements };
}

/** Reads a member's verification key, in the layout of Belenios 3.x (which signs it). */
export function parseVerificationKey(group: Group, value: unknown, path: string): VerificationKey {
  const names = ['pok', 'public_key', 'signature', 'name?'];
  const { pok, public_key, signature, name } = fields(value, path, names);
  return {
    pok: parseProof(group, pok, `${path}.pok`),
    publicKey: element(group, public_key, `${path}.public_key`),
    signature: parseProof(group, signature, `${path}.signature`),
    ...(name === undefined ? {} : { name: string(name, `${path}.name`) }),
  };
}

/** A verification key as JSON writes it, fields in the order of the format. */
export function verificationKeyJson(group: Group, { pok, publicKey, signature, name }: VerificationKey) {
  return {
    pok: proofJson(pok),
    public_key: group.print(publicKey),
    signature: proofJson(signature),
    ...named(name),
  };
}

function parseBasic(group: Group, value: unknown, path: string): BasicKey {
  const { pok, public_key, name } = fields(value, path, ['pok', 'public_key', 'name?']);
  return {
    kind: 'Single',
    pok: parseProof(group, pok, `${path}.pok`),
    publicKey: element(group, public_key, `${path}.public_key`),
    ...(name === undefined ? {} : { name: string(name, `${path}.name`) }),
  };
}

function parsePedersen(group: Group, value: unknown, path: string): PedersenGroup {
  const names = ['threshold', 'certs', 'coefexps', 'signatures', 'verification_keys'];
  const content = fields(value, path, names);
  const threshold = integer(content.threshold, `${path}.threshold`, 1, MAX_HOLDERS);
  const members = <T>(field: string, read: (item: unknown, at: string) => T): T[] => {
    const list = items(content[field], `${path}.${field}`, (item, at) => ({ item, at }));
    if (list.length < threshold || list.length > MAX_HOLDERS) {
      throw new Malformed(`${path}.${field}`, 'not as many as members');
    }
    return list.map(({ item, at }) => read(item, at));
  };
  const certificates = members('certs', (item, at) =>
    parseCertificate(group, parseSigned(group, item, at), `${at}.message`),
  );
  const polynomials = members('coefexps', (item, at) =>
    parsePolynomial(group, parseSigned(group, item, at), threshold, `${at}.message`),
  );
  const signatures = members('signatures', (item, at) => parseProof(group, item, at));
  const verificationKeys = members('verification_keys', (item, at) => parseVerificationKey(group, item, at));
  const size = certificates.length;
  if ([polynomials, signatures, verificationKeys].some((list) => list.length !== size)) {
    throw new Malformed(path, 'lists are not of one length');
  }
  return { kind: 'Pedersen', threshold, certificates, polynomials, signatures, verificationKeys };
}

function element(group: Group, value: unknown, path: string): Element {
  return parsePublic(group, string(value, path), path);
}

function named(name: string | undefined) {
  return name === undefined ? {} : { name };
}
