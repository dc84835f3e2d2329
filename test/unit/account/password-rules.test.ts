import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { passwordRules, unmetRules } from '../../../src/modules/account/password-rules.js';

const unmet = (password: string) => unmetRules(password).map(({ id }) => id);

describe('the rules of a password (F25 to F30)', () => {
  it.each([
    '2022jevotéCGTI',
    'Abcdefghij1!',
    `Aa1!${'x'.repeat(252)}`,
    'Un œuf à la coque 1',
    'Prix: 12 €'.padEnd(12, 'a'),
  ])('take %j', (password) => {
    expect(unmet(password)).toStrictEqual([]);
  });
  it.each([
    ['Abcdefghi1!', ['length']],
    [`Aa1!${'x'.repeat(253)}`, ['length']],
    ['ABCDEFGHIJ1!', ['lower']],
    ['ÉABCDEFGHIJ1', ['lower']],
    ['abcdefghij1!', ['upper']],
    ['éabcdefghij1', ['upper']],
    ['Abcdefghijk!', ['digit']],
    ['Abcdefghijk1', ['special']],
    ['Abcdefghij1!\n', ['alphabet']],
    ['Abcdefghij1!Ж', ['alphabet']],
    ['Abcdefghij1!😀', ['alphabet']],
    ['', ['length', 'lower', 'upper', 'digit', 'special']],
  ])('refuse %j for %j', (password, rules) => {
    expect(unmet(password)).toStrictEqual(rules);
  });
  it('see one letter in an accent typed apart', () => {
    expect(unmet('2022jevote\u0301CGTI')).toStrictEqual([]);
  });
  it('are told in French, in the order of the screen', () => {
    expect(passwordRules.map(({ id }) => id)).toStrictEqual([
      'length',
      'lower',
      'upper',
      'digit',
      'special',
      'alphabet',
    ]);
    expect(unmetRules('')[0]?.label).toBe('de 12 à 256 caractères');
  });
  it('import nothing, because the browser runs them too', () => {
    expect(readFileSync('src/modules/account/password-rules.ts', 'utf8')).not.toMatch(/^import /m);
  });
});
