import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalJson,
  NotCanonical,
  parseCanonicalJson,
  type Json,
} from '../../../src/crypto/canonical-json.js';

/** RFC 8785, appendix B: IEEE 754 bits in hex, and the text they must have (minus zero is zero). */
const numbers = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
] as const;

const fromBits = (hex: string) => Buffer.from(hex, 'hex').readDoubleBE();

describe('canonical JSON (RFC 8785)', () => {
  it.each(numbers)('writes %s as %s (appendix B)', (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('refuses %s (appendix B)', (bits) => {
    expect(() => canonicalJson([fromBits(bits)])).toThrow(new NotCanonical('$[0]', 'not a finite number'));
  });

  it('writes the sample of section 3.2.2, to the bytes of section 3.2.4', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`) as Json;
    const bytes =
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a' +
      '5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d' +
      '2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d';
    expect(Buffer.from(canonicalJson(sample)).toString('hex')).toBe(bytes);
  });

  it('sorts the sample of section 3.2.3 by UTF-16 code units', () => {
    const sample = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`) as Json;
    expect(canonicalJson(sample).match(/[A-Z][A-Za-z: ]+/g)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('names the place of what JSON cannot say', () => {
    expect(() => canonicalJson({ a: ['\ud800'] })).toThrow(new NotCanonical('$.a[0]', 'lone surrogate'));
    expect(() => canonicalJson({ '\udead': 1 })).toThrow(new NotCanonical('$', 'lone surrogate'));
    expect(() => canonicalJson({ a: undefined } as unknown as Json)).toThrow(NotCanonical);
    expect(() => canonicalJson(new Date(0) as unknown as Json)).toThrow(NotCanonical);
    expect(() => canonicalJson(1n as unknown as Json)).toThrow(NotCanonical);
  });

  it.each(['{"b":1,"a":2}', '{"a": 1}', '[1.0]', '[-0]', '{"a":1,"a":1}', '"\\u0041"', '1e2', ' 1'])(
    'refuses to read %s, another text of the same value',
    (text) => {
      expect(() => parseCanonicalJson(text)).toThrow(NotCanonical);
    },
  );

  it.each(['', '{', 'nonsense', '['.repeat(100_000) + ']'.repeat(100_000)])(
    'refuses %# with no other error',
    (text) => {
      expect(() => parseCanonicalJson(text)).toThrow(new NotCanonical('$', 'not JSON'));
    },
  );

  it('refuses an array with a hole', () => {
    const holed = new Array<Json>(2);
    holed[1] = 1;
    expect(() => canonicalJson(holed)).toThrow(new NotCanonical('$[0]', 'not a JSON value'));
  });

  it('reads back every value that it writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(parseCanonicalJson(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
