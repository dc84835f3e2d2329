import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomInt } from 'node:crypto';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { sortedLines } from '../../src/crypto/line-list.js';
import type { BoxEvent } from '../../src/events/box.events.js';
import { decode } from '../../src/events/codec.js';
import { BallotChecks } from '../../src/modules/vote/verification-line.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { bestJoin, type Trace } from '../support/linkage.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { voterOf, type Voter } from '../support/voters.js';

const VOTES = Number(process.env['LINKAGE_VOTES'] ?? 2_000);
const NOW = '2022-12-05T10:00:00.000Z';

let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
let tags: string[];
let ballots: string[];
/** Of the naive way: one event for the signature, the next for the ballot, in this order. */
const naive: { signature: Trace; ballot: Trace }[] = [];
let everything: Map<string, Record<string, unknown>[]>;
let batches: Extract<BoxEvent, { type: 'VotesCast' }>['data'][];

beforeAll(async () => {
  portal = await openPortal({
    ...{ ISOLOIR_CLOCK: NOW, BATCH_WAIT_MS: '10', THIN_BATCH_WAIT_MS: '15', LOG_LEVEL: 'trace' },
  });
  const { foundation } = portal;
  election = await sealElection(foundation, { electors: VOTES, now: NOW, electorEvents: false });
  scrutin = election.scrutins[0] as TestScrutin;
  // What proofs say does not matter here: ballots are cheap, of all sizes, and all are valid.
  const checks = portal.app.get(BallotChecks, { strict: false });
  checks.check = (_, text) => {
    const { credential } = JSON.parse(text) as { credential: string };
    return Promise.resolve({ valid: true, reference: sha256Base64(text), credential });
  };
  ballots = election.electors.map((elector) =>
    JSON.stringify({
      credential: election.credentialOf(elector, scrutin),
      proof: randomBytes(40 + randomInt(40)).toString('hex'),
    }),
  );
  tags = await new RegisterKeys(foundation.vaultKeys).tagsOf(
    scrutin.scrutinId,
    election.electors.map(({ electorId }) => electorId),
  );
  await voteInAnyOrder();
  const head = await foundation.store.head();
  for (const name of ['register', 'turnout', 'boxes', 'box_index'])
    await foundation.projections.waitFor(name, head, 60_000);
  batches = [];
  for await (const { type, data } of foundation.store.readStream(`box-${scrutin.scrutinId}`)) {
    const event = decode(type, data);
    if (event.type === 'VotesCast') batches.push(event.data);
  }
  everything = await dump();
}, 600_000);
afterAll(() => portal.close());

