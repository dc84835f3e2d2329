import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { LedgerEvent } from '../../src/events/codec.js';
import { elections, listElections } from '../../src/projections/elections.projection.js';
import { Lag } from '../../src/projections/lag.js';
import { named, namedDocuments, namedVersions } from '../../src/projections/named.projection.js';
import type { Projection } from '../../src/projections/projection.js';
import { Projections } from '../../src/projections/projections.js';
import { electionEvents, freshLedger, written } from '../support/service.js';

type Fresh = Awaited<ReturnType<typeof freshLedger>>;

let fresh: Fresh;
let opened: Projections[];

beforeEach(async () => {
  fresh = await freshLedger();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((projections) => projections.stop()));
  await fresh.close();
});

function run(
  projections: readonly Projection[] = [elections, named],
  onFailure?: (error: Error) => void,
): Projections {
  const running = new Projections(fresh.store, fresh.database, projections, onFailure);
  opened.push(running);
  running.start();
  return running;
}

async function declare(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await Promise.all(
    ids.map((id) => fresh.store.append(`election-${id}`, 'none', electionEvents(id).map(written))),
  );
  return ids;
}

const rowsOf = async (table: string) =>
  (await fresh.database.pool('register').query(`select * from ${table} t order by t::text`))
    .rows as unknown[];

