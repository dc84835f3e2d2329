import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestLedger } from '../../src/ledger/copy.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { Reactions } from '../../src/projections/reactions.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { eventually, temporaryFolder } from '../support/folders.js';
import { openPortal, PASSWORD, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { sealElection, type SealedElection } from '../support/sealed-election.js';

let folder: string;
let key: string;
let portal: Portal;
let staff: { staffId: string; totpKey: string };
let marieThen: PortalClient; // signed in once: a one-time password serves once
const STAFF_PASSWORD = 'un bon mot de passe';
let sealed: SealedElection;
let email: string;
let ledgerThen: Awaited<ReturnType<typeof digestLedger>>;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  folder = await temporaryFolder('backup');
  key = join(folder, 'kek');
  await writeFile(key, randomBytes(32).toString('base64'));
  portal = await openPortal({ ISOLOIR_KEK_FILE: key });
  const elector = await portal.activated();
  email = elector.email;
  await elector.client.post('/api/assistance', { text: 'Mon affectation a changé.' });
  sealed = await sealElection(portal.foundation, { scrutins: 2, electors: 3, existing: [elector.electorId] });
  staff = await portal.app
    .get(StaffAccounts, { strict: false })
    .add('marie', STAFF_PASSWORD, 'administrator');
  await portal.foundation.transparency.signWhenCaughtUp();
  await isoloir(portal.database, {}, 'backup', join(folder, 'saved'));
  ledgerThen = await digestLedger(portal.foundation.store); // a root is signed every minute from now on
  marieThen = await administrator(portal);
});
/** Signed in as the administrator who was there when it was saved. */
async function administrator(at: Portal): Promise<PortalClient> {
  const client = at.client();
  const clock = at.foundation.clock as MovedClock;
  const code = totp(staff.totpKey, stepAt(clock.now()));
  const answer = await client.post('/api/staff/sign-in', { login: 'marie', password: STAFF_PASSWORD, code });
  if (answer.status !== 204) throw new Error(JSON.stringify(answer.body));
  return client;
}

/** A page without what is of its hour or its session alone. */
function lasting(body: unknown): string {
  return JSON.stringify(body)
    .replaceAll(/data-(now|ends|csrf)=\W+[\w-]+/g, '')
    .replaceAll(/name=\W+(_csrf|id)\W+ value=\W+[\w-]+/g, '')
    .replaceAll(/\d+ événements, racine <code>\w+/g, '') // of the last checkpoint of each; roots are compared below
    .replaceAll(/situation du [\d/]+ à \d+h\d+/gi, '') // when the units were counted, by each by itself
    .replaceAll(/se terminera à \d+h\d+/g, '')
    .replaceAll(/(data-left=\W+\w+\W+>)\d+/g, '$1');
}

afterAll(async () => {
  await portal.close();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true });
});

/** `isoloir …` in this environment; its standard output, or what it complained about. */
async function isoloirIn(env: NodeJS.ProcessEnv, ...words: string[]): Promise<string> {
  const options = {
    env: { PATH: process.env.PATH, ISOLOIR_MODE: 'demonstration', ISOLOIR_KEK_FILE: key, ...env },
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/isoloir.js', ...words], options);
  return stdout;
}

/** The same on a database. */
function isoloir(database: TestDatabase, env: Record<string, string>, ...words: string[]): Promise<string> {
  return isoloirIn({ ...on(database), ...env }, ...words);
}

function on({ url, ownerUrl }: TestDatabase): Record<string, string> {
  return { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl, ISOLOIR_DATA: join(folder, 'data') };
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await freshDatabase();
  databases.push(database);
  return database;
}

/** Where a deployment lives that nobody has used: no database but the one that it will keep in this folder. */
async function emptyFolder(): Promise<NodeJS.ProcessEnv> {
  const data = join(folder, `empty-${randomUUID()}`);
  await mkdir(data);
  return { DATABASE_URL: undefined, DATABASE_OWNER_URL: undefined, ISOLOIR_DATA: data };
}

async function complaint(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: unknown) => (error as { stderr: string }).stderr,
  );
}

