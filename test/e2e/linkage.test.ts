import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { sortedLines } from '../../src/crypto/line-list.js';
import type { BoxEvent } from '../../src/events/box.events.js';
import { decode } from '../../src/events/codec.js';
import { Casting } from '../../src/modules/vote/casting.js';
import { BallotChecks } from '../../src/modules/vote/verification-line.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Rechecking } from '../../src/modules/counting/rechecking.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { moveClock } from '../support/counted-election.js';
import { attack, bestJoin, tablesOf, type Rows } from '../support/linkage.js';
import { naiveBox } from '../support/naive-box.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { passed, voterOf, type Voter } from '../support/voters.js';

const VOTES = Number(process.env['LINKAGE_VOTES'] ?? 2_000);
const NOW = '2022-12-05T10:00:00.000Z';
const FROZEN = '2022-12-06T10:30:00.000Z'; // a day later, after the grace period

let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
/** By elector: the id, the tag, and the ballot as its credential and its reference show in tables. */
let ids: string[][];
let tags: string[][];
let ballots: string[];
let traced: string[][];
let everything: Map<string, Rows>;
let batches: Extract<BoxEvent, { type: 'VotesCast' }>['data'][];
/** What the live process had in its memory, vote by vote. */
const live: { electorId: string; ballot: string }[] = [];

beforeAll(async () => {
  portal = await openPortal({
    ...{ ISOLOIR_CLOCK: NOW, BATCH_WAIT_MS: '10', THIN_BATCH_WAIT_MS: '15', LOG_LEVEL: 'trace' },
    DEMONSTRATION: 'empty',
  });
  const { foundation } = portal;
  election = await sealElection(foundation, { electors: VOTES, now: NOW });
  scrutin = election.scrutins[0] as TestScrutin;
  // What proofs say does not matter here: ballots are cheap, of all sizes, and all are valid.
  const checks = portal.app.get(BallotChecks, { strict: false });
  checks.check = (_, text) => {
    const { credential } = JSON.parse(text) as { credential: string };
    return Promise.resolve({ valid: true, reference: sha256Base64(text), credential });
  };
  portal.app.get(Rechecking, { strict: false }).require = () => Promise.resolve();
  portal.app.get(Rechecking, { strict: false }).tend = () => Promise.resolve();
  const casting = portal.app.get(Casting, { strict: false });
  const cast = casting.cast.bind(casting);
  casting.cast = (command) => {
    live.push(command);
    return cast(command);
  };
  const credentials = election.electors.map((elector) => election.credentialOf(elector, scrutin));
  ballots = credentials.map((credential) =>
    JSON.stringify({ credential, proof: randomBytes(40 + randomInt(40)).toString('hex') }),
  );
  traced = ballots.map((ballot, who) => {
    const reference = Buffer.from(sha256Base64(ballot), 'base64').toString('hex');
    return [credentials[who] as string, reference];
  });
  ids = election.electors.map(({ electorId }) => [electorId]);
  tags = (await new RegisterKeys(foundation.vaultKeys).tagsOf(scrutin.scrutinId, ids.flat())).map((tag) => [
    tag,
  ]);
  await voteInAnyOrder();
  batches = [];
  for await (const { type, data } of foundation.store.readStream(`box-${scrutin.scrutinId}`)) {
    const event = decode(type, data);
    if (event.type === 'VotesCast') batches.push(event.data);
  }
  everything = await dump();
}, 600_000);
afterAll(() => portal.close());

/** Numbers of the electors, in an order that nothing else knows. */
function anyOrder(): number[] {
  return ids
    .map((_, who) => ({ who, at: randomInt(2 ** 40) }))
    .sort((a, b) => a.at - b.at)
    .map(({ who }) => who);
}

