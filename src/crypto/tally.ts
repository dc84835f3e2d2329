/** The encrypted tally: the product of all ballots, component by component (Belenios specification, « Tally »). */
import type { Election } from './election.js';
import type { Group } from './group.js';
import { Malformed } from './malformed.js';
import type { Ciphertext } from './or-proof.js';
import { fields, items, parseCompactJson, string } from './strict-json.js';

/** One ciphertext for each choice of each question, the blank vote first where there is one. */
export type EncryptedTally = readonly (readonly Ciphertext[])[];

/** How many choices each question of an election has in a ballot. */
export function tallyShape({ questions }: Pick<Election, 'questions'>): number[] {
  return questions.map(({ answers, blank }) => answers.length + (blank ? 1 : 0));
}

/** A tally to which ballots are added one by one; the order does not matter. */
export class RunningTally {
  private ballots = 0;
  private totalWeight = 0n;
  private sums: Ciphertext[][];

  constructor(
    private readonly group: Group,
    election: Pick<Election, 'questions'>,
  ) {
    const none: Ciphertext = { alpha: group.identity, beta: group.identity };
    this.sums = tallyShape(election).map((choices) => Array.from({ length: choices }, () => none));
  }

  /** How many ballots are in. */
  get count(): number {
    return this.ballots;
  }

  /** The sum of their weights: the count, when none weighs more than another. */
  get weight(): bigint {
    return this.totalWeight;
  }

  /** Adds a ballot that was verified (this adds up whatever it is given). `weight` is at least 1. */
  add(answers: readonly { readonly choices: readonly Ciphertext[] }[], weight = 1n): void {
    const { group } = this;
    const weighed = (x: Ciphertext['alpha']) => (weight === 1n ? x : group.exp(x, weight));
    this.sums = this.sums.map((question, i) =>
      question.map(({ alpha, beta }, k) => {
        const choice = answers[i]?.choices[k];
        if (choice === undefined) throw new RangeError('a ballot of another shape');
        return {
          alpha: group.mul(alpha, weighed(choice.alpha)),
          beta: group.mul(beta, weighed(choice.beta)),
        };
      }),
    );
    this.ballots += 1;
    this.totalWeight += weight;
  }

  sum(): EncryptedTally {
    return this.sums;
  }
}

/** The sum of two tallies of one shape: ballots may be added up in parts, in any order. */
export function addTallies(group: Group, one: EncryptedTally, other: EncryptedTally): EncryptedTally {
  return one.map((question, i) =>
    question.map(({ alpha, beta }, k) => {
      const choice = other[i]?.[k];
      if (choice === undefined) throw new RangeError('a tally of another shape');
      return { alpha: group.mul(alpha, choice.alpha), beta: group.mul(beta, choice.beta) };
    }),
  );
}

/** The one text of an encrypted tally. */
export function printTally(group: Group, tally: EncryptedTally): string {
  return JSON.stringify(
    tally.map((question) =>
      question.map(({ alpha, beta }) => ({ alpha: group.print(alpha), beta: group.print(beta) })),
    ),
  );
}

/** Reads an encrypted tally of an election of this shape. Throws `Malformed`. */
export function parseTally(group: Group, shape: readonly number[], text: string): EncryptedTally {
  const path = 'encrypted_tally';
  return itemsOfShape(parseCompactJson(text, path), shape, path, (choice, place) => {
    const { alpha, beta } = fields(choice, place, ['alpha', 'beta']);
    return {
      alpha: group.parse(string(alpha, `${place}.alpha`), `${place}.alpha`),
      beta: group.parse(string(beta, `${place}.beta`), `${place}.beta`),
    };
  });
}

/** Lists with one item for each choice of each question; none is read when there are others. Throws `Malformed`. */
export function itemsOfShape<T>(
  value: unknown,
  shape: readonly number[],
  path: string,
  read: (item: unknown, path: string) => T,
): T[][] {
  const lists = items(value, path, (question, at) => items(question, at, (item, place) => ({ item, place })));
  if (lists.length !== shape.length || lists.some((list, i) => list.length !== shape[i])) {
    throw new Malformed(path, 'not one item for each choice of each question');
  }
  return lists.map((list) => list.map(({ item, place }) => read(item, place)));
}
