import { Command } from 'commander';
import { openDemonstration, setUpDemonstration } from '../demonstration.js';
import { withApplication } from './application.js';

/** `isoloir demo`: what the first `npm start` sets up, without a server: an election on the eve of its vote. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('set up the demonstration election that `npm start` shows; it opens with the server')
    .action(() =>
      withApplication(async (app, foundation) => {
        const demonstration = await openDemonstration(foundation);
        if (!demonstration) throw new Error('ISOLOIR_MODE: production has no demonstration');
        const { notebook } = demonstration;
        foundation.projections.start();
        try {
          await setUpDemonstration(foundation, app, notebook);
        } finally {
          await foundation.projections.stop();
        }
        if (notebook.setUp !== 'ready')
          throw new Error(
            'the ledger holds something else: nothing was set up (ISOLOIR_DATA names another folder)',
          );
        console.log(`The election is sealed; notices and keys are in ${notebook.folder}`);
      }),
    );
}