/** One to a dozen at a time. */
async function voteInAnyOrder(): Promise<void> {
  const voters: Voter[] = [];
  for (const { electorId } of election.electors)
    voters.push(await voterOf(portal, electorId, passed(election, electorId)));
  const order = anyOrder();
  while (order.length > 0) {
    const together = order.splice(0, 1 + randomInt(12));
    const answers = await Promise.all(
      together.map((who) => (voters[who] as Voter).vote(scrutin.scrutinId, ballots[who])),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  }
}

/** Every row of every table of the database, with what PostgreSQL itself keeps of it, and every line of the log. */
async function dump(): Promise<Map<string, Rows>> {
  const head = await portal.foundation.store.head();
  for (const [name] of portal.foundation.projections.states())
    expect(await portal.foundation.projections.waitFor(name, head, 120_000)).toBe(true);
  return tablesOf(portal.database, portal.logged());
}

function without(schema: RegExp): Map<string, Rows> {
  return new Map([...everything].filter(([table]) => !schema.test(table)));
}

/** How many electors' tags in the box somebody finds who tries every key that the vault still holds. */
async function recognised(): Promise<number> {
  const names = await portal.database.asOwner<{ name: string }>('select name from vault.keys');
  const cast = new Set(batches.flatMap(({ signatures }) => signatures));
  let most = 0;
  for (const { name } of names) {
    const key = await portal.foundation.vaultKeys.find(name);
    const made = ids.flat().map((id) =>
      createHmac('sha256', key ?? '')
        .update(id)
        .digest('hex'),
    );
    most = Math.max(most, made.filter((tag) => cast.has(tag)).length);
  }
  return most;
}

/** What chance exceeds once in thousands of tries only, and thousands of joins are tried: five standard deviations and more. */
function upTo(probability: number): number {
  return probability + 5 * Math.sqrt((probability * (1 - probability)) / VOTES) + 6 / VOTES;
}
const CHANCE = upTo(1 / VOTES);

describe(`whose a ballot is, among ${VOTES} votes`, () => {
  it('the generated votes are all there, in batches of all sizes', () => {
    expect(batches.flatMap(({ signatures }) => signatures).sort()).toEqual(tags.flat().sort());
    expect(batches.flatMap((batch) => batch.ballots).sort()).toEqual(ballots.toSorted());
    expect(new Set(batches.map(({ signatures }) => signatures.length)).size).toBeGreaterThan(5);
    for (const { signatures } of batches) expect(signatures).toEqual(sortedLines(signatures));
  });

  it('a naive writer, which appends two events one after the other and logs them, tells nearly all', async () => {
    const naive = await naiveBox(anyOrder().map((who) => [tags[who]?.[0] ?? '', ballots[who] ?? '']));
    for (const source of ['ledger.events', 'log']) {
      const rows = new Map([[source, naive.get(source) ?? []]]);
      expect(attack(rows, { signatures: tags, ballots: traced }).share).toBeGreaterThan(0.99);
    }
  }, 300_000);

  it('the public, with the transparency log, the public documents and the ballots of the box: no more than a guess', () => {
    const published = new Map(
      [...everything].flatMap(([table, rows]): [string, Rows][] => {
        if (table === 'documents.documents')
          return [[table, rows.filter(({ public: open }) => open === true)]];
        return /^(transparency|read_box)\./.test(table) ? [[table, rows]] : [];
      }),
    );
    expect(published.get('documents.documents')?.length).toBeGreaterThan(2);
    expect(attack(published, { signatures: ids, ballots: traced }).share).toBeLessThan(CHANCE);
  });

  it('ledger, read models and logs without the vault: unknown tags, no more than a guess', () => {
    const linked = attack(without(/^vault\./), { signatures: ids, ballots: traced });
    expect([linked.share < CHANCE, linked.by]).toEqual([true, linked.by]);
    const guess = bestJoin(
      ids.map(([electorId = ''], who) => ({ who, features: { electorId, listed: who } })),
      tags.map(([tag = ''], who) => ({ who, features: { tag } })),
      VOTES,
    );
    expect(guess.share).toBeLessThan(CHANCE);
  }, 300_000);

  it('the vault with its sessions, without the register key: no more than a guess', () => {
    expect(everything.get('vault.sessions')).toHaveLength(VOTES);
    const linked = attack(everything, { signatures: ids, ballots: traced });
    expect([linked.share < CHANCE, linked.by]).toEqual([true, linked.by]);
  }, 300_000);

  it('the same with the keys of the vault, before they are destroyed: one in the batch, certain in a thin one', async () => {
    expect(await recognised()).toBe(VOTES);
    const linked = attack(everything, { signatures: tags, ballots: traced });
    const oneInTheBatch = batches.length / VOTES; // in a batch of k a guess is right once in k
    expect(linked.share).toBeLessThan(upTo(oneInTheBatch));
    expect(linked.share).toBeGreaterThan(oneInTheBatch / 2); // the attacker does find the batch: the claim is no weaker
    const whose = new Map(tags.map(([tag = ''], who) => [tag, ballots[who]]));
    const alone = batches.filter(({ signatures }) => signatures.length === 1);
    expect(alone.length).toBeGreaterThan(0);
    for (const { signatures, ballots } of alone) expect(ballots).toEqual([whose.get(signatures[0] ?? '')]);
  }, 300_000);

  it('the live process: sees session and ballot together, and no share of the key that opens a ballot', () => {
    const seen = new Map(live.map(({ electorId, ballot }) => [electorId, ballot]));
    expect(ids.map(([electorId = '']) => seen.get(electorId))).toEqual(ballots);
    const shares = election.shares.flatMap((share) => [
      share.toString(),
      share.toString(16).padStart(64, '0'),
    ]);
    for (const [table, rows] of everything)
      for (const row of rows) {
        const text = Object.values(row)
          .map((value) =>
            Buffer.isBuffer(value) ? value.toString('hex') + value.toString('latin1') : String(value),
          )
          .join(' ');
        expect([table, shares.some((share) => text.includes(share))]).toEqual([table, false]);
      }
  }, 120_000);

  it('the maker of notices: knows every ballot by its credential, until the codes are destroyed', () => {
    const made = new Map(
      ballots.map((ballot) => [(JSON.parse(ballot) as { credential: string }).credential, ballot]),
    );
    const linked = election.electors.map((elector) => made.get(election.credentialOf(elector, scrutin)));
    expect(linked).toEqual(ballots);
  });

  it('the log names nobody and no ballot, and has no line for a vote', () => {
    const log = portal.logged();
    for (const who of ids.keys())
      for (const value of [ids[who]?.[0], tags[who]?.[0], sha256Base64(ballots[who] ?? ''), traced[who]?.[0]])
        expect(log.includes(value ?? '')).toBe(false);
    const lines = log.split('\n').filter((line) => QUIET.test(line));
    for (const line of lines) {
      const { msg, time, count, ...rest } = JSON.parse(line) as Record<string, unknown>;
      expect(Object.keys(rest).sort()).toEqual(['level', 'method', 'route', 'status']);
      expect([msg, typeof count, Number(time) % 60_000 < 15_000]).toEqual([
        'requests of a minute',
        'number',
        true,
      ]);
    }
  });
});

const QUIET = /"route":"(?:[^"]*\/votes|\/documents\/:sha256|\/session|\/api\/(?:captcha|session|deposits))"/;

