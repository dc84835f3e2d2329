import { Command } from 'commander';
import { eraseElection } from '../erasure/erasure.js';
import { MovedClock, SystemClock } from '../ledger/clock.js';
import { anId } from './an-id.js';
import { asOwner } from './owner.js';

/** `isoloir erase`: whom an election was about, once the law lets it go. */
export function eraseCommand(): Command {
  return new Command('erase')
    .description(
      'erase the personal data of an election two years after its closing; the ledger stays as it is',
    )
    .argument('<election>', 'its id', anId)
    .requiredOption('--title <title>', 'its title, so that no other is erased by a slip')
    .action((electionId: string, { title }: { title: string }) =>
      asOwner({ beside: true }, async ({ config, store, owner }) => {
        const now = (config.clock === undefined ? new SystemClock() : new MovedClock(config.clock)).now();
        const erased = await eraseElection({ store, owner }, electionId, { title, now });
        const { electors, rows, keys, documents, rewritten } = erased;
        console.log(`${electors} electors: ${rows} rows, ${keys} keys, ${documents} documents erased`);
        if (!rewritten)
          console.log('This login may not clean the write-ahead log: see « Erasure » in docs/operations.md.');
      }),
    );
}
