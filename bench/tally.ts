/**
 * How long the count takes: ballots of seven answers verified again and added up as they come in, added up from the first one,
 * then decrypted and decoded; and one action of each holder for all scrutins of a board, in the real service. `npm run bench:tally`, with
 * BALLOTS (1,000,000), KEPT (20,000 of them) and SCRUTINS (300); the last line is JSON.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.js';
import { makeBallot, type Marks } from '../src/crypto/ballot-maker.js';
import { openPoll, parseElection, printElection, type Poll } from '../src/crypto/election.js';
import { randomScalar } from '../src/crypto/group.js';
import { decryptPart, objectionTo } from '../src/crypto/holder.js';
import { electionKey, printKeyHolders } from '../src/crypto/key-holders.js';
import { serverGroup } from '../src/crypto/server-groups.js';
import { encode } from '../src/events/codec.js';
import type * as AddingFile from '../src/modules/counting/adding.js';
import type * as RecheckingFile from '../src/modules/counting/rechecking.js';
import type * as RecheckedBoxesFile from '../src/vault/rechecked-boxes.js';
import { Log } from '../src/operations/log.js';
import { Metrics } from '../src/operations/metrics.js';
import type * as BoxesFile from '../src/modules/counting/boxes.js';
import type * as BoardsFile from '../src/modules/counting/boards.js';
import type * as DecryptingFile from '../src/modules/counting/decrypting.js';
import type * as FreezingFile from '../src/modules/counting/freezing.js';
import type * as ReconcilingFile from '../src/modules/counting/reconciling.js';
import type * as StartFile from '../src/start.js';
import { castBatch, caughtUp, moveClock } from '../test/support/counted-election.js';
import type { Portal } from '../test/support/portal.js';
import { sealElection } from '../test/support/sealed-election.js';
import { makeKey, type MadeKey } from '../test/unit/crypto/made-election.js';

const BALLOTS = Number(process.env['BALLOTS'] ?? 1_000_000);
/** How many are verified again and added up as they come in: a million would take hours, as a vote does. */
const KEPT = Math.min(BALLOTS, Number(process.env['KEPT'] ?? 20_000));
const SCRUTINS = Number(process.env['SCRUTINS'] ?? 300);
const POOL = 200; // real ballots, which come again and again: the arithmetic is the same
const BATCH = 100;
const STEPS = 20; // of the tally that is kept up
const VOTERS = 3; // in each scrutin
const MOST = 100; // scrutins of one elector
const HOLDERS = [2, 3, 4]; // seats: the secretary and two delegates
const answers = ['Liste A', 'Liste B', 'Liste C', 'Liste D', 'Liste E', 'Liste F', 'Vote blanc'];
const random = (length: number) => randomBytes(length);

