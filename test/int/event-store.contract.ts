import { afterAll, beforeAll, describe } from '@jest/globals';
import type { EventStore } from '../../src/ledger/event-store.js';
import { appendContract } from './event-store-append.contract.js';
import { faithfulContract } from './event-store-faithful.contract.js';
import { outageContract } from './event-store-outage.contract.js';
import { readContract } from './event-store-read.contract.js';
import { subscribeContract } from './event-store-subscribe.contract.js';

/** One store of one engine, made for one run of the contract. */
export interface TestedStore {
  /** A new instance on this store, with its own connections. The contract closes every instance that it opens. */
  open(): Promise<EventStore>;
  /** Makes the server vanish (connections cut, nobody listening), and come back with what it had acknowledged. */
  readonly server?: { stop(): Promise<void>; start(): Promise<void> };
  /** Called once, when every instance is closed and the server is up: leaves no process, port or file behind. */
  remove(): Promise<void>;
}

/** How an engine takes part in the contract. */
export interface Harness {
  /** A store without events; only a server that others share may hand over one that has some (`startsEmpty` false). */
  fresh(): Promise<TestedStore>;
  readonly startsEmpty: boolean;
  /** False when the server is not ours to stop: those tests are skipped, and say so. */
  readonly canStop: boolean;
  /** The longest that a call of these instances may take before it throws `Unavailable`, in milliseconds. */
  readonly timeLimit: number;
}

/** What every part of the contract works with: two instances on one store. */
export interface Subject {
  readonly first: EventStore;
  readonly second: EventStore;
  readonly tested: TestedStore;
}

/**
 * What `EventStore` promises, checked on one engine. Both adapters run this same suite. No test needs an empty store
 * (each has its own streams and reads after the head it found), so it can also run on a server that others use.
 */
export function eventStoreContract(name: string, harness: Harness): void {
  describe(`${name} keeps the contract of the event store`, () => {
    let made: Subject | undefined;
    const subject = () => {
      if (!made) throw new Error('the store could not be opened');
      return made;
    };
    beforeAll(async () => {
      const tested = await harness.fresh();
      made = { tested, first: await tested.open(), second: await tested.open() };
    });
    afterAll(async () => {
      await made?.first.close();
      await made?.second.close();
      await made?.tested.remove();
    });
    readContract(subject, harness); // first: it sees the store before any event is in it
    appendContract(subject);
    faithfulContract(subject);
    subscribeContract(subject);
    outageContract(subject, harness);
  });
}
