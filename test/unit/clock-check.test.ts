import { describe, expect, it } from '@jest/globals';
import { CannotStart } from '../../src/cannot-start.js';
import { checkClock } from '../../src/clock-check.js';
import type { Queryable } from '../../src/storage/database.js';

const START = Date.parse('2022-12-01T07:00:00.000Z');

/** A PostgreSQL whose answers take so many milliseconds each way, and a machine that is so far ahead of it. */
function world(ahead: number, ...trips: readonly number[]) {
  let time = START;
  let asked = 0;
  const query = () => {
    const trip = trips[asked++ % trips.length] ?? 0;
    time += trip;
    const rows = [{ instant: new Date(time) }];
    time += trip;
    return Promise.resolve({ rows });
  };
  return { database: { query } as unknown as Queryable, now: () => time + ahead };
}

describe('the clock of a machine in production', () => {
  it.each([0, 1_999, -1_999])('may be %d ms off', async (ahead) => {
    const { database, now } = world(ahead, 0);
    await expect(checkClock(database, now)).resolves.toBeUndefined();
  });

  it.each([
    [2_001, '2.0 s ahead of'],
    [-3_600_000, '3600.0 s behind'],
  ])('may not be %d ms off', async (ahead, said) => {
    const { database, now } = world(ahead, 0);
    const refused = checkClock(database, now);
    await expect(refused).rejects.toBeInstanceOf(CannotStart);
    await expect(refused).rejects.toThrow(said);
  });

  it('is not blamed for a slow network', async () => {
    const { database, now } = world(0, 10_000);
    await expect(checkClock(database, now)).resolves.toBeUndefined();
  });

  it('is judged by the fastest of three answers', async () => {
    const { database, now } = world(3_000, 10_000, 5, 10_000);
    await expect(checkClock(database, now)).rejects.toThrow('3.0 s ahead');
  });
});
