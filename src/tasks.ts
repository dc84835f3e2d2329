import type { INestApplicationContext } from '@nestjs/common';
import type { Foundation } from './foundation.js';
import { Scheduler } from './scheduler.js';

/** Starts what happens by the clock. Each part of an election that has such work adds its line here. */
export function runTasks({ database, log, readiness }: Foundation, app: INestApplicationContext): Scheduler {
  const scheduler = new Scheduler(database, log, readiness);
  registerTasks(scheduler, app);
  scheduler.start();
  return scheduler;
}

function registerTasks(_scheduler: Scheduler, _app: INestApplicationContext): void {
  // scheduler.every('opening', 1, () => app.get(Opening).openWhatIsDue());
}