/** The built service: its classes carry what injection needs, and its threads find their files. */
async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../${path}.js`, import.meta.url).href)) as T;
}

const summed = BALLOTS > 0 ? await oneLargeBox() : undefined;
const action = SCRUTINS > 0 ? await manyScrutins() : undefined;
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
say(`most memory ever held: ${peak} MiB`);
say(JSON.stringify({ bench: 'tally', cores: availableParallelism(), peakMiB: peak, ...summed, ...action }));

async function oneLargeBox() {
  const group = await serverGroup('Ed25519');
  const key = makeKey(group);
  const raw = printElection({
    ...{ description: '', name: 'Bench', group: group.name, uuid: 'bmwrT8uHomwjwS' },
    publicKey: group.print(electionKey(group, key.holders)),
    questions: [{ question: '?', answers, blank: false, min: 1, max: 1 }],
  });
  const poll = openPoll(group, parseElection(raw));
  const choices = Array.from({ length: POOL }, () => random(1).readUInt8() % answers.length);
  const ballots = choices.map((choice) => {
    const marks = answers.map((_, i) => (i === choice ? 1 : 0)) satisfies Marks;
    return makeBallot(poll, randomScalar(group, random), [marks], random).text;
  });
  const expected = answers.map((_, i) => {
    const rounds = Math.floor(BALLOTS / POOL);
    const votes = (some: readonly number[]) => some.filter((choice) => choice === i).length;
    return rounds * votes(choices) + votes(choices.slice(0, BALLOTS % POOL));
  });
  const { Adding } = await built<typeof AddingFile>('modules/counting/adding');
  let visible = 0;
  const boxes = boxOf(ballots, () => visible) as unknown as BoxesFile.Boxes;
  const boards = { text: () => Promise.resolve(raw) } as unknown as BoardsFile.Boards;
  const { Rechecking } = await built<typeof RecheckingFile>('modules/counting/rechecking');
  const rechecking = new Rechecking(boxes, boards, oneRow(), new Log('error'), new Metrics());
  const adding = new Adding(boxes, boards, rechecking);
  const kept = { seconds: 0, last: 0, tally: '' };
  for (let step = 1; step <= STEPS; step++) {
    visible = step === STEPS ? KEPT : BATCH * Math.floor((KEPT * step) / STEPS / BATCH);
    const [{ tally }, seconds] = await timed(() => rechecking.advance('bench'));
    [kept.seconds, kept.last, kept.tally] = [kept.seconds + seconds, seconds, tally];
  }
  await rechecking.onApplicationShutdown();
  say(
    `${KEPT} ballots verified again and kept up in ${STEPS} steps: ${kept.seconds.toFixed(1)} s, the last one ${kept.last.toFixed(1)} s`,
  );
  if ((await adding.sum('bench')).tally !== kept.tally) throw new Error('the two tallies differ');
  visible = BALLOTS;
  const [sum, summed] = await timed(() => adding.sum('bench'));
  if (sum.ballots !== BALLOTS) throw new Error('ballots are missing');
  say(
    `${BALLOTS} ballots added up from the first one: ${summed.toFixed(1)} s, ${Math.round(BALLOTS / summed)} a second`,
  );
  const result = await decode(adding, poll, key, sum.tally);
  if (JSON.stringify(result.votes) !== JSON.stringify(expected)) throw new Error('the count is wrong');
  await adding.onApplicationShutdown();
  say(
    `three parts: made in ${result.made.toFixed(2)} s, judged in ${result.judged.toFixed(2)} s; decoded in ${result.decoded.toFixed(2)} s`,
  );
  const { made, judged, decoded } = result;
  return {
    ballots: BALLOTS,
    kept: KEPT,
    keptUp: kept.seconds,
    lastStep: kept.last,
    summed,
    made,
    judged,
    decoded,
  };
}

/** The row of a box, in memory. */
function oneRow(): RecheckedBoxesFile.RecheckedBoxes {
  let row: RecheckedBoxesFile.FoundRow | undefined;
  return {
    find: () => Promise.resolve(row),
    move: (_: string, before: Buffer | undefined, rechecked: RecheckedBoxesFile.Rechecked) => {
      if (row?.seal !== before) throw new Error('two go on with one box');
      const seal = randomBytes(32);
      row = { seal, rechecked, revision: rechecked.revision, contradicted: false };
      return Promise.resolve(seal);
    },
  } as unknown as RecheckedBoxesFile.RecheckedBoxes;
}

/** A box whose batches come again and again, as far as they are visible. */
function boxOf(ballots: readonly string[], visible: () => number) {
  const scrutinId = randomUUID();
  const batch = (number: number, size: number) => {
    const some = Array.from({ length: size }, (_, i) => ballots[(number * BATCH + i) % POOL] as string);
    const signatures = some.map(() => randomBytes(32).toString('hex')).sort();
    const data = { scrutinId, batch: number + 1, signatures, ballots: some, at: '2022-12-01T08:00:00.000Z' };
    return encode({ type: 'VotesCast', data });
  };
  const batches = Array.from({ length: POOL / BATCH }, (_, number) => batch(number, BATCH));
  return {
    opened: () => Promise.resolve({ electionFile: '' }),
    // eslint-disable-next-line @typescript-eslint/require-await -- read as a stream would be
    async *stored(_: string, from = 0) {
      for (let revision = from; revision * BATCH < visible(); revision++) {
        const size = Math.min(BATCH, visible() - revision * BATCH);
        const event = size === BATCH ? batches[revision % batches.length] : batch(revision, size);
        yield { ...event, revision, id: `${revision}` };
      }
    },
  };
}

async function decode(
  { verifier }: AddingFile.Adding,
  poll: Poll,
  { holders, shares }: MadeKey,
  tally: string,
) {
  const keyHolders = printKeyHolders(poll.group, holders);
  const election = poll.election.raw;
  const [parts, made] = await timed(() =>
    Promise.resolve(
      HOLDERS.map((owner) => ({ owner, ...decryptPart(poll, tally, shares[owner - 1] as bigint, random) })),
    ),
  );
  const [verdicts, judged] = await timed(() =>
    Promise.all(parts.map((part) => verifier.judge({ election, keyHolders, tally, ...part }))),
  );
  if (verdicts.some((verdict) => verdict !== 'valid')) throw new Error('a part of the bench does not hold');
  const [outcome, decoded] = await timed(() =>
    verifier.combine({
      ...{ election, keyHolders, tally, ballots: BALLOTS, boxRoot: '00'.repeat(32), decryptions: parts },
    }),
  );
  if (outcome.kind !== 'result') throw new Error('no result');
  return { votes: outcome.votes, made, judged, decoded };
}

async function manyScrutins() {
  const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-tally-'));
  const { start } = await built<typeof StartFile>('start');
  const [now, closesAt] = ['2022-12-01T08:00:00.000Z', '2022-12-08T16:00:00.000Z'];
  const env = { ISOLOIR_DATA: folder, ISOLOIR_CLOCK: now, DEMONSTRATION: 'empty', PORT: '0' };
  const running = await start(
    readConfig(env),
    new Log('error', { write: (line) => process.stderr.write(line) }),
  );
  const portal = running as unknown as Portal;
  try {
    const of = async <T>(path: string, name: string): Promise<T> =>
      running.app.get((await built<Record<string, new () => T>>(path))[name] as never, { strict: false });
    const boxes = await of<BoxesFile.Boxes>('modules/counting/boxes', 'Boxes');
    const freezing = await of<FreezingFile.Freezing>('modules/counting/freezing', 'Freezing');
    const reconciling = await of<ReconcilingFile.Reconciling>('modules/counting/reconciling', 'Reconciling');
    const decrypting = await of<DecryptingFile.Decrypting>('modules/counting/decrypting', 'Decrypting');
    const staffIds = Array.from({ length: 6 }, () => randomUUID());
    const options = { now, closesAt, staffIds, scrutins: SCRUTINS, lists: 6 };
    const election = await sealElection(running.foundation, {
      ...{ ...options, electors: VOTERS * Math.ceil(SCRUTINS / MOST) },
      onRoll: (elector, scrutin) => Math.floor(elector / VOTERS) === Math.floor(scrutin / MOST),
    });
    for (const [number, scrutin] of election.scrutins.entries()) {
      const first = VOTERS * Math.floor(number / MOST);
      const votes = [
        [first, 0],
        [first + 1, 1],
        [first + 2, 'blank'],
      ] as const;
      await castBatch(portal, election, scrutin, votes, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
    }
    await caughtUp(portal);
    moveClock(portal, '2022-12-08T16:21:00.000Z');
    const [, frozen] = await timed(() => freezing.freezeDue());
    await caughtUp(portal);
    const [, reconciled] = await timed(() => reconciling.reconcile(election.boardId, staffIds[0] as string));
    say(
      `${SCRUTINS} scrutins frozen in ${frozen.toFixed(1)} s, reconciled and added up in ${reconciled.toFixed(1)} s`,
    );
    const ballotsOf: Record<string, string[]> = {};
    for (const { scrutinId } of election.scrutins)
      for await (const event of boxes.events(scrutinId))
        if (event.type === 'VotesCast') (ballotsOf[scrutinId] ??= []).push(...event.data.ballots);
    const actions: { holder: number; server: number }[] = [];
    for (const seat of HOLDERS) {
      const states = await Promise.all(election.scrutins.map(({ scrutinId }) => boxes.of(scrutinId)));
      const [parts, holder] = await timed(() =>
        Promise.resolve(
          election.scrutins.map(({ scrutinId, poll }, i) => {
            const { tally, frozen: at } = states[i] as (typeof states)[number];
            if (!tally || !at) throw new Error('a box is not frozen');
            const objection = objectionTo(poll, { ...at, tally: tally.tally }, ballotsOf[scrutinId] ?? []);
            if (objection) throw new Error(objection);
            return {
              scrutinId,
              ...decryptPart(poll, tally.tally, election.shares[seat - 1] as bigint, random),
            };
          }),
        ),
      );
      const [filed, server] = await timed(() =>
        decrypting.file(election.boardId, staffIds[seat - 1] as string, parts),
      );
      if (filed.some(({ verdict }) => verdict !== 'valid')) throw new Error('a part was not taken');
      if (seat === HOLDERS.at(-1) && filed.some(({ proclaimed }) => !proclaimed))
        throw new Error('no result');
      say(
        `seat ${seat}: ${SCRUTINS} scrutins verified and decrypted in ${holder.toFixed(1)} s, taken in ${server.toFixed(1)} s`,
      );
      actions.push({ holder, server });
    }
    return { scrutins: SCRUTINS, frozen, reconciled, actions };
  } finally {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[result: T, seconds: number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1_000];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
