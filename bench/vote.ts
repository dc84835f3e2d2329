/**
 * How many votes a second an instance verifies and makes durable, over HTTP, and how long an elector waits; beside how many
 * ballots its threads verify when they do nothing else. `npm run bench:vote`; VOTES, CLIENTS, VERIFIERS,
 * WORKERS, FILLED and ROUNDS change the load, PROFILE says where the server leaves CPU profiles.
 *
 * A box that holds ballots is compared with an empty one, in turn with it (ROUNDS), each time on a service that has just
 * started: as one finds it that goes on from what was written down, and as one where what says how far the box was verified a
 * second time is lost. `of empty` is the median of the rounds.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { sha256Base64 } from '../src/crypto/digest.js';
import { randomScalar } from '../src/crypto/group.js';
import { printTally, RunningTally } from '../src/crypto/tally.js';
import { encode } from '../src/events/codec.js';
import { RecheckedBoxes } from '../src/vault/rechecked-boxes.js';
import type { VerifierName } from '../src/crypto/server-checks.js';
import type { BallotVerifier as Verifier } from '../src/verification/ballot-verifier.js';
import { sealElection, type SealedElection, type TestScrutin } from '../test/support/sealed-election.js';
import { figuresOf, median, print, type Cast, type Figures, type Setting } from './vote-figures.js';
import { castAll, mainThread } from './vote-client.js';
import { VoteGround } from './vote-ground.js';

const VOTES = Number(process.env['VOTES'] ?? 3_000);
const CLIENTS = Number(process.env['CLIENTS'] ?? 400);
const WORKERS = numbers(process.env['WORKERS'] ?? '1,2');
const VERIFIERS = (process.env['VERIFIERS'] ?? 'sodium,kernel').split(',') as VerifierName[];
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const FILLED = numbers(process.env['FILLED'] ?? '1000,100000');

interface Box {
  readonly scrutin: TestScrutin;
  readonly ballots: readonly string[];
}

const HELD = 'select to_jsonb(t)::text as row from read_box.rechecked t';
const GIVEN_BACK = `insert into read_box.rechecked
  select * from jsonb_populate_recordset(null::read_box.rechecked, $1::jsonb)`;

const here = await VoteGround.open();
const { database, store, vaultKeys } = here;

try {
  const settings = WORKERS.flatMap((workers) => VERIFIERS.map((verifier) => ({ verifier, workers })));
  const election = await sealElection(here.ground, {
    ...{ scrutins: settings.length + 2 * FILLED.length, lists: 6, electors: VOTES },
  });
  const scrutins = [...election.scrutins];
  const all: Figures[] = [];
  const report = (figures: Figures) => {
    print(figures, all.length === 0);
    all.push(figures);
  };
  for (const setting of settings) {
    const box = await boxWith(election, scrutins.shift() as TestScrutin, 0);
    await here.settle(setting);
    const bare = await bareRate(setting, box);
    const load = { ...setting, filled: 0 };
    report(figuresOf(load, bare, [await castOn(setting, election, box, [0, VOTES])]));
  }
  const last = settings.at(-1) ?? { verifier: 'kernel' as const, workers: 1 };
  for (const filled of FILLED) {
    const empty = await boxWith(election, scrutins.shift() as TestScrutin, 0);
    const full = await boxWith(election, scrutins.shift() as TestScrutin, filled);
    await here.settle(last);
    const bare = await bareRate(last, empty);
    const [withEmpty, withFull, withLost]: [Cast[], Cast[], Cast[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const slice = (number: number) =>
        [number, number + 1].map((n) => Math.floor((n * VOTES) / (2 * ROUNDS))) as [number, number];
      const cast = (box: Box, number: number) => castOn(last, election, box, slice(number));
      withEmpty.push(await cast(empty, round));
      withFull.push(await cast(full, 2 * round));
      const { rows } = await database.pool('box').query<{ row: string }>(HELD);
      await database.pool('box').query('truncate read_box.rechecked');
      withLost.push(await cast(full, 2 * round + 1));
      await database.pool('box').query('truncate read_box.rechecked');
      await database.pool('box').query(GIVEN_BACK, [`[${rows.map(({ row }) => row).join()}]`]);
    }
    const beside = figuresOf({ ...last, filled: 0 }, bare, withEmpty);
    report(beside);
    report({ ...figuresOf({ ...last, filled }, bare, withFull), ofEmpty: median(withFull, withEmpty) });
    const lost = figuresOf({ ...last, filled, lost: true }, bare, withLost);
    report({ ...lost, ofEmpty: median(withLost, withEmpty) });
  }
  process.stdout.write(
    `${JSON.stringify({ bench: 'vote', votes: VOTES, clients: CLIENTS, figures: all })}\n`,
  );
} finally {
  await here.close();
}

/** A box with these votes in it, and a ballot for it of every elector. */
async function boxWith(election: SealedElection, scrutin: TestScrutin, filled: number): Promise<Box> {
  const ballots = election.electors.map((elector) => election.ballotFor(elector, scrutin, 'blank').text);
  const [nobody] = election.electors; // a ballot that nobody casts: its randomness is in the box by then
  if (nobody && filled > 0) await fill(scrutin, election.ballotFor(nobody, scrutin, 'blank').text, filled);
  return { scrutin, ballots };
}

