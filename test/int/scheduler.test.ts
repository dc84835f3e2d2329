import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Log } from '../../src/operations/log.js';
import { Readiness } from '../../src/operations/readiness.js';
import { Scheduler } from '../../src/scheduler.js';
import { freshLedger } from '../support/service.js';

type Fresh = Awaited<ReturnType<typeof freshLedger>>;

let fresh: Fresh;
let schedulers: Scheduler[];
let lines: string[];
let readiness: Readiness;

beforeEach(async () => {
  fresh = await freshLedger();
  schedulers = [];
  lines = [];
  readiness = new Readiness();
});
afterEach(async () => {
  await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
  await fresh.close();
});

function instance(): Scheduler {
  const log = new Log('trace', { write: (line) => lines.push(line) });
  const scheduler = new Scheduler(fresh.database, log, readiness);
  schedulers.push(scheduler);
  return scheduler;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not in time');
    await sleep(20);
  }
}

describe('the scheduler', () => {
  it('repeats each task on its own beat, never twice at once', async () => {
    const scheduler = instance();
    let [slow, quick, atOnce, most] = [0, 0, 0, 0];
    scheduler.every('slow', 0.05, async () => {
      slow += 1;
      most = Math.max(most, (atOnce += 1));
      await sleep(300);
      atOnce -= 1;
    });
    scheduler.every('quick', 0.02, () => Promise.resolve(void (quick += 1)));
    scheduler.start();
    await until(() => slow >= 3);
    expect(most).toBe(1);
    expect(quick).toBeGreaterThan(slow);
  });

  it('has one holder among two instances, and the other takes over', async () => {
    const ran: string[] = [];
    for (const name of ['one', 'two']) {
      const scheduler = instance();
      scheduler.every('task', 0.02, () => Promise.resolve(void ran.push(name)));
      scheduler.start();
    }
    await until(() => ran.length > 10);
    expect(new Set(ran).size).toBe(1);
    const holder = schedulers.findIndex(({ holding }) => holding);
    expect(schedulers.filter(({ holding }) => holding)).toHaveLength(1);
    await schedulers[holder]?.stop();
    const before = ran.length;
    await until(() => ran.length > before + 5);
    expect(new Set(ran.slice(before)).size).toBe(1);
    expect(schedulers.filter(({ holding }) => holding)).toEqual([schedulers[1 - holder]]);
  });

  it('takes up its work again when the connection with the lock breaks', async () => {
    const scheduler = instance();
    let runs = 0;
    scheduler.every('task', 0.02, () => Promise.resolve(void (runs += 1)));
    scheduler.start();
    await until(() => runs > 0);
    await fresh.asOwner(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()",
    );
    await until(() => !scheduler.holding);
    const before = runs;
    await until(() => runs > before + 3);
    expect(scheduler.holding).toBe(true);
  });

  it('logs a failure, goes on, and is not ready after three in a row', async () => {
    const scheduler = instance();
    let [runs, broken] = [0, true];
    scheduler.every('task', 0.02, () => {
      runs += 1;
      return broken ? Promise.reject(new Error("row 'secret' is missing")) : Promise.resolve();
    });
    scheduler.start();
    await until(() => runs > 4);
    expect(await readiness.problems()).toEqual({ 'task task': 'row … is missing' });
    expect(lines.join('')).toContain('a scheduled task failed');
    expect(lines.join('')).not.toContain('secret');
    broken = false;
    const before = runs;
    await until(() => runs > before + 1);
    expect(await readiness.problems()).toEqual({});
  });

  it('lets the task in hand end before it stops', async () => {
    const scheduler = instance();
    let ended = false;
    let begun = false;
    scheduler.every('task', 1, async () => {
      begun = true;
      await sleep(300);
      ended = true;
    });
    scheduler.start();
    await until(() => begun);
    await scheduler.stop();
    expect(ended).toBe(true);
    expect(scheduler.holding).toBe(false);
  });

  it('has no two tasks of one name', () => {
    const scheduler = instance();
    scheduler.every('task', 1, () => Promise.resolve());
    expect(() => {
      scheduler.every('task', 1, () => Promise.resolve());
    }).toThrow('two tasks are called task');
  });
});