describe('a projection', () => {
  it('shows what was appended, to those who wait for it', async () => {
    const projections = run();
    const id = randomUUID();
    const { position } = await fresh.store.append(
      `election-${id}`,
      'none',
      electionEvents(id, 'Vote').map(written),
    );
    expect(await projections.waitFor('elections', position, 5_000)).toBe(true);
    const rows = await listElections(fresh.database.pool('register'));
    expect(rows).toEqual([
      {
        electionId: id,
        title: 'Vote',
        preset: '2022',
        calendar: {
          portalOpensAt: new Date('2022-10-13T08:00:00Z'),
          votingOpensAt: new Date('2022-12-01T07:00:00Z'),
          votingClosesAt: new Date('2022-12-08T16:00:00Z'),
          graceMinutes: 20,
        },
      },
    ]);
  });

  it('tells those who wait too short', async () => {
    const projections = new Projections(fresh.store, fresh.database);
    await declare(1);
    expect(await projections.waitFor('elections', await fresh.store.head(), 50)).toBe(false);
  });

  it('is fed by one instance at a time, and by another when that one stops', async () => {
    let applied = 0;
    const counting: Projection = {
      ...elections,
      apply: (recorded) => ((applied += 1), elections.apply(recorded)),
    };
    const first = run([counting]);
    const second = run([counting]);
    await declare(20);
    expect(await second.waitFor('elections', await fresh.store.head(), 5_000)).toBe(true);
    expect(applied).toBe(40);
    const phases = [first, second].map((one) => one.states().get('elections')?.phase).sort();
    expect(phases).toEqual(['running', 'standby']);
    await (first.states().get('elections')?.phase === 'running' ? first : second).stop();
    await declare(1);
    const left = first.states().get('elections')?.phase === 'ended' ? second : first;
    expect(await left.waitFor('elections', await fresh.store.head(), 10_000)).toBe(true);
    expect(applied).toBe(42);
  });

  it('is the same, row for row, when it is deleted and rebuilt from 100,000 events while it runs', async () => {
    const projections = run();
    const declareAndMove = async (id: string) => {
      const [declared, calendar] = electionEvents(id);
      const moves = Array.from({ length: 4 }, (_, i) => ({
        ...calendar,
        data: { ...calendar?.data, graceMinutes: i },
      }));
      await fresh.store.append(
        `election-${id}`,
        'none',
        [declared, ...moves].map((event) => written(event as LedgerEvent)),
      );
    };
    for (let i = 0; i < 200; i++) {
      await Promise.all(Array.from({ length: 100 }, () => declareAndMove(randomUUID())));
    }
    const head = await fresh.store.head();
    expect(await projections.waitFor('elections', head, 120_000)).toBe(true);
    const before = await rowsOf('read_register.elections');
    expect(before).toHaveLength(20_000);
    expect(await projections.reset('elections')).toBe(100_000);
    expect(await projections.waitFor('elections', head, 120_000)).toBe(true);
    expect(await rowsOf('read_register.elections')).toEqual(before);
  }, 240_000);

  it('stops at an event that it cannot apply, keeps what came before, and skips nothing', async () => {
    const failures: string[] = [];
    const [first = ''] = await declare(1);
    await fresh.store.append('election-stranger', 'none', [
      { id: randomUUID(), type: 'Unheard.v1', data: '{}' },
    ]);
    await declare(1);
    const projections = run([elections], (error) => failures.push(error.message));
    await expect(projections.waitFor('elections', await fresh.store.head(), 1_500)).resolves.toBe(false);
    expect(projections.states().get('elections')).toEqual({
      phase: 'failed',
      reason: 'elections cannot apply Unheard.v1 at election-stranger revision 0: unknown event Unheard.v1',
    });
    expect(failures).toHaveLength(1);
    const rows = await listElections(fresh.database.pool('register'));
    expect(rows.map((row) => row.electionId)).toEqual([first]);
    const [status] = await projections.status();
    expect(status).toMatchObject({ events: 2, upToDate: false });
  });

  it('undoes the rows of an event whose second half fails', async () => {
    const broken: Projection = {
      ...elections,
      async apply(recorded) {
        const statements = await elections.apply(recorded);
        return [
          ...statements,
          { name: 'half', text: 'select 1 / $1::int', values: [statements[0]?.name === 'calendar' ? 0 : 1] },
        ];
      },
    };
    const [id] = await declare(1);
    const projections = run([broken]);
    await projections.waitFor('elections', await fresh.store.head(), 500);
    expect(await listElections(fresh.database.pool('register'))).toEqual([
      { electionId: id, title: 'Élections', preset: '2022', calendar: undefined },
    ]);
  });

  it('goes on when its connection is cut', async () => {
    const projections = run();
    await declare(1);
    expect(await projections.waitFor('elections', await fresh.store.head(), 5_000)).toBe(true);
    const owner = new pg.Client({ connectionString: fresh.ownerUrl });
    await owner.connect();
    const cut = await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'isoloir register'`,
    );
    await owner.end();
    expect(cut.rowCount).toBeGreaterThanOrEqual(2); // both runners, at least
    await declare(1);
    expect(await projections.waitFor('elections', await fresh.store.head(), 10_000)).toBe(true);
  });

  it('refuses to run without a checkpoint', async () => {
    const projections = run([{ ...elections, name: 'forgotten' }]);
    const phase = () => projections.states().get('forgotten')?.phase;
    while (phase() !== 'failed') await new Promise((resolve) => setTimeout(resolve, 20)); // the limit is the test's
  });
});

describe('what events name', () => {
  it('is known to the sweep', async () => {
    const projections = run();
    const electionId = randomUUID();
    const electorId = randomUUID();
    const version = randomUUID();
    const document = 'ab'.repeat(32);
    const at = '2022-09-01T00:00:00.000Z';
    await fresh.store.append(`elector-${electorId}`, 'any', [
      written({
        type: 'ElectorRegistered',
        data: { electorId, electionId, identity: { version, sha256: 'cd'.repeat(32) }, at },
      }),
    ]);
    await fresh.store.append(`election-${electionId}`, 'any', [
      written({
        type: 'IncidentLogged',
        data: { electionId, incidentId: randomUUID(), staffId: randomUUID(), text: document, at },
      }),
    ]);
    expect(await projections.waitFor('named', await fresh.store.head(), 5_000)).toBe(true);
    const register = fresh.database.pool('register');
    expect(await namedVersions(register, [version, randomUUID()])).toEqual(new Set([version]));
    expect(await namedDocuments(register, [document, 'ef'.repeat(32)])).toEqual(new Set([document]));
  });
});

describe('the lag', () => {
  it('is the age of the oldest head that was not passed', async () => {
    const [status] = await new Projections(fresh.store, fresh.database, [elections]).status();
    if (!status) throw new Error('no status');
    const lag = new Lag(fresh.store);
    expect((await lag.sample([status], 0)).get('elections')).toBe(0);
    await declare(1);
    const passed = await fresh.store.head();
    expect((await lag.sample([status], 1_000)).get('elections')).toBe(0);
    await declare(1);
    expect((await lag.sample([status], 3_000)).get('elections')).toBe(2);
    expect((await lag.sample([{ ...status, position: passed }], 4_000)).get('elections')).toBe(1);
    expect(
      (await lag.sample([{ ...status, position: await fresh.store.head() }], 9_000)).get('elections'),
    ).toBe(0);
  });
});