describe('after the freeze and the destruction of the register key', () => {
  it('all of it, the vault and the named register included, tells no more than a guess', async () => {
    moveClock(portal, FROZEN);
    const { scrutinId } = scrutin;
    await portal.app.get(Freezing, { strict: false }).freeze(scrutinId);
    for (let tries = 0; (await names(scrutinId)).length > 0; tries++) {
      // The tally of these cheap ballots cannot be made; the key dies before it is tried, as it must.
      const done = portal.app
        .get(Reconciling, { strict: false })
        .reconcile(election.boardId, election.staffIds[0] ?? '');
      const failure: unknown = await done.then(
        () => undefined,
        (error: unknown) => error,
      );
      expect([tries < 50, failure]).toEqual([true, failure]);
      await new Promise((resolve) => setTimeout(resolve, 100)); // until the read model shows the freeze
    }
    await expect(
      new RegisterKeys(portal.foundation.vaultKeys).tagsOf(scrutinId, ids.flat()),
    ).rejects.toThrow();
    expect(await recognised()).toBe(0);
    const after = await tablesOf(portal.database, portal.logged());
    const register = after
      .get('documents.documents')
      ?.filter(({ content }) => (Buffer.isBuffer(content) ? content.includes(ids[0]?.[0] ?? '') : false));
    expect(register?.length).toBeGreaterThan(0); // who signed is known, and stays so: it says on which day
    const linked = attack(after, { signatures: ids, ballots: traced });
    expect([linked.share < CHANCE, linked.by]).toEqual([true, linked.by]);
  }, 300_000);
});

function names(scrutinId: string): Promise<object[]> {
  return portal.database.asOwner(`select name from vault.keys where name = 'register/${scrutinId}'`);
}
