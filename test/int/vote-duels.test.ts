import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sha256Base64 } from '../../src/crypto/digest.js';
import type { BoxEvent } from '../../src/events/box.events.js';
import { decode } from '../../src/events/codec.js';
import type { EventStore } from '../../src/ledger/event-store.js';
import { EventStoreDbEventStore } from '../../src/ledger/eventstoredb-event-store.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Refusal } from '../../src/ledger/refusal.js';
import { BoxReader } from '../../src/modules/vote/box-reader.js';
import type { Deposit } from '../../src/modules/vote/box-state.decider.js';
import { BoxWriters } from '../../src/modules/vote/box-writers.js';
import { boxIndex } from '../../src/projections/box-index.projection.js';
import { Projections } from '../../src/projections/projections.js';
import { Database } from '../../src/storage/database.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double.js';
import { written } from '../support/service.js';
import { NOW, opened, SCRUTIN } from '../unit/vote/faulty-ground.js';

const DUELS = Number(process.env['VOTE_DUELS'] ?? 200);
const AT_ONCE = 20;

/** A vote of an elector with a text of its own: what proofs say is decided before, and elsewhere tested. */
function voteOf(elector: string, credential: string, alpha = randomBytes(32).toString('hex')) {
  const answers = [{ choices: [{ alpha: randomBytes(32).toString('hex') }, { alpha }] }];
  const ballot = JSON.stringify({ credential, answers, proof: randomBytes(300).toString('hex') });
  return {
    alphas: answers.flatMap(({ choices }) => choices.map((choice) => choice.alpha)),
    ...{ tag: elector, credential, ballot, reference: sha256Base64(ballot) },
    ...{ receivedAt: NOW, signedInAt: '2022-12-05T09:00:00.000Z' },
  };
}

describe.each(['PostgreSQL', 'EventStoreDB (a test double)'] as const)('two instances on %s', (engine) => {
  let made: TestDatabase;
  let double: EventStoreDbDouble | undefined;
  const databases: Database[] = [];
  const stores: EventStore[] = [];
  const instances: BoxWriters[] = [];
  let projections: Projections;

  beforeAll(async () => {
    made = await freshDatabase();
    if (engine !== 'PostgreSQL') {
      double = new EventStoreDbDouble();
      await double.start();
    }
    for (let i = 0; i < 2; i++) {
      const database = new Database(made.url, 5);
      databases.push(database);
      const store = double
        ? new EventStoreDbEventStore(double.url, { timeLimit: 20_000 })
        : new PostgresEventStore(database);
      stores.push(store);
      const reader = new BoxReader(database);
      instances.push(
        new BoxWriters({
          ledger: new Ledger(store),
          clock: { now: () => NOW },
          look: (scrutinId, votes) => reader.look(scrutinId, votes),
          pace: { wait: 2, thinWait: 2, bytes: 512 * 1024, deadline: 60_000 },
        }),
      );
    }
    await stores[0]?.append(`box-${SCRUTIN}`, 'none', [written(opened)]);
    projections = new Projections(stores[0] as EventStore, databases[0] as Database, [boxIndex]);
    projections.start();
  });
  afterAll(async () => {
    await projections.stop();
    for (const store of stores) await store.close();
    for (const database of databases) await database.close();
    await double?.stop();
    await made.drop();
  });

  async function casts(): Promise<Extract<BoxEvent, { type: 'VotesCast' }>['data'][]> {
    const found = [];
    for await (const { type, data } of (stores[0] as EventStore).readStream(`box-${SCRUTIN}`)) {
      const event = decode(type, data);
      if (event.type === 'VotesCast') found.push(event.data);
    }
    return found;
  }

  it(
    `count one of two different ballots of an elector, each time (${DUELS} duels)`,
    async () => {
      const accepted: string[] = [];
      const duel = async (number: number): Promise<void> => {
        const elector = randomBytes(32).toString('hex');
        const credential = randomBytes(32).toString('hex');
        // Every fourth time the second ballot is under another credential, as after a réassort.
        const other = number % 4 === 0 ? randomBytes(32).toString('hex') : credential;
        const votes = [voteOf(elector, credential), voteOf(elector, other)];
        const outcomes = await Promise.all(
          votes.map((vote, i) =>
            (instances[i] as BoxWriters)
              .add(SCRUTIN, vote)
              .catch<Deposit | Error>((error: unknown) => error as Error),
          ),
        );
        const refused = outcomes.filter((outcome) => outcome instanceof Error);
        expect(refused).toEqual([expect.any(Refusal)]);
        expect((refused[0] as Refusal).code).toBe('vote.already-voted');
        accepted.push(votes[outcomes.findIndex((outcome) => !(outcome instanceof Error))]?.ballot ?? '');
      };
      for (let number = 0; number < DUELS; number += AT_ONCE)
        await Promise.all(
          Array.from({ length: Math.min(AT_ONCE, DUELS - number) }, (_, i) => duel(number + i)),
        );
      const all = await casts();
      expect(all.flatMap(({ ballots }) => ballots).sort()).toEqual(accepted.sort());
      const signatures = all.flatMap((cast) => cast.signatures);
      expect(new Set(signatures).size).toBe(DUELS);
      expect(signatures).toHaveLength(DUELS);
      // A round may go to one instance as a whole: then the other found that all of its votes were there.
      expect(all.length).toBeGreaterThanOrEqual(DUELS / AT_ONCE);
    },
    300_000 + DUELS * 180,
  );

  it('count one ballot of two electors who come with one credential', async () => {
    const credential = randomBytes(32).toString('hex');
    const votes = [0, 1].map(() => voteOf(randomBytes(32).toString('hex'), credential));
    const outcomes = await Promise.all(
      votes.map((vote, i) =>
        (instances[i] as BoxWriters).add(SCRUTIN, vote).then(
          () => 'counted',
          (error: unknown) => (error as Refusal).code,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(['counted', 'vote.credential-used']);
  });

  it('count one of two ballots of the same randomness, also once the index has the first', async () => {
    const alpha = randomBytes(32).toString('hex');
    const another = () => voteOf(randomBytes(32).toString('hex'), randomBytes(32).toString('hex'), alpha);
    const told = (instance: number) =>
      (instances[instance] as BoxWriters).add(SCRUTIN, another()).then(
        () => 'counted',
        (error: unknown) => (error as Refusal).code,
      );
    const outcomes = await Promise.all([told(0), told(1)]);
    expect(outcomes.sort()).toEqual(['counted', 'vote.repeated-randomness']);
    const revision = (await casts()).length; // after BoxOpened, one event a batch
    for (let tries = 0; ; tries += 1) {
      const { rows } = await (databases[0] as Database)
        .pool('box')
        .query<{ revision: string }>('select revision from read_box.boxes');
      if (Number(rows[0]?.revision) === revision) break;
      if (tries > 400) throw new Error('the index does not catch up');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(await told(1)).toBe('vote.repeated-randomness');
  });

  it('answer a vote that the other one counted with the same place', async () => {
    const vote = voteOf(randomBytes(32).toString('hex'), randomBytes(32).toString('hex'));
    const [one, two] = instances as [BoxWriters, BoxWriters];
    const [first, second] = await Promise.all([one.add(SCRUTIN, vote), two.add(SCRUTIN, vote)]);
    expect(second).toEqual(first);
    expect(await two.add(SCRUTIN, vote)).toEqual(first);
  });
});
