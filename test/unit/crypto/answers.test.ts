import { describe, expect, it } from '@jest/globals';
import { answerOf, BLANK_ANSWER, listIdOf, titleOf } from '../../../src/crypto/answers.js';

const listId = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';

describe('an answer', () => {
  it.each(['Alliance', 'Liste 1 — « Ensemble »', 'a b  c\nd', 'blank Vote blanc'])(
    'names its list: %j',
    (title) => {
      const answer = answerOf({ listId, title });
      expect(answer).toBe(`${listId} ${title}`);
      expect(listIdOf(answer)).toBe(listId);
      expect(titleOf(answer)).toBe(title);
    },
  );
  it('is the blank vote', () => {
    expect(listIdOf(BLANK_ANSWER)).toBe('blank');
    expect(titleOf(BLANK_ANSWER)).toBe('Vote blanc');
  });
  it.each(['', 'Vote blanc', listId, `${listId} `, ` ${listId} A`, `${listId.toUpperCase()} A`])(
    'is nothing else: %j',
    (text) => {
      expect(listIdOf(text)).toBeUndefined();
      expect(titleOf(text)).toBeUndefined();
    },
  );
});
