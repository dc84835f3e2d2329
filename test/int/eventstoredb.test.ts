import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { EventStoreDbEventStore } from '../../src/ledger/eventstoredb-event-store.js';
import type { EventStoreDbOptions } from '../../src/ledger/eventstoredb-event-store.js';
import { Unavailable } from '../../src/ledger/refusal.js';
import { all, follow, newEvent, newEvents, newStream, streamOf, timed } from '../support/contract-events.js';
import { EventStoreDbDouble, type DoubleOptions } from '../support/eventstoredb-double.js';
import { eventStoreContract } from './event-store.contract.js';

const timeLimit = 10_000; // of a machine that does other things too

eventStoreContract('EventStoreDB (a test double over real gRPC)', {
  startsEmpty: true,
  canStop: true,
  timeLimit,
  async fresh() {
    const double = new EventStoreDbDouble();
    await double.start();
    return {
      open: () => Promise.resolve(new EventStoreDbEventStore(double.url, { timeLimit })),
      server: double,
      remove: () => double.stop(),
    };
  },
});

const realUrl = process.env['TEST_EVENTSTORE_URL'];
if (realUrl === undefined)
  it.skip('a real EventStoreDB: set TEST_EVENTSTORE_URL to run the contract on it', () => undefined);
else {
  eventStoreContract('EventStoreDB (the server at TEST_EVENTSTORE_URL)', {
    startsEmpty: false,
    canStop: false,
    timeLimit: 10_000,
    fresh: () =>
      Promise.resolve({
        open: () => Promise.resolve(new EventStoreDbEventStore(realUrl)),
        remove: () => Promise.resolve(),
      }),
  });
}

