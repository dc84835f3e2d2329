import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Reaction } from '../../src/projections/reaction.js';
import { Reactions } from '../../src/projections/reactions.js';
import { electionEvents, freshLedger, written } from '../support/service.js';

type Fresh = Awaited<ReturnType<typeof freshLedger>>;

let fresh: Fresh;
let opened: Reactions[];
let performed: { stream: string; key: string }[];

beforeEach(async () => {
  fresh = await freshLedger();
  opened = [];
  performed = [];
});
afterEach(async () => {
  await Promise.all(opened.map((reactions) => reactions.stop()));
  await fresh.close();
});

const greeting: Reaction = {
  name: 'greeting',
  perSecond: 1_000,
  wants: (event) => event.type === 'ElectionDeclared',
  perform: ({ stream }, key) => {
    performed.push({ stream, key });
    return Promise.resolve();
  },
};

function run(reaction: Reaction = greeting, onFailure?: (error: Error) => void): Reactions {
  const reactions = new Reactions(fresh.store, fresh.database, [reaction], onFailure);
  opened.push(reactions);
  reactions.start();
  return reactions;
}

async function declare(): Promise<string> {
  const id = randomUUID();
  await fresh.store.append(`election-${id}`, 'none', electionEvents(id).map(written));
  return `election-${id}`;
}

async function until(holds: () => boolean | Promise<boolean>, limit = 10_000): Promise<void> {
  const deadline = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass in time');
    await sleep(20);
  }
}

const registered = () => until(async () => (await opened[0]?.status())?.length === 1);
const streams = () => performed.map((one) => one.stream);

describe('a reaction', () => {
  it('starts at the head and answers each event it wants once, on whichever instance', async () => {
    await declare(); // before the reaction existed
    run();
    await registered();
    run();
    const wanted = [await declare(), await declare()];
    await until(() => performed.length >= 2);
    await sleep(1_300); // a second holder would have had its turn
    expect(streams()).toEqual(wanted);
    expect(await opened[0]?.status()).toMatchObject([{ name: 'greeting', waiting: 0, done: 2, failed: 0 }]);
  });

  it('is not performed again after a restart', async () => {
    const first = run();
    await registered();
    await declare();
    await until(() => performed.length === 1);
    await first.stop();
    run();
    const second = await declare();
    await until(() => performed.length === 2);
    expect(streams()[1]).toBe(second);
  });

  it('is tried again under the same key when it fails or is cut short', async () => {
    let attempts = 0;
    run({
      ...greeting,
      perform: (recorded, key) => {
        attempts += 1;
        performed.push({ stream: recorded.stream, key });
        return attempts === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve();
      },
    });
    await registered();
    await declare();
    await until(() => performed.length === 2);
    expect(performed[0]?.key).toBe(performed[1]?.key);
    await until(async () => (await opened[0]?.status())?.[0]?.done === 1);
  });

  it('keeps to its rate', async () => {
    run({ ...greeting, perSecond: 20 });
    await registered();
    for (let i = 0; i < 10; i++) await declare();
    await until(() => performed.length > 0);
    const start = performance.now();
    await until(() => performed.length === 10);
    expect(performance.now() - start).toBeGreaterThan(8 * 50 - 20);
  });

  it('stays paused until an operator says from where', async () => {
    const reactions = run();
    await registered();
    await reactions.pause('greeting');
    await sleep(1_200);
    await declare();
    await sleep(500);
    expect(performed).toEqual([]);
    await reactions.resume('greeting', 'head');
    await sleep(1_200);
    const later = await declare();
    await until(() => performed.length === 1);
    expect(streams()).toEqual([later]);
    await expect(reactions.pause('nobody')).rejects.toThrow('no reaction is called nobody');
  });
});
