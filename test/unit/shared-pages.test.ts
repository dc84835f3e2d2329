import { describe, expect, it } from '@jest/globals';
import type { Position, StoredEvent } from '../../src/ledger/event-store.js';
import { SharedPages } from '../../src/ledger/shared-pages.js';

const at = (place: number) => String(place) as Position;
const events = (count: number, data = '') => Array.from({ length: count }, () => ({ data }) as StoredEvent);

/** Pages of a ledger whose answer is what it held when it was asked, and how often it was. */
function ledger(page: readonly StoredEvent[]) {
  const pages = new SharedPages();
  const state = { page, asked: 0 };
  const after = (place: number, notification: number) =>
    pages.after(at(place), notification, async () => {
      state.asked += 1;
      const answer = state.page;
      await Promise.resolve();
      return answer;
    });
  return { state, after, pages };
}

describe('shared pages', () => {
  it('are asked for once by many', async () => {
    const { state, after } = ledger(events(3));
    const given = await Promise.all(Array.from({ length: 10 }, () => after(0, 0)));
    expect(state.asked).toBe(1);
    for (const page of given) expect(page).toBe(given[0]);
  });

  it('are kept for those who come later, but not for ever', async () => {
    const { state, after } = ledger(events(3));
    await after(0, 0);
    await after(0, 7);
    expect(state.asked).toBe(1);
    for (let place = 1; place <= 20; place++) await after(place, 0);
    await after(0, 7);
    expect(state.asked).toBe(22);
  });

  it('are kept up to so many bytes', async () => {
    const { state, after } = ledger(events(1, 'x'.repeat(9_000_000)));
    await after(0, 0);
    await after(1, 0);
    await after(1, 0);
    expect(state.asked).toBe(2);
    await after(0, 0);
    expect(state.asked).toBe(3);
  });

  it('are asked for again where there was nothing', async () => {
    const { state, after } = ledger([]);
    expect(await after(0, 0)).toHaveLength(0);
    state.page = events(2);
    expect(await after(0, 0)).toHaveLength(2);
  });

  it('give nobody an answer from before what was heard', async () => {
    const { state, after } = ledger([]);
    const early = after(0, 0);
    state.page = events(2); // appended while the first answer is on its way, and heard of
    const late = after(0, 1);
    expect([(await early).length, (await late).length]).toStrictEqual([0, 2]);
  });

  it('are asked for again after a failure', async () => {
    const { after, pages } = ledger(events(1));
    await expect(pages.after(at(0), 0, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await after(0, 0)).toHaveLength(1);
  });
});
