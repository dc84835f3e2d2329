import { describe, expect, it } from '@jest/globals';
import { Malformed } from '../../../src/crypto/malformed.js';
import { fields, parseCompactJson } from '../../../src/crypto/strict-json.js';

describe('a name that somebody chose', () => {
  it('says nothing to a terminal, and starts no line', () => {
    const name = 'x\n\u001b[1A\u001b[2K\u009b31m\u202e  sound';
    const text = JSON.stringify({ [name]: 1 });
    const refusal = () => fields(parseCompactJson(text, '$'), '$', []);
    expect(refusal).toThrow(new Malformed('$.x??[1A?[2K?31m?  sound', 'fields are not  in this order'));
  });
});
