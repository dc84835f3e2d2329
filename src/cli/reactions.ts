import { Command } from 'commander';
import type { Position } from '../ledger/event-store.js';
import { Reactions } from '../projections/reactions.js';
import { withContext, type Context } from './context.js';

/** `isoloir reactions`: what is done in the world because of events, which no rebuild may do again. */
export function reactionsCommand(): Command {
  const reactions = new Command('reactions').description('list, pause or resume mails and messages');
  const of = ({ store, database }: Context) => new Reactions(store, database, []);
  reactions
    .command('list')
    .description('name, whether it is paused, what waits, is done or was given up')
    .action(() =>
      withContext(async (context) => {
        console.table(await of(context).status());
      }),
    );
  reactions
    .command('pause')
    .description('stop one on all instances, within seconds')
    .argument('<name>')
    .action((name: string) => withContext((context) => of(context).pause(name)));
  reactions
    .command('retry')
    .description('try again what was given up')
    .argument('<name>')
    .action((name: string) =>
      withContext(async (context) => {
        console.log(`${await of(context).retry(name)} to be tried again`);
      }),
    );
  reactions
    .command('resume')
    .description('let a paused one go on')
    .argument('<name>')
    .requiredOption(
      '--from <where>',
      'checkpoint (where it was), head (what came meanwhile is never answered), or a position',
    )
    .action((name: string, { from }: { from: string }) => {
      if (!/^(checkpoint|head|\d+\S*)$/.test(from))
        throw new Error('--from: takes checkpoint, head or a position');
      return withContext((context) => of(context).resume(name, from as 'checkpoint' | 'head' | Position));
    });
  return reactions;
}
