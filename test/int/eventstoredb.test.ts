import { eventStoreContract, type Harness } from './event-store.contract.js';
import { EventStoreDbEventStore } from '../../src/ledger/eventstoredb-event-store.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double.js';

const timeLimit = 3000;

const overDouble: Harness = {
  startsEmpty: true,
  canStop: true,
  timeLimit,
  async fresh() {
    const double = new EventStoreDbDouble();
    await double.start();
    return {
      open: () => Promise.resolve(new EventStoreDbEventStore(double.url, { timeLimit })),
      server: { stop: () => double.stop(), start: () => double.start() },
      remove: () => double.stop(),
    };
  },
};
eventStoreContract('EventStoreDB (test double, real gRPC)', overDouble);
