import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyLedger, digestLedger, DifferentLedger } from '../../src/ledger/copy.js';
import { EventStoreDbEventStore } from '../../src/ledger/eventstoredb-event-store.js';
import { all, newEvent } from '../support/contract-events.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double.js';
import { freshLedger } from '../support/service.js';

type Fresh = Awaited<ReturnType<typeof freshLedger>>;

let tables: Fresh;
let double: EventStoreDbDouble;
let engine: EventStoreDbEventStore;

beforeAll(async () => {
  tables = await freshLedger();
  double = new EventStoreDbDouble();
  await double.start();
  engine = new EventStoreDbEventStore(double.url);
  for (let i = 0; i < 40; i++) {
    const stream = `copy-${i % 7}`;
    await tables.store.append(
      stream,
      'any',
      Array.from({ length: (i % 3) + 1 }, () => newEvent({ i, é: '\u0000 🗳' })),
    );
  }
});
afterAll(async () => {
  await engine.close();
  await double.stop();
  await tables.close();
});

const isoloir = (args: readonly string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, ['bin/isoloir.js', ...args], {
    env: { ...process.env, ISOLOIR_MODE: 'demonstration', ...env },
  });

describe('a copied ledger', () => {
  it('has the digest of its source on the other engine', async () => {
    const events = await copyLedger(tables.store, engine);
    expect(events).toBe((await all(tables.store.readAll())).length);
    expect(await digestLedger(engine)).toEqual(await digestLedger(tables.store));
  });

  it('may be begun again after an interruption, and follows its source', async () => {
    const back = await freshLedger();
    try {
      const [stream, first] = ['copy-0', (await all(engine.readStream('copy-0', { limit: 1 })))[0]];
      if (!first) throw new Error('nothing was copied');
      await back.store.append(stream, 'none', [{ id: first.id, type: first.type, data: first.data }]);
      await copyLedger(engine, back.store);
      expect(await digestLedger(back.store)).toEqual(await digestLedger(tables.store));
      await tables.store.append('copy-late', 'none', [newEvent()]);
      await copyLedger(tables.store, back.store);
      expect(await digestLedger(back.store)).toEqual(await digestLedger(tables.store));
    } finally {
      await back.close();
    }
  });

  it('is refused where the target has other events', async () => {
    const other = await freshLedger();
    try {
      await other.store.append('copy-0', 'none', [newEvent()]);
      await expect(copyLedger(tables.store, other.store)).rejects.toThrow(DifferentLedger);
    } finally {
      await other.close();
    }
  });

  it('is made by the command line, which compares the digests', async () => {
    const target = await freshLedger();
    try {
      const { stdout } = await isoloir(['ledger', 'copy', '--from', double.url, '--to', target.ownerUrl]);
      const [from = '', to = ''] = stdout.split('\n');
      expect(from.replace('from ', '')).toBe(to.replace('to   ', ''));
      const digest = await isoloir(['ledger', 'digest'], {
        DATABASE_URL: target.url,
        DATABASE_OWNER_URL: target.ownerUrl,
      });
      expect(to).toContain(digest.stdout.split('\n')[1]);
    } finally {
      await target.close();
    }
  });
});

describe('the command line', () => {
  it.each([
    [['ledger', 'digest', 'mysql://x'], 'not the address of a ledger'],
    [['projections', 'rebuild', 'nothing'], 'no projection is called nothing'],
    [['reactions', 'resume', 'mail', '--from', 'haed'], '--from: takes'],
  ])('says what is wrong with %s and exits 2', async (args, message) => {
    const env = { DATABASE_URL: tables.url, DATABASE_OWNER_URL: tables.ownerUrl };
    await expect(isoloir(args, env)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });

  it('rebuilds a read model without a server', async () => {
    const fresh = await freshLedger();
    try {
      const id = randomUUID();
      const at = '2022-09-01T00:00:00.000Z';
      await fresh.store.append(`election-${id}`, 'none', [
        newEvent({ at, electionId: id, preset: '2022', title: 'Vote' }, 'ElectionDeclared.v1'),
      ]);
      const env = { DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl };
      const { stdout } = await isoloir(['projections', 'rebuild', 'elections'], env);
      expect(stdout).toContain('elections is rebuilt');
      const { rows } = await fresh.database
        .pool('register')
        .query('select title from read_register.elections');
      expect(rows).toEqual([{ title: 'Vote' }]);
    } finally {
      await fresh.close();
    }
  });
});