/** Electors come in an order that nothing else knows, one to a dozen at a time. */
async function voteInAnyOrder(): Promise<void> {
  const voters: Voter[] = [];
  for (const { electorId } of election.electors)
    voters.push(await voterOf(portal, electorId, { gateOf: election.electionId }));
  const order = election.electors
    .map((_, who) => ({ who, at: randomInt(2 ** 40) }))
    .sort((a, b) => a.at - b.at)
    .map(({ who }) => who);
  while (order.length > 0) {
    const together = order.splice(0, 1 + randomInt(12));
    const answers = await Promise.all(
      together.map(async (who) => {
        const answer = await voters[who]?.vote(scrutin.scrutinId, ballots[who]);
        const position = naive.length;
        const size = ballots[who]?.length ?? 0;
        naive.push({
          signature: { who, features: { position: 2 * position, at: performance.now() } },
          ballot: { who, features: { position: 2 * position + 1, at: performance.now(), size } },
        });
        return answer?.status;
      }),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
  }
}

/** Every row of every table of the database, with what PostgreSQL itself keeps of it. */
async function dump(): Promise<Map<string, Record<string, unknown>[]>> {
  const tables = await portal.database.asOwner<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('ledger', 'vault', 'documents', 'reactions', 'read_register', 'read_box') order by 1`,
  );
  const all = new Map<string, Record<string, unknown>[]>();
  for (const { name } of tables)
    all.set(
      name,
      await portal.database.asOwner(
        `select t.xmin::text::bigint as "xmin of the row", t.ctid::text as "ctid of the row", t.* from ${name} t order by t.ctid`,
      ),
    );
  return all;
}

/**
 * The rows in which one of these values shows, with every column that sorts, the place of the row and of the value in it.
 * A value may be written as text, or as bytes.
 */
function traces(rows: readonly Record<string, unknown>[], values: readonly (readonly string[])[]): Trace[] {
  const whose = new Map(values.flatMap((spellings, who) => spellings.map((one) => [one, who] as const)));
  const found: Trace[] = [];
  rows.forEach((row, place) => {
    const features: Record<string, string | number> = { place };
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number') features[name] = value;
      else if (value instanceof Date) features[name] = value.getTime();
      else if (Buffer.isBuffer(value)) features[name] = value.toString('hex');
      else if (typeof value === 'string' && value.length < 100) features[name] = value;
    }
    const text = Object.values(row)
      .map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value)))
      .join(' ');
    const here = new Map<number, number>();
    for (const { 0: value, index } of text.matchAll(/[0-9a-f-]{36,}/g)) {
      const who = whose.get(value);
      if (who !== undefined && !here.has(who)) here.set(who, index);
    }
    for (const [who, offset] of here) found.push({ who, features: { ...features, offset } });
  });
  return found;
}

const BALLOT = () =>
  election.electors.map((elector, who) => {
    const credential = election.credentialOf(elector, scrutin);
    return [credential, Buffer.from(sha256Base64(ballots[who] ?? ''), 'base64').toString('hex')];
  });

/** The best that anybody does who knows which of these values belongs to which elector. */
function attack(all: ReadonlyMap<string, Record<string, unknown>[]>, known: readonly (readonly string[])[]) {
  let best = { share: 0, by: 'nothing' };
  const ballotSide = [...all].map(([table, rows]) => [table, traces(rows, BALLOT())] as const);
  for (const [table, rows] of all) {
    const signatures = traces(rows, known);
    if (signatures.length < VOTES / 2) continue;
    for (const [other, cast] of ballotSide) {
      if (cast.length < VOTES / 2) continue;
      const linked = bestJoin(signatures, cast, VOTES);
      if (linked.share > best.share)
        best = { share: linked.share, by: `${table} and ${other}: ${linked.by}` };
    }
  }
  return best;
}

/** What is certain to be exceeded by chance once in thousands of tries only: four standard deviations, and a little. */
function upTo(probability: number): number {
  return probability + 4 * Math.sqrt((probability * (1 - probability)) / VOTES) + 3 / VOTES;
}

describe(`whose a ballot is, among ${VOTES} votes`, () => {
  it('the generated votes are all there, in batches of all sizes', () => {
    expect(batches.flatMap(({ signatures }) => signatures).sort()).toEqual(tags.toSorted());
    expect(batches.flatMap((batch) => batch.ballots).sort()).toEqual(ballots.toSorted());
    expect(new Set(batches.map(({ signatures }) => signatures.length)).size).toBeGreaterThan(5);
    for (const { signatures } of batches) expect(signatures).toEqual(sortedLines(signatures));
  });

  it('a naive box, two events one after the other, tells nearly all: the attacker is able', () => {
    const linked = bestJoin(
      naive.map(({ signature }) => signature),
      naive.map(({ ballot }) => ballot),
      VOTES,
    );
    expect(linked.share).toBeGreaterThan(0.99);
  });

  it('ledger, read models and logs without the vault: no more than a guess', () => {
    const all = new Map([...everything].filter(([table]) => !table.startsWith('vault.')));
    const electors = election.electors.map(({ electorId }) => [electorId]);
    // No table beside the vault says anything of these electors: what is left is to lay ids and tags side by side.
    expect(attack(all, electors).share).toBe(0);
    const guess = bestJoin(
      election.electors.map(({ electorId }, who) => ({ who, features: { electorId, listed: who } })),
      tags.map((tag, who) => ({ who, features: { tag } })),
      VOTES,
    );
    expect(guess.share).toBeLessThan(upTo(1 / VOTES));
  }, 300_000);

  it('the same with the keys of the vault, before they are destroyed: one in the batch', () => {
    const linked = attack(
      everything,
      tags.map((tag) => [tag]),
    );
    const oneInTheBatch = batches.length / VOTES; // in a batch of k a guess is right once in k
    expect(linked.share).toBeLessThan(upTo(oneInTheBatch));
    expect(linked.share).toBeGreaterThan(oneInTheBatch / 2); // the attacker does find the batch: the claim is no weaker
  }, 300_000);

  it('the vault with its sessions, without the register key: no more than a guess', () => {
    const electors = election.electors.map(({ electorId }) => [electorId]);
    const sessions = traces(everything.get('vault.sessions') ?? [], electors);
    expect(sessions).toHaveLength(VOTES);
    const places = traces(everything.get('read_box.ballots') ?? [], BALLOT());
    expect(places.length).toBeGreaterThanOrEqual(VOTES);
    expect(attack(everything, electors).share).toBeLessThan(upTo(1 / VOTES));
  }, 300_000);

  it('the log names nobody and no ballot, and has no line for a vote', () => {
    const log = portal.logged();
    for (const [who, { electorId }] of election.electors.entries()) {
      expect(log.includes(electorId)).toBe(false);
      expect(log.includes(tags[who] ?? '')).toBe(false);
      expect(log.includes(sha256Base64(ballots[who] ?? ''))).toBe(false);
    }
    const lines = log.split('\n').filter((line) => /"route":"[^"]*\/votes/.test(line));
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