describe('the EventStoreDB adapter', () => {
  const limits = { timeLimit: 900 };
  const closings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
  });
  async function started(options?: DoubleOptions): Promise<EventStoreDbDouble> {
    const double = new EventStoreDbDouble(options);
    await double.start();
    closings.push(() => double.stop());
    return double;
  }
  function opened(url: string, options: EventStoreDbOptions = limits): EventStoreDbEventStore {
    const store = new EventStoreDbEventStore(url, options);
    closings.push(() => store.close());
    return store;
  }

  it('throws Unavailable within its time limit when the server stays silent, and goes on when it speaks', async () => {
    const double = await started();
    const store = opened(double.url);
    const stream = newStream();
    const events = newEvents(2);
    await store.append(stream, 'none', events.slice(0, 1));
    double.silent = true;
    const calls = [
      store.append(stream, 0, events.slice(1)),
      store.head(),
      streamOf(store, stream),
      all(store.readAll()),
    ];
    for (const { error, took } of await Promise.all(calls.map((call) => timed<unknown>(call)))) {
      expect(error).toBeInstanceOf(Unavailable);
      expect(took).toBeLessThan(limits.timeLimit + 1000);
    }
    double.silent = false;
    expect((await store.append(stream, 0, events.slice(1))).revision).toBe(1);
    expect((await streamOf(store, stream)).map((e) => e.id)).toEqual(events.map((e) => e.id));
  });

  it('subscribes again when the server does not confirm, and says so', async () => {
    const double = await started();
    const reasons: string[] = [];
    const store = opened(double.url, { timeLimit: 300, reconnecting: (reason) => reasons.push(reason) });
    double.silent = true;
    const live = follow(store, undefined, (taken) => taken.length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 700));
    double.silent = false;
    await store.append(newStream(), 'none', newEvents(2));
    expect(await live).toHaveLength(2);
    expect(reasons[0]).toBe(`EventStoreDB at 127.0.0.1:${double.port}: no answer in 300 ms`);
  });

  it('says which server is not there, and never the password', async () => {
    const double = await started();
    await double.stop();
    const store = opened(`esdb://admin:s3cret@127.0.0.1:${double.port}`);
    const { error } = await timed(store.append(newStream(), 'none', newEvents(1)));
    expect(error).toBeInstanceOf(Unavailable);
    expect(String(error)).toMatch(
      new RegExp(`EventStoreDB at 127.0.0.1:${double.port} does not answer: .*ECONNREFUSED`),
    );
    expect(String((error as Error).cause)).not.toContain('s3cret');
  });

  it('survives a cluster that is not there, and finds it when it is', async () => {
    const double = await started();
    const store = opened(`esdb://127.0.0.1:${double.port},127.0.0.1:1?tls=false&discoveryInterval=20`);
    const stream = newStream();
    await store.append(stream, 'none', newEvents(1));
    await double.stop();
    for (const call of [store.head(), store.append(stream, 0, newEvents(1))])
      expect((await timed<unknown>(call)).error).toBeInstanceOf(Unavailable);
    await double.start();
    // `Unavailable` says that nobody knows: the append that was given up may have reached the server after all.
    expect((await store.append(stream, 'any', newEvents(1))).revision).toBeGreaterThanOrEqual(1);
  });

  it('takes TLS, its authority and the credentials from the connection string', async () => {
    const pem = (name: string) => new URL(`../support/tls/${name}.pem`, import.meta.url).pathname;
    const tls = { key: readFileSync(pem('key')), certificate: readFileSync(pem('certificate')) };
    const double = await started({ tls });
    const at = `127.0.0.1:${double.port}`;
    const store = opened(
      `esdb://admin:p%40ss%3Aword@${at}?tls=true&tlsCAFile=${encodeURIComponent(pem('certificate'))}`,
    );
    const stream = newStream();
    await store.append(stream, 'none', newEvents(1));
    expect(await streamOf(store, stream)).toHaveLength(1);
    const basic = `Basic ${Buffer.from('admin:p@ss:word').toString('base64')}`;
    expect(new Set(double.authorizations)).toEqual(new Set([basic]));
    const stranger = opened(`esdb://admin:p%40ss@${at}`); // an authority that it does not know
    const { error } = await timed(stranger.head());
    expect(error).toBeInstanceOf(Unavailable);
    expect(String(error)).not.toMatch(/p@ss|p%40ss/);
  });

  it.each([
    'esdb://admin:s3cret@host:port',
    'esdb://admin:s3cret:more@host:2113',
    'esdb://admin:s3cret@@host:2113',
    'esdb://admin:s3/cret@host:2113',
    'http://admin:s3cret@host:2113',
    'esdb://admin:s3cret@host:2113?tsl=true',
    'esdb://admin:s3cret@host:2113?tlsVerifyCert=false',
    'esdb://admin:s3cret@host:2113?throwOnAppendFailure=false',
    'esdb://admin:s3cret@host:2113?tls=perhaps',
    'esdb://admin:s3cret@host:2113?tls=false',
    'esdb://admin:s3cret@host:2113?tlsCAFile=/nowhere/ca.pem',
    'admin:s3cret@host',
  ])('refuses %s without repeating its password, on the console either', (url) => {
    const lines: unknown[] = [];
    const spies = (['log', 'warn', 'error'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation((...line: unknown[]) => void lines.push(line)),
    );
    let refusal: unknown;
    try {
      opened(url);
    } catch (error) {
      refusal = error;
    }
    for (const spy of spies) spy.mockRestore();
    expect(refusal).toMatchObject({ name: 'BadAddress' });
    expect((refusal as Error).cause).toBeUndefined();
    expect(String(refusal)).not.toMatch(/s3|cret/);
    expect(lines).toEqual([]);
  });

  it("reads in canonical form what another program wrote with the client's own append", async () => {
    const double = await started();
    const store = opened(double.url);
    const client = EventStoreDBClient.connectionString(double.url);
    const stream = newStream();
    const data = { b: 1, '10': 'ten', a: { '2': 2 } };
    const event = () => jsonEvent({ type: 'Noted.v1', data });
    await client.appendToStream(stream, [event()]);
    await client.appendToStream(stream, [event()], { credentials: { username: 'any', password: 'any' } }); // Append
    const texts = (await streamOf(store, stream)).map((e) => e.data);
    expect(texts).toEqual(Array.from({ length: 2 }, () => '{"10":"ten","a":{"2":2},"b":1}'));
    await client.dispose();
    (await (client as unknown as { getChannel(): Promise<{ close(): void }> }).getChannel()).close();
  });

  it('stores the canonical text itself, as JSON', async () => {
    const double = await started();
    const event = newEvent({ b: 1, '10': 1, '9': 2 });
    await opened(double.url).append(newStream(), 'none', [event]);
    expect(double.log.all[0]).toMatchObject({ id: event.id, contentType: 'application/json' });
    expect(Buffer.from(double.log.all[0]?.data ?? []).toString()).toBe(event.data);
  });

  it('refuses what is more than the server takes in one append', async () => {
    const store = opened((await started()).url);
    const half = () => newEvent('x'.repeat(600 * 1024));
    await expect(store.append(newStream(), 'any', [half(), half()])).rejects.toMatchObject({
      name: 'BadAppend',
    });
  });

  it('never gives events of the server itself, nor waits for them', async () => {
    const double = await started();
    const store = opened(double.url);
    const { position } = await store.append(newStream(), 'none', newEvents(1));
    expect(double.log.all.at(-1)?.stream).toMatch(/^\$stats/);
    expect(await store.head()).toBe(position);
    expect(await all(store.readAll())).toHaveLength(1);
  });
});