describe('a back-up', () => {
  it('holds no key in clear, and nobody but its owner reads it', async () => {
    const wrapping = Buffer.from((await readFile(key, 'utf8')).trim(), 'base64');
    for (const name of await readdir(join(folder, 'saved'))) {
      const bytes = await readFile(join(folder, 'saved', name));
      expect([
        name,
        bytes.includes(wrapping),
        (await stat(join(folder, 'saved', name))).mode & 0o077,
      ]).toEqual([name, false, 0]);
    }
    expect((await stat(join(folder, 'saved'))).mode & 0o077).toBe(0);
  });

  it('is never written over something else', async () => {
    expect(await complaint(isoloir(portal.database, {}, 'backup', join(folder, 'saved')))).toContain(
      'there is something in it',
    );
  });

  it.each([
    ['an empty database', async () => on(await emptyDatabase())],
    ['an empty folder, with the embedded engine', emptyFolder],
  ])('restored into %s gives the same ledger, documents, accounts and pages', async (_, place) => {
    const env = await place();
    const said = await isoloirIn(env, 'restore', join(folder, 'saved'));
    expect(said).toContain(`${ledgerThen.events} events ${ledgerThen.sha256}`);

    const again = await openPortal({ ...env, ISOLOIR_KEK_FILE: key });
    try {
      const { store, projections, documents, vaultKeys } = again.foundation;
      expect(await digestLedger(store)).toStrictEqual(ledgerThen);
      expect(
        await eventually(20_000, async () => (await projections.status()).every(({ upToDate }) => upToDate)),
      ).toBe(true);
      const [old, fresh] = [portal.client(), again.client()];
      (again.foundation.clock as MovedClock).moveTo(portal.foundation.clock.now());
      const { scrutinId = '', sealed: scrutin } = sealed.scrutins[0] ?? {};
      const marieNow = await administrator(again);
      const everybody = [
        '/',
        '/api/elections',
        `/documents/${scrutin?.electionFile ?? ''}`,
        '/scelles',
        '/aide',
      ];
      const electionId = sealed.electionId;
      const staffPages = [
        '/personnel',
        '/bureau',
        `/bureau/${sealed.boardId}`,
        `/bureau/${sealed.boardId}/scelle`,
        `/personnel/participation?election=${electionId}`,
        `/personnel/participation/${electionId}/scrutins/${scrutinId}`,
        '/personnel/listes',
        '/personnel/messages?liste=inactifs',
        `/personnel/electeurs/${sealed.electors[0]?.electorId ?? ''}`,
        `/personnel/journal?election=${electionId}`,
        '/personnel/assistance',
        '/personnel/reclamations',
      ];
      const pages = [
        ...everybody.map((path) => [path, old, fresh] as const),
        ...staffPages.map((path) => [path, marieThen, marieNow] as const),
      ];
      for (const [path, then, now] of pages) {
        const [was, is] = [await then.get(path), await now.get(path)];
        expect([path, was.status]).toStrictEqual([path, 200]);
        expect([path, lasting(is.body)]).toStrictEqual([path, lasting(was.body)]);
      }
      const saved = await portal.foundation.transparency.checkpoints.latest();
      expect(saved?.size).toBeGreaterThan(0);
      expect(
        await eventually(
          20_000,
          async () => (await again.foundation.transparency.log.state()).size >= (saved?.size ?? 0),
        ),
      ).toBe(true);
      const root = async ({ foundation }: Portal) =>
        Buffer.from(await foundation.transparency.log.rootAt(saved?.size ?? 0)).toString('hex');
      expect(await root(again)).toBe(await root(portal));
      const client = again.client();
      expect((await client.signIn(email, PASSWORD)).status).toBe(204);
      expect((await client.get<unknown[]>('/api/assistance/mine')).body).toHaveLength(1);
      for (const { scrutinId, sealed: scrutin } of sealed.scrutins) {
        expect(await vaultKeys.find(`register/${scrutinId}`)).toStrictEqual(
          await portal.foundation.vaultKeys.find(`register/${scrutinId}`),
        );
        expect(await documents.get(scrutin.rollFile)).toStrictEqual(
          await portal.foundation.documents.get(scrutin.rollFile),
        );
      }
    } finally {
      await again.close();
    }
  });

  it('sends nothing twice: reactions wait until an operator says from where', async () => {
    const database = await emptyDatabase();
    await isoloir(database, {}, 'restore', join(folder, 'saved'));
    const again = await openPortal({
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      ISOLOIR_KEK_FILE: key,
    });
    try {
      const { store, database: ours } = again.foundation;
      const reactions = new Reactions(store, ours, []);
      const before = await new Reactions(portal.foundation.store, portal.foundation.database, []).status();
      const after = await reactions.status();
      expect(after.map(({ name, paused, done }) => [name, paused, done])).toStrictEqual(
        before.map(({ name, done }) => [name, true, done]),
      );
      const { electorId } = await again.register();
      await again.invite(electorId);
      await reactions.resume('opening-mail', 'checkpoint');
      const mails = async () => (await again.client().get<string>('/demonstration/mails')).body;
      expect(await eventually(20_000, async () => (await mails()).includes('Ouverture du portail'))).toBe(
        true,
      );
      expect(await mails()).not.toContain(email); // whose mail left before the back-up
    } finally {
      await again.close();
    }
  });
});

describe('a restore', () => {
  it('refuses what is not empty', async () => {
    expect(await complaint(isoloir(portal.database, {}, 'restore', join(folder, 'saved')))).toContain(
      'into an empty deployment',
    );
  });

  it('refuses another wrapping key, a changed file and half a back-up, and writes nothing', async () => {
    const database = await emptyDatabase();
    const other = join(folder, 'other-kek');
    await writeFile(other, randomBytes(32).toString('base64'));
    const saved = join(folder, 'saved');
    expect(await complaint(isoloir(database, { ISOLOIR_KEK_FILE: other }, 'restore', saved))).toContain(
      'ISOLOIR_KEK_FILE',
    );
    const changed = join(folder, 'changed');
    await cp(saved, changed, { recursive: true });
    await appendFile(
      join(changed, 'vault.versions.jsonl.gz'),
      await readFile(join(saved, 'ledger.jsonl.gz')),
    );
    expect(await complaint(isoloir(database, {}, 'restore', changed))).toContain(
      'vault.versions.jsonl.gz is not what was written',
    );
    const half = join(folder, 'half');
    await mkdir(half);
    expect(await complaint(isoloir(database, {}, 'restore', half))).toContain('no manifest.json');
    for (const table of ['ledger.events', 'vault.keys', 'documents.documents'])
      expect(await database.asOwner(`select from ${table} limit 1`)).toHaveLength(0);
  });
});
