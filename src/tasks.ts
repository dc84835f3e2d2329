import type { INestApplicationContext } from '@nestjs/common';
import type { Foundation } from './foundation.js';
import { ReassortWatch } from './modules/account/reassort-watch.js';
import { Opening } from './modules/board/opening.js';
import { Closing } from './modules/counting/closing.js';
import { Freezing } from './modules/counting/freezing.js';
import { Rechecking } from './modules/counting/rechecking.js';
import { Reconciling } from './modules/counting/reconciling.js';
import { MailingRun } from './modules/account/mailings/mailing-run.js';
import { Scheduler, type Task } from './scheduler.js';

/** What one part of an election does by the clock. */
interface Recurring {
  readonly name: string;
  readonly seconds: number;
  /** The task, made once the application stands. */
  readonly task: (app: INestApplicationContext, foundation: Foundation) => Task;
}

/** Everything that happens by the clock. Each part of an election that has such work adds its line. */
const recurring: readonly Recurring[] = [
  { name: 'opening', seconds: 1, task: (app) => () => app.get(Opening, { strict: false }).openWhatIsDue() },
  { name: 'closing', seconds: 1, task: (app) => () => app.get(Closing, { strict: false }).closeWhatIsDue() },
  {
    name: 'freeze',
    seconds: 1,
    task: (app) => (signal) => app.get(Freezing, { strict: false }).freezeDue(signal),
  },
  {
    name: 'recheck',
    seconds: 5,
    task: (app) => (signal) => app.get(Rechecking, { strict: false }).tend(signal),
  },
  {
    name: 'tally',
    seconds: 2,
    task: (app) => (signal) => app.get(Reconciling, { strict: false }).tend(signal),
  },
  {
    name: 'mailings',
    seconds: 2,
    task: (app) => (signal) => app.get(MailingRun, { strict: false }).tend(signal),
  },
  {
    name: 'reassorts',
    seconds: 20,
    task: (app, { metrics }) => {
      const watch = app.get(ReassortWatch, { strict: false });
      const forget = () => {
        metrics.unusualReassorts(0); // whoever keeps the timetable next says it
      };
      return async (signal) => {
        signal.addEventListener('abort', forget); // one and the same function is added once
        const unusual = await watch.look();
        if (!signal.aborted) metrics.unusualReassorts(unusual);
      };
    },
  },
  // Also when nothing happened: whoever watches the log sees that it is alive (design 6).
  {
    name: 'checkpoint',
    seconds: 60,
    task:
      (_, { transparency }) =>
      () =>
        transparency.signWhenCaughtUp(),
  },
];

/** Starts what happens by the clock, in whichever instance holds the lock. */
export function runTasks(foundation: Foundation, app: INestApplicationContext): Scheduler {
  const scheduler = new Scheduler(foundation.database, foundation.log, foundation.readiness);
  for (const { name, seconds, task } of recurring) scheduler.every(name, seconds, task(app, foundation));
  scheduler.start();
  return scheduler;
}
