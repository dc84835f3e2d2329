/** Partial decryptions of a tally by key holders, and what any quorum of them gives (Belenios, « Decryption »). */
import { discreteLog } from './discrete-log.js';
import type { Election } from './election.js';
import { product, type Element, type Group, type RandomBytes } from './group.js';
import type { HolderFault } from './key-holders-check.js';
import { holderKeys, type HolderKey, type KeyHolders } from './key-holders.js';
import { lagrange } from './pedersen.js';
import { disagreements, quorums } from './quorum.js';
import {
  parseProof,
  proofJson,
  proveSameExponent,
  verifySameExponent,
  type Proof,
} from './proof-of-knowledge.js';
import { itemsOfShape, type EncryptedTally } from './tally.js';
import { fields, parseCompactJson, string } from './strict-json.js';

/** A holder's part: α^x for each ciphertext, with the proof that x is the holder's key. */
export interface PartialDecryption {
  readonly factors: readonly (readonly Element[])[];
  readonly proofs: readonly (readonly Proof[])[];
}

/** A partial decryption and whose it is: the holder's place among all, from 1. */
export interface OwnedDecryption {
  readonly owner: number;
  readonly decryption: PartialDecryption;
}

/** Votes for each choice of each question; or which parts of the key still lack holders. */
export type Outcome =
  | {
      readonly kind: 'result';
      readonly result: readonly (readonly number[])[];
      readonly rejected: HolderFault[];
    }
  | { readonly kind: 'no-quorum'; readonly lacking: readonly Lack[]; readonly rejected: HolderFault[] };

/** A part of the key (its place in the file, from 0) with fewer valid decryptions than it needs. */
export interface Lack {
  readonly part: number;
  readonly valid: number;
  readonly needed: number;
}

/** Decrypts a tally with a holder's private key: a basic key, or the share that the ceremony gave. */
export function decryptTally(
  group: Group,
  election: Pick<Election, 'fingerprint'>,
  tally: EncryptedTally,
  key: bigint,
  random: RandomBytes,
): PartialDecryption {
  const prefix = decryptPrefix(group, election, group.g.exp(key));
  return {
    factors: tally.map((question) => question.map(({ alpha }) => group.exp(alpha, key))),
    proofs: tally.map((question) =>
      question.map(({ alpha }) => proveSameExponent(group, prefix, alpha, key, random)),
    ),
  };
}

/** Where a partial decryption by the holder of `key` is wrong, as `[question][choice]`; undefined when it is right. */
export function decryptionFlaw(
  group: Group,
  election: Pick<Election, 'fingerprint'>,
  tally: EncryptedTally,
  key: Element,
  { factors, proofs }: PartialDecryption,
): string | undefined {
  const prefix = decryptPrefix(group, election, key);
  for (const [i, question] of tally.entries()) {
    for (const [k, { alpha }] of question.entries()) {
      const factor = factors[i]?.[k];
      const proof = proofs[i]?.[k];
      if (!factor || !proof || !verifySameExponent(group, prefix, alpha, key, factor, proof)) {
        return `[${i}][${k}]`;
      }
    }
  }
  return undefined;
}

/** Splits decryptions into valid ones, one a holder, and the faults of the others. */
export function sortDecryptions(
  group: Group,
  election: Pick<Election, 'fingerprint'>,
  holders: KeyHolders,
  tally: EncryptedTally,
  decryptions: readonly OwnedDecryption[],
): { valid: Map<number, PartialDecryption>; rejected: HolderFault[] } {
  const keys = holderKeys(holders);
  const valid = new Map<number, PartialDecryption>();
  const rejected: HolderFault[] = [];
  for (const { owner, decryption } of decryptions) {
    const reject = (reason: string) => rejected.push({ holder: owner, step: 'decryption', reason });
    const key = keys[owner - 1];
    if (key === undefined) {
      reject('is not a key holder');
      continue;
    }
    if (valid.has(owner)) {
      reject('decrypted twice');
      continue;
    }
    const flaw = decryptionFlaw(group, election, tally, key.publicKey, decryption);
    if (flaw === undefined) valid.set(owner, decryption);
    else reject(`factor ${flaw} is not proved`);
  }
  return { valid, rejected };
}

