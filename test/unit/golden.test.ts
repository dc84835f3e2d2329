import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { decode, encode, wireNames } from '../../src/events/codec.js';

/** Each wire form as it was first written. A file of test/golden is added with its event and never edited. */
describe.each(wireNames())('the golden file of %s', (name) => {
  const text = readFileSync(`test/golden/${name}.json`, 'utf8').trimEnd();

  it('is read, and the newest form is written back to the letter', () => {
    const event = decode(name, text);
    const again = encode(event);
    expect(decode(again.type, again.data)).toStrictEqual(event);
    if (again.type === name) expect(again.data).toBe(text);
  });
});
