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
  // Three times by what the loop says of itself, which on a machine that does other things is less than the clock says.
  it('rests longer than it worked, and longer after more of it', async () => {
    const way = new GivingWay();
    work(20);
    expect(await lasted(way.rest())).toBeGreaterThanOrEqual(30);
    work(80);
    expect(await lasted(way.rest())).toBeGreaterThanOrEqual(120);
  });

  it('ends its rest when it is to stop', async () => {
    const way = new GivingWay();
    work(1_000);
    expect(await lasted(way.rest(AbortSignal.abort()))).toBeLessThan(1_000);
  });
});
