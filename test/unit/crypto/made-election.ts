import { writeArchive, type ArchiveRecord } from '../../../src/crypto/archive.js';
import { ArchiveChain } from '../../../src/crypto/archive-events.js';
import { readBallot } from '../../../src/crypto/ballot.js';
import { makeBallot, type Marks } from '../../../src/crypto/ballot-maker.js';
import {
  combineDecryptions,
  decryptTally,
  printDecryption,
  printResult,
  type OwnedDecryption,
} from '../../../src/crypto/decryption.js';
import { openPoll, parseElection, printElection, type Poll } from '../../../src/crypto/election.js';
import type { Group } from '../../../src/crypto/group.js';
import { electionKey, printKeyHolders, type KeyHolders } from '../../../src/crypto/key-holders.js';
import { printTally, RunningTally } from '../../../src/crypto/tally.js';
import { completed, random } from './ceremony.js';

/** A board's key: one of {president, secretary} and two of four delegates, with every private share. */
export interface MadeKey {
  readonly holders: KeyHolders;
  readonly shares: readonly bigint[];
}

export function makeKey(group: Group): MadeKey {
  const presidency = completed({ group, id: 'presidency', size: 2, threshold: 1 });
  const delegates = completed({ group, id: 'delegates', size: 4, threshold: 2 });
  return {
    holders: [presidency.group, delegates.group],
    shares: [...presidency.shares, ...delegates.shares],
  };
}

/** The texts of an election, from which an archive is written; a test changes some of them first. */
export interface Pieces {
  readonly election: string;
  readonly trustees: string;
  readonly credentials: readonly string[];
  readonly ballots: readonly string[];
  readonly tally: string;
  readonly count: number;
  readonly decryptions: readonly { owner: number; text: string }[];
  readonly result: string;
}

const answers = ['Liste A', 'Liste B', 'Vote blanc'];

export function makePoll(group: Group, holders: KeyHolders, uuid: string): Poll {
  const questions = [{ question: 'Votre liste ?', answers, blank: false, min: 1, max: 1 }];
  const publicKey = group.print(electionKey(group, holders));
  const text = printElection({ uuid, name: 'CSA', description: '', group: group.name, publicKey, questions });
  return openPoll(group, parseElection(text));
}

/** A ballot for one of the answers; `credential` is the elector's private credential. */
export function vote(poll: Poll, credential: bigint, choice: number): string {
  const marks = answers.map((_, i) => (i === choice ? 1 : 0)) as Marks;
  return makeBallot(poll, credential, [marks], random).text;
}

/** Adds up and decrypts ballots, with the holders of these places. */
export function tallied(
  { group, election }: Poll,
  { holders, shares }: MadeKey,
  ballots: readonly string[],
  owners: readonly number[],
): Pick<Pieces, 'tally' | 'count' | 'decryptions' | 'result'> {
  const poll = openPoll(group, election);
  const running = new RunningTally(group, election);
  for (const text of ballots) {
    running.add(readBallot(poll, text, (element, path) => group.parse(element, path)).answers);
  }
  const decryptions = owners.map((owner): OwnedDecryption => {
    const share = shares[owner - 1] as bigint;
    return { owner, decryption: decryptTally(group, election, running.sum(), share, random) };
  });
  const outcome = combineDecryptions(group, election, holders, running.sum(), decryptions, running.count);
  return {
    tally: printTally(group, running.sum()),
    count: running.count,
    decryptions: decryptions.map(({ owner, decryption }) => ({
      owner,
      text: printDecryption(group, decryption),
    })),
    result: outcome.kind === 'result' ? printResult(outcome.result) : '{"result":[]}',
  };
}

/** A finished election of five ballots, the last one blank. */
export function makeElection(
  group: Group,
  key = makeKey(group),
): { pieces: Pieces; poll: Poll; key: MadeKey } {
  const poll = makePoll(group, key.holders, 'ABCDEFGHJKLMNP');
  const secrets = [11n, 12n, 13n, 14n, 15n, 16n];
  const ballots = [0, 0, 1, 0, 2].map((choice, i) => vote(poll, secrets[i] as bigint, choice));
  const pieces = {
    election: poll.election.raw,
    trustees: printKeyHolders(group, key.holders),
    credentials: secrets.map((secret) => group.print(group.g.exp(secret))).sort(),
    ballots,
    ...tallied(poll, key, ballots, [2, 3, 6]),
  };
  return { pieces, poll, key };
}

/** Writes the events of an election in the right order. */
export function writeEvents(pieces: Pieces, chain: ArchiveChain): void {
  chain.setup(pieces.election, pieces.trustees, JSON.stringify(pieces.credentials));
  for (const ballot of pieces.ballots) chain.ballot(ballot);
  chain.endBallots();
  chain.encryptedTally(pieces.tally, pieces.count, BigInt(pieces.count));
  for (const { owner, text } of pieces.decryptions) chain.partialDecryption(owner, text);
  chain.result(pieces.result);
}

/** An archive in which everything holds, and the first ballot counts for four: Belenios knows weights. */
export function weightedArchive(group: Group): Uint8Array {
  const { pieces, poll, key } = makeElection(group);
  const [first = ''] = pieces.ballots;
  const heavy = (JSON.parse(first) as { credential: string }).credential;
  const credentials = pieces.credentials.map((one) => (one === heavy ? `${one},4` : one));
  const counted = [first, first, first, ...pieces.ballots]; // the product in which the first one counts four times
  const weighted = { ...pieces, credentials, ...tallied(poll, key, counted, [2, 3, 6]) };
  return archiveOf(weighted, (_, chain) => {
    chain.setup(weighted.election, weighted.trustees, JSON.stringify(credentials));
    for (const ballot of weighted.ballots) chain.ballot(ballot);
    chain.endBallots();
    chain.encryptedTally(weighted.tally, weighted.ballots.length, BigInt(counted.length));
    for (const { owner, text } of weighted.decryptions) chain.partialDecryption(owner, text);
    chain.result(weighted.result);
  });
}

/** The archive of an election; `change` may tamper with its records, `write` with its events. */
export function archiveOf(
  pieces: Pieces,
  write = writeEvents,
  change = (records: ArchiveRecord[]) => records,
): Uint8Array {
  const records: ArchiveRecord[] = [];
  write(pieces, new ArchiveChain((record) => records.push(record)));
  return writeArchive({ timestamp: '1669878000', records: change(records) });
}