/** Votes of some electors, cast on a service that has just started. */
async function castOn(
  setting: Setting,
  election: SealedElection,
  { scrutin, ballots }: Box,
  [from, to]: readonly [number, number],
): Promise<Cast> {
  const server = await here.serve(setting);
  try {
    const requests = [];
    for (const [i, { electorId }] of election.electors.slice(from, to).entries()) {
      const ballot = ballots[from + i] as string;
      requests.push(await here.vote(server.url, election, electorId, scrutin.scrutinId, ballot));
    }
    const before = await mainThread(server.pid);
    const measured = await castAll(server.url, requests, CLIENTS);
    return { ...measured, main: ((await mainThread(server.pid)) - before) / requests.length };
  } finally {
    await server.stop();
  }
}

/** Ballots a second that so many threads verify, with as many under way as the service has. */
async function bareRate(
  { verifier: name, workers }: Setting,
  { scrutin: { poll }, ballots }: Box,
): Promise<number> {
  // The built one, which finds the built worker beside it.
  const built = new URL('../verification/ballot-verifier.js', import.meta.url).href;
  const { BallotVerifier } = (await import(built)) as { BallotVerifier: typeof Verifier };
  const verifier = await BallotVerifier.start({ threads: workers, verifier: name });
  const sample = ballots.slice(0, Math.min(ballots.length, 600 * workers));
  await Promise.all(sample.slice(0, 50).map((ballot) => verifier.check(poll.election.raw, ballot)));
  const began = performance.now();
  const verdicts = await Promise.all(sample.map((ballot) => verifier.check(poll.election.raw, ballot)));
  const seconds = (performance.now() - began) / 1_000;
  await verifier.close();
  if (verdicts.some(({ valid }) => !valid)) throw new Error('a ballot of the bench does not hold');
  return sample.length / seconds;
}

/**
 * Votes that were cast before: one real ballot under many credentials. Its proofs hold for one of them only, and to make
 * others takes half an hour: so the row that says how far the box was verified a second time is written here too, sealed as the
 * service seals it. Without it (`lost`) libsodium refuses them all, which takes it less time than to find them valid.
 */
async function fill({ scrutinId, poll, sealed }: TestScrutin, like: string, count: number): Promise<void> {
  const { group } = poll;
  const [, own = ''] = /"credential":"([^"]+)"/.exec(like) ?? [];
  const [, ownHash = ''] = /"signature":\{"hash":"([^"]+)"/.exec(like) ?? [];
  const another = () => {
    const credential = group.g.exp(randomScalar(group, (length) => randomBytes(length)));
    const text = like.replace(own, group.print(credential));
    const unsigned = `${text.slice(0, text.lastIndexOf(',"signature":'))}}`;
    return text.replace(ownHash, sha256Base64(unsigned));
  };
  const size = Math.min(100, count);
  for (let from = 0; from < count; from += size) {
    const signatures = Array.from({ length: size }, () => randomBytes(32).toString('hex')).sort();
    const ballots = Array.from({ length: size }, another);
    const at = '2022-12-01T08:00:00.000Z';
    const data = { scrutinId, batch: from / size + 1, signatures, ballots, at };
    const event = { id: randomUUID(), ...encode({ type: 'VotesCast', data }) };
    await store.append(`box-${scrutinId}`, from / size, [event]);
    if (from + size < count) continue;
    const tally = printTally(group, new RunningTally(group, poll.election).sum()); // nothing is counted here
    const rechecked = await RecheckedBoxes.open(database, vaultKeys);
    await rechecked.move(scrutinId, undefined, {
      ...{ electionFile: sealed.electionFile, revision: count / size, eventId: event.id },
      ...{ ballots: count, refused: 0, disputed: [], tally },
    });
  }
}

function numbers(list: string): number[] {
  return list.split(',').filter(Boolean).map(Number);
}
