import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '../../src/ledger/event-store.js';
import { SharedPages } from '../../src/ledger/shared-pages.js';

const SIZE = 3;
const full = Array.from({ length: SIZE }, () => ({}) as StoredEvent);

/** Answers when it is told to, with what stands in `ledger` at that moment. */
function sharing(ledger: { page: readonly StoredEvent[] }) {
  let asked = 0;
  const pages = new SharedPages(async () => {
    asked += 1;
    const { page } = ledger;
    await Promise.resolve();
    return page;
  }, SIZE);
  return { pages, asked: () => asked };
}

describe('shared pages', () => {
  it('asks once for a page that many want', async () => {
    const { pages, asked } = sharing({ page: full });
    const given = await Promise.all(Array.from({ length: 10 }, () => pages.after('0', 0)));
    expect(asked()).toBe(1);
    for (const page of given) expect(page).toBe(given[0]);
  });

  it('keeps a full page for those who come later, but not for ever', async () => {
    const { pages, asked } = sharing({ page: full });
    await pages.after('0', 0);
    await pages.after('0', 7);
    expect(asked()).toBe(1);
    for (let at = 1; at <= 20; at++) await pages.after(String(at), 0);
    await pages.after('0', 7);
    expect(asked()).toBe(22);
  });

  it('asks again for a page that was not full', async () => {
    const ledger = { page: full.slice(1) };
    const { pages } = sharing(ledger);
    expect(await pages.after('0', 0)).toHaveLength(2);
    ledger.page = full;
    expect(await pages.after('0', 0)).toHaveLength(3);
  });

  it('gives nobody an answer from before what was heard', async () => {
    const ledger = { page: full.slice(1) };
    const { pages } = sharing(ledger);
    const early = pages.after('0', 0);
    ledger.page = full; // appended while the first answer is on its way, and heard of
    const late = pages.after('0', 1);
    expect([(await early).length, (await late).length]).toStrictEqual([2, 3]);
  });

  it('asks again after a failure', async () => {
    let asked = 0;
    const pages = new SharedPages(
      () => (++asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve(full)),
      SIZE,
    );
    await expect(pages.after('0', 0)).rejects.toThrow('away');
    expect(await pages.after('0', 0)).toBe(full);
  });
});