/** The parts of the key that the owners of valid decryptions do not suffice for. */
export function lackingParts(holders: KeyHolders, owners: Iterable<number>): Lack[] {
  const counts = new Map<number, number>();
  const keys = holderKeys(holders);
  for (const owner of owners) {
    const part = keys[owner - 1]?.part;
    if (part !== undefined) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return holders.flatMap((content, part) => {
    const needed = content.kind === 'Single' ? 1 : content.threshold;
    const valid = counts.get(part) ?? 0;
    return valid < needed ? [{ part, valid, needed }] : [];
  });
}

/**
 * g^votes for each choice: β divided by the factors of every part, those of a Pedersen group put together with the
 * coefficients of Lagrange over as many members as its threshold. Owners must suffice (`lackingParts`).
 */
export function decryptedElements(
  group: Group,
  holders: KeyHolders,
  tally: EncryptedTally,
  valid: ReadonlyMap<number, PartialDecryption>,
): Element[][] {
  const chosen = holders.flatMap((content, part) => {
    const members = holderKeys(holders)
      .map((key, i) => ({ ...key, owner: i + 1 }))
      .filter((key) => key.part === part && valid.has(key.owner))
      .slice(0, content.kind === 'Single' ? 1 : content.threshold);
    return members.map((member) => ({ ...member, weight: weightOf(group, member, members) }));
  });
  return tally.map((question, i) =>
    question.map(({ beta }, k) => {
      const factors = chosen.map(({ owner, weight }) => {
        const factor = valid.get(owner)?.factors[i]?.[k] as Element;
        return weight === 1n ? factor : group.exp(factor, weight);
      });
      return group.div(beta, product(group, factors));
    }),
  );
}

/** Quorums tried before giving up: a board has a few dozen. */
const MAX_QUORUMS = 1_000;

/**
 * The result of an election from the decryptions at hand: those that are not valid, or do not agree with the ones that
 * give it, are named and left out. `max` bounds a choice's votes: the total weight of the tally.
 * Throws `RangeError` when no quorum gives numbers of votes within it: a holder proved a factor that is wrong (see
 * `quorum.ts`), and too few others have decrypted to say who.
 */
export function combineDecryptions(
  group: Group,
  election: Pick<Election, 'fingerprint'>,
  holders: KeyHolders,
  tally: EncryptedTally,
  decryptions: readonly OwnedDecryption[],
  max: number,
): Outcome {
  const { valid, rejected } = sortDecryptions(group, election, holders, tally, decryptions);
  const lacking = lackingParts(holders, valid.keys());
  if (lacking.length > 0) return { kind: 'no-quorum', lacking, rejected };
  const log = discreteLog(group, max);
  let tried = 0;
  for (const quorum of quorums(holders, valid.keys())) {
    if (tried++ === MAX_QUORUMS) break;
    const some = new Map(quorum.map((owner) => [owner, valid.get(owner) as PartialDecryption]));
    const result = decryptedElements(group, holders, tally, some).map((question) => question.map(log));
    if (!isFound(result)) continue;
    rejected.push(...disagreements(group, holders, valid, quorum));
    return { kind: 'result', result, rejected };
  }
  throw new RangeError(`no quorum gives each choice at most ${max} votes`);
}

function isFound(result: (number | undefined)[][]): result is number[][] {
  return result.every((question) => question.every((votes) => votes !== undefined));
}

/** The one text of a partial decryption. */
export function printDecryption(group: Group, { factors, proofs }: PartialDecryption): string {
  return JSON.stringify({
    decryption_factors: factors.map((question) => question.map((factor) => group.print(factor))),
    decryption_proofs: proofs.map((question) => question.map(proofJson)),
  });
}

/** Reads a partial decryption of a tally of this shape. Throws `Malformed`. */
export function parseDecryption(group: Group, shape: readonly number[], text: string): PartialDecryption {
  const path = 'partial_decryption';
  const names = ['decryption_factors', 'decryption_proofs'];
  const { decryption_factors, decryption_proofs } = fields(parseCompactJson(text, path), path, names);
  return {
    factors: itemsOfShape(decryption_factors, shape, `${path}.decryption_factors`, (item, at) =>
      group.parse(string(item, at), at),
    ),
    proofs: itemsOfShape(decryption_proofs, shape, `${path}.decryption_proofs`, (item, at) =>
      parseProof(group, item, at),
    ),
  };
}

/** The one text of a result. */
export function printResult(result: readonly (readonly number[])[]): string {
  return JSON.stringify({ result });
}

function decryptPrefix(group: Group, { fingerprint }: Pick<Election, 'fingerprint'>, key: Element): string {
  return `decrypt|${fingerprint}|${group.print(key)}|`;
}

function weightOf(group: Group, { index }: HolderKey, members: readonly HolderKey[]): bigint {
  return lagrange(
    group,
    index,
    members.map((member) => member.index),
  );
}
