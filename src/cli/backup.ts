import { Command } from 'commander';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { backUp } from '../backup/backup.js';
import { readManifest } from '../backup/manifest.js';
import { restore } from '../backup/restore.js';
import { SystemClock } from '../ledger/clock.js';
import { readWrappingKey, VaultKeys } from '../vault/keys.js';
import { asOwner } from './owner.js';
import { progressBar } from './progress.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** `isoloir backup`: everything that cannot be rebuilt, but for the key that wraps the keys. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('write ledger, vault (keys as they are wrapped), documents and outbox into a new folder')
    .argument('<folder>', 'a new folder; it holds personal data: encrypt what it lies on')
    .action((folder: string) =>
      asOwner({ beside: true }, async ({ store, owner }) => {
        const bar = progressBar('Events', 0);
        const at = new SystemClock().now();
        const { ledger, tables } = await backUp({ store, owner }, folder, { at, version }, bar.update);
        bar.stop();
        const rows = Object.values(tables).reduce((sum, { lines }) => sum + lines, 0);
        console.log(
          `${ledger.lines} events ${ledger.sha256}\n${rows} rows of ${Object.keys(tables).length} tables`,
        );
        console.log(
          'Keep the wrapping key (ISOLOIR_KEK_FILE) elsewhere: it is not in it, and nothing opens without it.',
        );
      }),
    );
}

/** `isoloir restore`: a back-up into an empty deployment. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('fill an empty deployment from a back-up; its server must not run')
    .argument('<folder>')
    .action((folder: string) =>
      asOwner({ beside: false }, async ({ config, database, store, owner }) => {
        const key = await readWrappingKey(config.keyFile ?? join(config.dataFolder, 'kek'));
        const keys = new VaultKeys(database, key);
        const opens = (name: string, wrapped: Buffer) => keys.opens(name, wrapped);
        const bar = progressBar('Events', (await readManifest(folder)).ledger.lines);
        const { ledger, reactions } = await restore({ store, owner, opens }, folder, bar.update);
        bar.stop();
        console.log(`${ledger.lines} events ${ledger.sha256}`);
        console.log(
          'The read models are built by the next start. Mails and messages are paused; for each of',
        );
        console.log(`  ${Object.keys(reactions).join(', ')}`);
        console.log(
          'run isoloir reactions resume NAME --from checkpoint (or head, to drop what may have been sent since).',
        );
      }),
    );
}
