/** The worker's side of `CountVerifier`: sums of ballots, parts of a decryption checked, results put together. */
import { readBallot } from '../crypto/ballot.js';
import { combineDecryptions, decryptionFlaw, parseDecryption, printResult } from '../crypto/decryption.js';
import { isBound, parseBinding } from '../crypto/decryption-binding.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import type { Element } from '../crypto/group.js';
import { holderKeys, parseKeyHolders } from '../crypto/key-holders.js';
import { Malformed } from '../crypto/malformed.js';
import { seatSeed } from '../crypto/seat-seed.js';
import { serverGroup } from '../crypto/server-groups.js';
import { parseTally, printTally, RunningTally, tallyShape } from '../crypto/tally.js';
import { castBallots, type BoxedEvent } from './cast-ballots.js';

/** Events of a box whose ballots are added up: they were verified when they came in. */
export interface SumTask {
  readonly election: string;
  readonly events: readonly BoxedEvent[];
}
export interface Sum {
  readonly tally: string;
  readonly ballots: number;
}

/** What a holder sent, and what it must be a part of. */
export interface DecryptionTask {
  readonly election: string;
  readonly keyHolders: string;
  readonly tally: string;
  readonly owner: number;
  readonly decryption: string;
  readonly binding: string;
}
/** `other-share`: it holds, for another holder than the one who sent it. */
export type DecryptionVerdict = 'valid' | 'malformed' | 'proof' | 'binding' | 'other-share';

/** Everything that makes a result. */
export interface CombineTask {
  readonly election: string;
  readonly keyHolders: string;
  readonly tally: string;
  readonly ballots: number;
  /** Of the frozen box. */
  readonly boxRoot: string;
  readonly decryptions: readonly { readonly owner: number; readonly decryption: string }[];
}
export type Combined =
  | {
      readonly kind: 'result';
      readonly result: string;
      readonly votes: readonly number[];
      /** What seats are drawn from (docs/protocol.md, S2). */
      readonly seed: string;
      /** Owners whose parts do not agree with the others'. */
      readonly disagreeing: readonly number[];
    }
  | { readonly kind: 'no-quorum' }
  | { readonly kind: 'no-result' };

let last: { raw: string; poll: Promise<Poll> } | undefined;

function pollOf(raw: string): Promise<Poll> {
  if (last?.raw !== raw) last = { raw, poll: open(raw) };
  return last.poll;
}

async function open(raw: string): Promise<Poll> {
  const election = parseElection(raw);
  return openPoll(await serverGroup(election.group), election);
}

/** The product of the ballots, each verified when it was cast, as the text of an encrypted tally. */
export async function sum({ election: raw, events }: SumTask): Promise<Sum> {
  const poll = await pollOf(raw);
  const { group, election } = poll;
  const running = new RunningTally(group, election);
  const ballots = castBallots(events);
  for (const text of ballots) running.add(readBallot(poll, text, (x, path) => group.again(x, path)).answers);
  return { tally: printTally(group, running.sum()), ballots: ballots.length };
}

/** Judges one partial decryption: its form, the proofs of Belenios, our binding proof (docs/protocol.md, T5, T6). */
export async function judge(task: DecryptionTask): Promise<DecryptionVerdict> {
  const { group, election } = await pollOf(task.election);
  const shape = tallyShape(election);
  const tally = parseTally(group, shape, task.tally);
  const keys = holderKeys(parseKeyHolders(group, task.keyHolders));
  const own = keys[task.owner - 1];
  if (own === undefined) return 'malformed';
  try {
    const decryption = parseDecryption(group, shape, task.decryption);
    const binding = parseBinding(group, task.binding);
    const proves = (key: Element) => decryptionFlaw(group, election, tally, key, decryption) === undefined;
    const binds = (key: Element) => isBound(group, election, tally, key, decryption, binding);
    if (proves(own.publicKey)) return binds(own.publicKey) ? 'valid' : 'binding';
    return keys.some(({ publicKey }) => proves(publicKey) && binds(publicKey)) ? 'other-share' : 'proof';
  } catch (error) {
    if (error instanceof Malformed) return 'malformed';
    throw error;
  }
}

/** The votes of each answer, once every part of the key has its quorum. */
export async function combine(task: CombineTask): Promise<Combined> {
  const { group, election } = await pollOf(task.election);
  const shape = tallyShape(election);
  const decryptions = task.decryptions.map(({ owner, decryption }) => ({
    owner,
    decryption: parseDecryption(group, shape, decryption),
  }));
  const holders = parseKeyHolders(group, task.keyHolders);
  const tally = parseTally(group, shape, task.tally);
  try {
    const outcome = combineDecryptions(group, election, holders, tally, decryptions, task.ballots);
    if (outcome.kind === 'no-quorum') return { kind: 'no-quorum' };
    const disagreeing = outcome.rejected.map(({ holder }) => holder);
    const agreed = decryptions.filter(({ owner }) => !disagreeing.includes(owner));
    return {
      kind: 'result',
      result: printResult(outcome.result),
      votes: outcome.result.flat(),
      seed: seatSeed(group, holders, agreed, task.boxRoot),
      disagreeing,
    };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'no-result' }; // a wrong factor, and too few others to say whose
    throw error;
  }
}
