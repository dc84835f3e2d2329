import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { earlierAt, parseEarlierTurnout } from '../../src/modules/turnout/earlier-turnout.js';
import { grouped, hoursOf, rate } from '../../src/modules/turnout/figures.js';
import { mergeSmall, OTHERS } from '../../src/vault/units.js';
import { bar, lineChart } from '../../src/modules/turnout/chart.js';
import { comparison } from '../../src/modules/turnout/turnout.decider.js';
import { FileEarlierTurnout } from '../../src/modules/turnout/turnout.commands.js';
import { specFor } from '../given.js';

const electionId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
const staffId = '9a1f0a44-8e53-4a3f-b7a5-2f2f5a0c0b77';

describe('cells of a turnout', () => {
  it('of fewer than ten electors are merged, and never found again by subtraction', () => {
    const cell = fc.record({ name: fc.uuid(), electors: fc.integer({ min: 0, max: 40 }) });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 30 }), (drawn) => {
        const cells = drawn.map((one) => ({ ...one, votes: Math.floor(one.electors / 2) }));
        const merged = mergeSmall(cells);
        const sum = (values: readonly number[]) => values.reduce((before, value) => before + value, 0);
        const total = (of: readonly { electors: number; votes: number }[]) =>
          [sum(of.map(({ electors }) => electors)), sum(of.map(({ votes }) => votes))] as const;
        expect(total(merged)).toStrictEqual(total(cells));
        if (total(cells)[0] >= 10)
          for (const { electors } of merged) expect(electors).toBeGreaterThanOrEqual(10);
        else expect(merged.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('take the next smallest with them when there are too few', () => {
    const cells = [
      { name: 'Paris', electors: 500, votes: 200 },
      { name: 'Nancy', electors: 12, votes: 6 },
      { name: 'Lunéville', electors: 3, votes: 1 },
    ];
    expect(mergeSmall(cells)).toStrictEqual([cells[0], { name: OTHERS, electors: 15, votes: 7 }]);
  });
});

describe('figures', () => {
  it('have every hour, also those in which nobody voted', () => {
    const hour = (text: string) => new Date(`2022-12-01T${text}:00:00.000Z`);
    const rows = [
      { hour: hour('07'), votes: 3 },
      { hour: hour('09'), votes: 2 },
    ];
    expect(hoursOf(rows)).toStrictEqual([
      { hour: hour('07'), votes: 3, sum: 3 },
      { hour: hour('08'), votes: 0, sum: 3 },
      { hour: hour('09'), votes: 2, sum: 5 },
    ]);
    expect(hoursOf([])).toStrictEqual([]);
  });
  it('read as French', () => {
    expect([rate(1, 3), rate(0, 0), grouped(1234567)]).toStrictEqual(['33,33 %', '–', '1\u00a0234\u00a0567']);
  });
  it('are drawn without markup of their own', () => {
    const drawn = lineChart(['<b>', '8h'], [{ name: 'a', values: [1, undefined] }], ' &');
    expect(drawn).not.toMatch(/<b>|NaN|undefined/);
    expect(lineChart([], [{ name: 'a', values: [] }], '')).not.toMatch(/NaN|Infinity/);
    expect(bar(7)).toContain('width="100"');
  });
});

describe('the turnout of an earlier election', () => {
  const csv = 'scrutin;heures;inscrits;votants\nCSA-PARIS;1;100;10\nCSA-PARIS;5;100;40\nCAP;2;50;5\n';
  it('is compared at the same hour', () => {
    const lines = parseEarlierTurnout(`\ufeff${csv.replaceAll('\n', '\r\n')}`);
    expect(earlierAt(lines, 0)).toBeUndefined();
    expect(earlierAt(lines, 4)).toStrictEqual({ electors: 150, votes: 15 });
    expect(earlierAt(lines, 9, ['CSA-PARIS', 'autre'])).toStrictEqual({ electors: 100, votes: 40 });
  });
  it.each([
    ['scrutin,heures', 'Ligne 1'],
    ['scrutin;heures;inscrits;votants\n', 'Ligne 2'],
    ['scrutin;heures;inscrits;votants\nA;1;2', 'Ligne 2 : quatre champs'],
    ['scrutin;heures;inscrits;votants\nA;1;10;1\nB;x;2;1', 'Ligne 3 : heures'],
    ['scrutin;heures;inscrits;votants\nA;1;2;-1', 'Ligne 2 : votants'],
    ['scrutin;heures;inscrits;votants\nA;1;2;3', 'Ligne 2 : votants'],
    ['scrutin;heures;inscrits;votants\n;1;2;1', 'Ligne 2 : scrutin'],
  ])('names the line and the field that is wrong: %j', (text, said) => {
    expect(() => parseEarlierTurnout(text)).toThrow(said);
  });

  const given = specFor(comparison, '2022-12-01T08:00:00.000Z');
  const at = '2022-09-01T00:00:00.000Z';
  const declared = {
    type: 'ElectionDeclared',
    data: { electionId, title: 'Élections', preset: '2022', at },
  } as const;
  const file = 'a'.repeat(64);
  const filed = {
    type: 'EarlierTurnoutFiled',
    data: { electionId, file, staffId, at: '2022-12-01T08:00:00.000Z' },
  } as const;
  const command = new FileEarlierTurnout(electionId, file, staffId);
  it('is an event that names who filed it, once', () => {
    given(declared).when(command).then(filed);
    given(declared, filed).when(command).then();
    given().when(command).thenRefuses('election.not-declared');
  });
});
