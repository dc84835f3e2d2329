import { describe, expect, it } from '@jest/globals';
import { queriesOf, uuids } from '../../src/projections/projection.js';

const into = (name: string, ...rows: unknown[][]) => ({ name, text: `insert ${name}`, rows });
const query = (name: string) => ({ name, text: name, values: [1] });

describe('the statements of a page', () => {
  it('keeps their order, and sends rows of one name that follow one another together', () => {
    const statements = [
      into('a', [1, 'x']),
      into('a', [2, 'y'], [3, null]),
      query('q'),
      into('a', [4, 'z']),
      into('b', [5]),
      into('a', [6, 'w']),
    ];
    expect(queriesOf(statements)).toStrictEqual([
      {
        name: 'a',
        text: 'insert a',
        values: [
          [1, 2, 3],
          ['x', 'y', null],
        ],
      },
      query('q'),
      { name: 'a', text: 'insert a', values: [[4], ['z']] },
      { name: 'b', text: 'insert b', values: [[5]] },
      { name: 'a', text: 'insert a', values: [[6], ['w']] },
    ]);
  });

  it('leaves the statements of one event as they are, to be sent again', () => {
    const one = into('a', [1]);
    queriesOf([one, into('a', [2])]);
    expect(one.rows).toStrictEqual([[1]]);
  });

  it('writes a list of ids as one value', () => {
    expect([uuids([]), uuids(['a', 'b'])]).toStrictEqual(['{}', '{a,b}']);
  });
});
