import { Command } from 'commander';
import { readConfig } from '../config.js';
import { loginOf, migrate, rolesSql } from '../storage/migrate.js';
import { openStorage } from '../storage/open-storage.js';

/** `isoloir db`: what the database needs before the server runs on it. */
export function dbCommand(): Command {
  const db = new Command('db').description('prepare the PostgreSQL of DATABASE_URL');
  db.command('setup')
    .description(
      'print the SQL that a database administrator runs once, where our login may not create roles',
    )
    .action(() => {
      const { databaseUrl } = readConfig();
      console.log(rolesSql(databaseUrl ? loginOf(databaseUrl) : 'isoloir'));
    });
  db.command('migrate')
    .description('bring the schemas to the newest version, as DATABASE_OWNER_URL')
    .action(async () => {
      const storage = await openStorage(readConfig(), true);
      try {
        const applied = await migrate(storage.ownerUrl, loginOf(storage.url));
        console.log(applied.length > 0 ? applied.join('\n') : 'nothing to do');
      } finally {
        await storage.close();
      }
    });
  return db;
}
