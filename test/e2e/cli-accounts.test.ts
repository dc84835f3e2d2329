import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { inventedElector, inventedLink } from '../../src/modules/account/invented-electors.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Projections } from '../../src/projections/projections.js';
import { Database } from '../../src/storage/database.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'isoloir-cli-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

/** `isoloir …` on the database of this test; its standard output. */
async function isoloir(...words: string[]): Promise<string> {
  const env = {
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
    PATH: process.env.PATH,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/isoloir.js', ...words], { env });
  return stdout;
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: unknown) => (error as { stderr: string }).stderr,
  );
}

describe('the command line', () => {
  it('seeds an election that is not there yet, and the second time only what is missing', async () => {
    expect(await isoloir('seed', '--electors', '30')).toBe('30 electors are new, 0 were there\n');
    expect(await isoloir('seed', '--electors', '40')).toBe('10 electors are new, 30 were there\n');
    expect(await isoloir('reactions', 'list')).toContain('opening-mail'); // so that no mail is lost
    const elsewhere = isoloir(
      'seed',
      '--electors',
      '1',
      '--election',
      'ffffffff-0000-4000-8000-000000000000',
    );
    expect(await failureOf(elsewhere)).toContain('no election is called');
  });

  it('takes note of a mail that came back, by the address that it came back to', async () => {
    const { electorId } = inventedElector(DEMONSTRATION_ELECTION, 2022, 0);
    const own = new Database(database.url, 2);
    const store = new PostgresEventStore(own);
    const projections = new Projections(store, own);
    projections.start();
    await projections.waitFor('mail_status', await store.head(), 20_000);
    await projections.stop();
    await isoloir('mail', 'bounce', `retours+${inventedLink(electorId)}@exemple.fr`, '--reason', '5.2.2');
    const types = [];
    for await (const { type, data } of store.readStream(`elector-${electorId}`)) types.push([type, data]);
    expect(types.at(-1)?.[0]).toBe('MailBounced.v1');
    expect(types.at(-1)?.[1]).toContain('"reason":"5.2.2"');
    await store.close();
    await own.close();
    expect(await failureOf(isoloir('mail', 'bounce', 'nobody'))).toContain('no link is in it');
  });

  it('makes the first administrator, whose secrets are shown once', async () => {
    const said = await isoloir('staff', 'add', 'Ann', '--role', 'administrator', '--generate');
    expect(said).toMatch(
      /may sign in as Ann \(administrator\) at \/personnel\/connexion\npassword: [\w-]{20}\n/,
    );
    expect(said).toMatch(/otpauth:\/\/totp\/Isoloir:Ann\?secret=[A-Z2-7]{32}&issuer=Isoloir/);
    expect(said).toContain('▄▄▄▄▄▄▄'); // the corner of a QR code
    const listed = await isoloir('staff', 'list');
    expect(listed).toMatch(/'ann'.*'administrator'/);
    const [, staffId = ''] = /'([0-9a-f-]{36})'/.exec(listed) ?? [];
    await isoloir('staff', 'grant', staffId, 'auditor');
    await isoloir('staff', 'revoke', staffId, 'administrator');
    expect(await isoloir('staff', 'list')).toMatch(/'ann'.*'auditor'/);
    const taken = isoloir('staff', 'add', 'ANN', '--role', 'board');
    expect(await failureOf(taken)).toContain('Somebody else signs in by this name');
  });
});
