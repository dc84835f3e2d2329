import { describe, expect, it } from '@jest/globals';
import { FirstLines } from '../../../src/modules/account/lists/first-lines.js';

describe('the first line of a value', () => {
  it('is told from the second time on', () => {
    const lines = new FirstLines();
    expect([lines.seen('a', 2), lines.seen('b', 3), lines.seen('a', 4), lines.seen('a', 5)]).toStrictEqual([
      undefined,
      undefined,
      2,
      2,
    ]);
  });

  it('is kept while the table grows', () => {
    const lines = new FirstLines();
    const electors = 50_000;
    for (let line = 1; line <= electors; line++)
      if (lines.seen(`elector-${line}`, line) !== undefined) throw new Error(`${line} was never there`);
    for (let line = 1; line <= electors; line++)
      if (lines.seen(`elector-${line}`, electors + line) !== line) throw new Error(`${line} is lost`);
    expect(lines.seen('elector-0', 1)).toBeUndefined();
  });
});
