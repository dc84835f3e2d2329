import { describe, expect, it } from '@jest/globals';
import { Busy } from '../../../src/ledger/refusal.js';
import { WaitingLine } from '../../../src/vault/waiting-line.js';

/** Work that ends when it is told to. */
function work() {
  const ends: (() => void)[] = [];
  const begin = () => new Promise<void>((resolve) => ends.push(resolve));
  return { begin, running: () => ends.length, endOne: () => ends.shift()?.() };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

async function placeOf(refused: Promise<unknown>): Promise<number> {
  const error: unknown = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Busy);
  return (error as Busy).place;
}

describe('a waiting line', () => {
  it('runs as many as there are lanes, and the rest in order', async () => {
    const { begin, running, endOne } = work();
    const line = new WaitingLine(2, 2);
    const all = ['a', 'b', 'c', 'd'].map((who) => line.run(who, begin));
    expect(running()).toBe(2);
    endOne();
    await settle();
    expect(running()).toBe(2);
    for (let left = 3; left > 0; left--) {
      endOne();
      await settle();
    }
    await Promise.all(all);
    await line.run('e', () => Promise.resolve());
  });

  it('refuses what does not fit, with a place that is kept', async () => {
    const { begin, endOne } = work();
    const line = new WaitingLine(1, 1);
    const inside = [line.run('a', begin), line.run('b', begin)];
    expect(await placeOf(line.run('c', begin))).toBe(2);
    expect(await placeOf(line.run('d', begin))).toBe(3);
    expect(await placeOf(line.run('c', begin))).toBe(2);
    endOne();
    await settle();
    expect(await placeOf(line.run('d', begin))).toBe(2); // there is room for one, and c came first
    inside.push(line.run('c', begin));
    for (let left = 2; left > 0; left--) {
      endOne();
      await settle();
    }
    await Promise.all(inside);
  });

  it('forgets who does not come back', async () => {
    let now = 0;
    const { begin, endOne } = work();
    const line = new WaitingLine(1, 0, () => now);
    const first = line.run('a', begin);
    expect(await placeOf(line.run('b', begin))).toBe(1);
    now = 31_000;
    expect(await placeOf(line.run('c', begin))).toBe(1);
    endOne();
    await first;
    await line.run('c', () => Promise.resolve());
  });

  it('goes on after work that fails', async () => {
    const line = new WaitingLine(1, 1);
    await expect(line.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(line.run('a', () => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
