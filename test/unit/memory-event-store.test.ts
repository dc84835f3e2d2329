import { MemoryEventStore, MemoryLog } from '../support/memory-event-store.js';
import { eventStoreContract } from '../int/event-store.contract.js';

// What unit tests stand on keeps the same promises as the real engines, but for a server that goes away.
eventStoreContract('the store in memory', {
  startsEmpty: true,
  canStop: false,
  timeLimit: 1_000,
  fresh() {
    const log = new MemoryLog();
    return Promise.resolve({
      open: () => Promise.resolve(new MemoryEventStore(log)),
      remove: () => Promise.resolve(),
    });
  },
});
