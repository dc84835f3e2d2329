import { setTimeout as sleep } from 'node:timers/promises';

/** Gives what is wrong, for an operator to read, or undefined. It must hold no secret. */
export type Check = () => Promise<string | undefined>;

/** Whether this instance can do its work: each part registers the check that it answers for. */
export class Readiness {
  private readonly checks = new Map<string, { readonly check: Check; readonly serving: boolean }>();

  /** `limit` is how long a check may take, in milliseconds. */
  constructor(private readonly limit = 2_000) {}

  /** `serving`: without it no request can be answered here, while another instance may do better. */
  register(name: string, check: Check, serving: 'serving' | 'working' = 'working'): void {
    this.checks.set(name, { check, serving: serving === 'serving' });
  }

  /**
   * What is wrong, by name of the part; empty when all is well. All checks run at once. Of `serving` only what keeps
   * requests from being answered: an alarm, or a read model that stopped, is the same in all instances and no reason to
   * close the vote.
   */
  async problems(of?: 'serving'): Promise<Record<string, string>> {
    const asked = [...this.checks].filter(([, { serving }]) => of === undefined || serving);
    const named = await Promise.all(
      asked.map(async ([name, { check }]) => [name, await this.ask(check)] as const),
    );
    return Object.fromEntries(named.filter((one): one is [string, string] => one[1] !== undefined));
  }

  private async ask(check: Check): Promise<string | undefined> {
    const over = new AbortController();
    const late = sleep(this.limit, `no answer in ${this.limit} ms`, { signal: over.signal });
    late.catch(() => undefined); // aborted, because the check was faster
    try {
      return await Promise.race([check(), late]);
    } catch (error) {
      return reasonOf(error);
    } finally {
      over.abort();
    }
  }
}

/** The kind of failure, without the addresses and names that a message may hold. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `failed: ${code}` : `failed: ${error.name}`;
}
