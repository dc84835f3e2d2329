import { describe, expect, it } from '@jest/globals';
import { Gathering } from '../../src/storage/gathering.js';

/** A question box whose answers the test gives. */
function opened() {
  const asked: { questions: readonly number[]; answer: (answers?: readonly string[] | Error) => void }[] = [];
  const gathering = new Gathering<number, string>(
    (questions) =>
      new Promise((resolve, reject) => {
        asked.push({
          questions,
          answer: (answers = questions.map((n) => `answer ${n}`)) => {
            if (answers instanceof Error) reject(answers);
            else resolve(answers);
          },
        });
      }),
  );
  return { asked, gathering };
}

describe('questions that are gathered', () => {
  it('are asked at once when nothing is under way, and together when something is', async () => {
    const { asked, gathering } = opened();
    const first = gathering.ask(1);
    expect(asked.map(({ questions }) => questions)).toEqual([[1]]);
    const others = [gathering.ask(2), gathering.ask(1), gathering.ask(3)];
    expect(asked).toHaveLength(1); // and not answered by the query that began before they were asked
    asked[0]?.answer();
    expect(await first).toBe('answer 1');
    expect(asked.map(({ questions }) => questions)).toEqual([[1], [2, 1, 3]]);
    asked[1]?.answer();
    expect(await Promise.all(others)).toEqual(['answer 2', 'answer 1', 'answer 3']);
  });

  it('share a failure, and the next is asked anew', async () => {
    const { asked, gathering } = opened();
    const first = gathering.ask(1);
    const together = Promise.allSettled([gathering.ask(2), gathering.ask(3)]);
    asked[0]?.answer();
    await first;
    asked[1]?.answer(new Error('the database is away'));
    expect((await together).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = gathering.ask(4);
    asked[2]?.answer();
    expect(await next).toBe('answer 4');
  });

  it('are never left without an answer, nor given that of another', async () => {
    const { asked, gathering } = opened();
    const one = gathering.ask(1);
    asked[0]?.answer([]);
    await expect(one).rejects.toThrow(TypeError);
  });
});
