import { describe, expect, it } from '@jest/globals';
import { GivingWay } from '../../src/ledger/giving-way.js';

/** Keeps the thread busy, as long work does. */
function work(milliseconds: number): void {
  for (const from = performance.now(); performance.now() - from < milliseconds;);
}

async function lasted(rest: Promise<void>): Promise<number> {
  const from = performance.now();
  await rest;
  return performance.now() - from;
}

describe('long work that gives way', () => {
  it('rests three times as long as it worked', async () => {
    const way = new GivingWay();
    work(20);
    expect(await lasted(way.rest())).toBeGreaterThanOrEqual(58);
    work(40);
    expect(await lasted(way.rest())).toBeGreaterThanOrEqual(118);
  });

  it('ends its rest when it is to stop', async () => {
    const way = new GivingWay();
    work(1_000);
    expect(await lasted(way.rest(AbortSignal.abort()))).toBeLessThan(1_000);
  });
});
