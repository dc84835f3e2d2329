import { describe, expect, it } from '@jest/globals';
import { challengeQuestions, normaliseAnswer } from '../../../src/modules/account/challenge-questions.js';
import { normaliseIdentifier } from '../../../src/vault/identifier.js';

describe('an answer to a challenge question', () => {
  it.each([
    'Épagneul breton',
    'epagneul breton',
    ' ÉPAGNEUL  BRETON ',
    'Épagneul-Breton',
    'E\u0301pagneulbreton',
  ])('is the same however it is typed: %j', (typed) => {
    expect(normaliseAnswer(typed)).toBe('epagneulbreton');
  });
  it('keeps what tells answers apart', () => {
    expect(normaliseAnswer('Clio 2')).not.toBe(normaliseAnswer('Clio 3'));
    expect(normaliseAnswer('Le Bœuf')).toBe('leboeuf');
    expect(normaliseAnswer(' … ')).toBe('');
  });
});

describe('the list of questions', () => {
  it('has the examples of the screens, and each id once', () => {
    const labels = challengeQuestions.map(({ label }) => label);
    expect(labels[0]).toBe('Quelle était la race de votre premier animal favori ?');
    expect(new Set(challengeQuestions.map(({ id }) => id)).size).toBe(challengeQuestions.length);
    for (const label of labels) expect(label).toMatch(/\u00a0\?$|\u202f\?$| \?$/);
  });
});

describe('an identifier (F16, F17)', () => {
  it.each(['prénom.nom@ac-paris.fr', ' Prénom.NOM@AC-Paris.fr ', 'pre\u0301nom.nom@ac-paris.fr'])(
    'is %j',
    (typed) => {
      expect(normaliseIdentifier(typed)).toBe('prénom.nom@ac-paris.fr');
    },
  );
});
