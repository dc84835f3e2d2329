import { describe, expect, it } from '@jest/globals';
import { electedOf, placesOf, type Candidate } from '../../../src/crypto/elected.js';

const person = (name: string, substitute = false): Candidate => ({
  lastName: name,
  firstName: 'Camille',
  ...(substitute && { substitute }),
});
const names = (of: readonly { readonly lastName: string }[]) => of.map(({ lastName }) => lastName).join('');
const elect = (candidates: readonly Candidate[], seats: number) => {
  const { titulars, substitutes } = electedOf(candidates, seats);
  return [names(titulars), names(substitutes)];
};

describe('who is elected on a list (S4)', () => {
  const list = 'A B C D E F'.split(' ').map((name) => person(name));
  const marked = [
    person('A'),
    person('x', true),
    person('B'),
    person('y', true),
    person('C'),
    person('z', true),
  ];

  it.each([
    [0, '', ''],
    [1, 'A', 'B'],
    [2, 'AB', 'CD'],
    [3, 'ABC', 'DEF'],
    [4, 'ABCD', 'EF'],
    [6, 'ABCDEF', ''],
    [9, 'ABCDEF', ''],
  ])('has %d seats: titulars « %s », then substitutes « %s »', (seats, titulars, substitutes) => {
    expect(elect(list, seats)).toEqual([titulars, substitutes]);
  });

  it.each([
    [0, '', ''],
    [1, 'A', 'x'],
    [2, 'AB', 'xy'],
    [3, 'ABC', 'xyz'],
    [4, 'ABC', 'xyz'],
  ])('has %d seats: who stands as a substitute is no titular', (seats, titulars, substitutes) => {
    expect(elect(marked, seats)).toEqual([titulars, substitutes]);
  });

  it('has as many places as candidates who are no substitutes, and no end of them without names', () => {
    expect([placesOf(list), placesOf(marked), placesOf([person('x', true)])]).toEqual([6, 3, 0]);
    expect(placesOf([])).toBeUndefined();
    expect(elect([], 3)).toEqual(['', '']);
  });

  it('names people with their place of work, and says no more', () => {
    const about = { ...person('A'), about: 'PLP, Paris', substitute: false };
    expect(electedOf([about], 1).titulars).toEqual([
      { lastName: 'A', firstName: 'Camille', about: 'PLP, Paris' },
    ]);
  });
});
