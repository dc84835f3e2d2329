import { setTimeout as sleep } from 'node:timers/promises';
import { AccessDeniedError, MaxAppendSizeExceededError } from '@eventstore/db-client';
import { BadAppend } from './event-store.js';
import { BadAddress } from './eventstoredb-client.js';
import { isFinal } from './eventstoredb-wire.js';
import { Unavailable } from './refusal.js';

/** How long one instance tries again, and what it says in the end. `hosts` names the server, without a secret. */
export class Patience {
  readonly #closing = new AbortController();

  /** `limit`: for one call and its repetitions, in milliseconds. */
  constructor(
    readonly limit: number,
    readonly hosts: string,
  ) {}

  /** Aborted when the instance closes: nothing is tried again. */
  get over(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort();
  }

  /** One attempt after another until one succeeds. Throws as `retry` does. */
  async insist<T>(attempt: () => Promise<T>): Promise<T> {
    const until = performance.now() + this.limit;
    for (let tries = 0; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        await this.retry(error, tries, until);
      }
    }
  }

  /**
   * Waits before another try. Throws when there is none: `Unavailable` when the time (`until`, on the clock of
   * `performance.now`) is up; what the server said when it would say it again.
   */
  async retry(error: unknown, tries: number, until: number): Promise<void> {
    if (isFinal(error)) throw this.final(error);
    const wait = pause(tries);
    if (this.over.aborted || performance.now() + wait >= until) {
      const reason = (error as Error).message;
      throw new Unavailable(`EventStoreDB at ${this.hosts} does not answer: ${reason}`, { cause: error });
    }
    await sleep(wait);
  }

  /** Waits before a subscription is made again; no longer than until the signal aborts. Throws what is final. */
  async resume(error: unknown, tries: number, signal: AbortSignal): Promise<void> {
    if (isFinal(error)) throw this.final(error);
    await sleep(pause(tries), undefined, { signal }).catch(() => undefined);
  }

  /** An error that another try would not change, in the words of the port. */
  private final(error: unknown): Error {
    if (error instanceof MaxAppendSizeExceededError)
      return new BadAppend(`the server takes at most ${error.maxAppendSize} bytes in one append`);
    if (error instanceof AccessDeniedError)
      return new BadAddress(`EventStoreDB at ${this.hosts} refuses the user of the connection string`);
    return error as Error;
  }
}

/** Back-off: 50 ms, doubled up to 3 s, less up to a half so that instances do not return all at once. */
function pause(tries: number): number {
  return Math.min(3000, 50 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
}
