interface Waiting<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: Error) => void;
}

const MOST = 200; // questions of one query

/**
 * Gathers what is asked while an answer is on its way, and then asks for all of it at once: one query for many requests.
 * Who asks alone is answered at once; nobody is answered by a query that began before the question.
 */
export class Gathering<Q, A> {
  private waiting: Waiting<Q, A>[] = [];
  private asking = false;

  /** `askAll` answers questions in their order. */
  constructor(private readonly askAll: (questions: readonly Q[]) => Promise<readonly A[]>) {}

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (!this.asking) void this.work();
    });
  }

  /** Nothing is kept of a failure: those of one query share it, the next one is asked anew. */
  private async work(): Promise<void> {
    this.asking = true;
    while (this.waiting.length > 0) {
      const together = this.waiting.splice(0, MOST);
      try {
        const answers = await this.askAll(together.map(({ question }) => question));
        if (answers.length !== together.length) throw new TypeError('not every question was answered');
        for (const [index, { resolve }] of together.entries()) resolve(answers[index] as A);
      } catch (error) {
        for (const { reject } of together) reject(error as Error);
      }
    }
    this.asking = false;
  }
}
