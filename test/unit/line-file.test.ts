import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fileOfLines, rootOfLines, sortedLines } from '../../src/crypto/line-list.js';
import { fileOfSorted, fileOfUnsorted } from '../../src/vault/line-file.js';

const line = (index: number) => createHash('sha256').update(String(index)).digest('hex');
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index));

async function* pages(all: readonly string[], size: number) {
  for (let from = 0; from < all.length; from += size)
    yield await Promise.resolve(all.slice(from, from + size));
}

/** What the auditor makes of the same lines. */
function expected(all: readonly string[]) {
  const sorted = sortedLines(all);
  return { content: Buffer.from(fileOfLines(sorted)), count: sorted.length, root: rootOfLines(sorted) };
}

describe('the file of a sealed list', () => {
  it.each([0, 1, 2, 999, 1_000, 1_001, 5_000])(
    'of %i lines in no order is what anyone makes of them',
    async (count) => {
      const all = lines(0, count);
      expect(await fileOfUnsorted(pages(all, 700))).toStrictEqual(expected(all));
    },
  );

  it.each([[[3_000]], [[3_000, 1]], [[1, 3_000]], [[1_500, 1_500, 1_500]], [[10, 2_500, 700, 1]]])(
    'of sorted lists of %j lines is their merger',
    async (sizes) => {
      let from = 0;
      const lists = sizes.map((size) => lines(from, (from += size)));
      const file = await fileOfSorted(lists.map((list) => pages(sortedLines(list), 400)));
      expect(file).toStrictEqual(expected(lists.flat()));
    },
  );

  it('of sorted lists that follow one another is both', async () => {
    const [first, second] = [
      ['aa', 'ab'],
      ['ba', 'bb', 'bc'],
    ] as const;
    const file = await fileOfSorted([pages(second, 2), pages(first, 2)]);
    expect(file.content.toString()).toBe('aa\nab\nba\nbb\nbc\n');
  });

  it('lets others have their turn', async () => {
    let turns = 0;
    let on = true;
    const count = () => {
      turns += 1;
      if (on) setImmediate(count);
    };
    setImmediate(count);
    await fileOfUnsorted(pages(lines(0, 10_000), 10_000));
    on = false;
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});
