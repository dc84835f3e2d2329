/** What a key holder does at the count, in a browser or with the command line: verify, then decrypt (design 5). */
import { ballotReference, readBallot } from './ballot.js';
import { bindDecryption, printBinding } from './decryption-binding.js';
import { decryptTally, printDecryption } from './decryption.js';
import type { Poll } from './election.js';
import type { RandomBytes } from './group.js';
import { holderKeys, parseKeyHolders } from './key-holders.js';
import { rootOfLines, sortedLines } from './line-list.js';
import { openShareFile } from './share-file.js';
import { Malformed } from './malformed.js';
import { parseTally, printTally, RunningTally, tallyShape } from './tally.js';

/** What the board publishes of one frozen scrutin. */
export interface FrozenScrutin {
  readonly tally: string;
  readonly ballots: number;
  readonly boxRoot: string;
}

/** Why a holder must not decrypt. */
export type Objection = 'count' | 'twice' | 'root' | 'tally';

/** Adds up the ballots and compares with what the board published; undefined when all agrees. */
export function objectionTo(
  poll: Poll,
  { tally, ballots: count, boxRoot }: FrozenScrutin,
  ballots: readonly string[],
): Objection | undefined {
  const { group, election } = poll;
  const references = ballots.map((text) => ballotReference(group, text));
  const objection = objectionToReferences({ ballots: count, boxRoot }, references);
  if (objection) return objection;
  const running = new RunningTally(group, election);
  for (const text of ballots) running.add(readBallot(poll, text, (x, path) => group.parse(x, path)).answers);
  return printTally(group, running.sum()) === tally ? undefined : 'tally';
}

/** Compares the references of ballots, in any order, with what the board published of the box. */
export function objectionToReferences(
  { ballots, boxRoot }: Pick<FrozenScrutin, 'ballots' | 'boxRoot'>,
  references: readonly string[],
): Objection | undefined {
  if (references.length !== ballots) return 'count';
  const sorted = sortedLines(references);
  if (sorted.some((reference, i) => reference === sorted[i + 1])) return 'twice'; // a tally that weighs one ballot more
  return rootOfLines(sorted) === boxRoot ? undefined : 'root';
}

/** The share of a file: that of the key ceremony under its passphrase, or a bare one. Throws `WrongPassphrase`, `Malformed`. */
export async function shareFrom({ group }: Poll, text: string, passphrase: string): Promise<bigint> {
  if (passphrase === '') return readShare(text);
  return (await openShareFile(group, text.trim(), passphrase)).share;
}

/** Reads a private share: a decimal, alone or quoted, or the field `share` of what the key ceremony gave. */
export function readShare(text: string): bigint {
  const trimmed = text.trim();
  const share = /^[{"]/.test(trimmed) ? shareOf(trimmed) : trimmed;
  if (typeof share !== 'string' || !/^[1-9][0-9]{0,620}$/.test(share))
    throw new Malformed('share', 'not the private share of a key holder');
  return BigInt(share);
}

function shareOf(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as { share?: unknown }).share : value;
  } catch {
    return undefined;
  }
}

/**
 * The places of a share among the key holders, from 1; none when it is nobody's. There are several where one holder of a
 * group is enough: president and secretary have the same share.
 */
export function placesOf({ group }: Poll, keyHolders: string, share: bigint): number[] {
  if (share >= group.order) return [];
  const own = group.g.exp(share);
  return holderKeys(parseKeyHolders(group, keyHolders)).flatMap(({ publicKey }, index) =>
    group.equal(publicKey, own) ? [index + 1] : [],
  );
}

/** Decrypts a tally that was verified, with both proofs (protocol T5, T6). */
export function decryptPart(
  { group, election }: Poll,
  tallyText: string,
  share: bigint,
  random: RandomBytes,
): { decryption: string; binding: string } {
  const tally = parseTally(group, tallyShape(election), tallyText);
  const decryption = decryptTally(group, election, tally, share, random);
  return {
    decryption: printDecryption(group, decryption),
    binding: printBinding(bindDecryption(group, election, tally, share, decryption, random)),
  };
}
