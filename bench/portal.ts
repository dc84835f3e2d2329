import { hash } from '@node-rs/argon2';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DEMONSTRATION_ELECTION } from '../src/demonstration.js';
import { encode, type LedgerEvent } from '../src/events/codec.js';
import { Ledger } from '../src/ledger/ledger.js';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { RegisterElector } from '../src/modules/account/account.commands.js';
import { account } from '../src/modules/account/account.decider.js';
import { DeclareElection, SetCalendar } from '../src/modules/election/election.commands.js';
import { election } from '../src/modules/election/election.decider.js';
import { Identities } from '../src/vault/identities.js';
import { inventedElector } from '../src/modules/account/invented-electors.js';
import { Database } from '../src/storage/database.js';
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.js';
import { migrate } from '../src/storage/migrate.js';
import { Digests } from '../src/vault/digests.js';
import { readWrappingKey, VaultKeys } from '../src/vault/keys.js';
import { Vault } from '../src/vault/vault.js';

/** The password of every elector that is made here. */
export const PASSWORD = '2022jevotéCGTI';

const GROUP = 500;
const AT = '2022-11-01T08:00:00.000Z';
const CLOSING = '2022-12-08T16:00:00.000Z';
const ELECTION = `election-${DEMONSTRATION_ELECTION}`;
const calendar = {
  portalOpensAt: '2022-10-13T08:00:00.000Z',
  votingOpensAt: '2022-12-01T07:00:00.000Z',
  votingClosesAt: CLOSING,
  graceMinutes: 20,
};

/**
 * A portal with many electors, all but the last `idle` of them activated, served by a process of its own as in
 * production. All have the same password hash: hashing each would take half an hour and measure nothing.
 */
export async function openPortal(electors: number, idle: number, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-'));
  await chmod(folder, 0o711);
  const postgres = await startEmbeddedPostgres(folder);
  await migrate(postgres.ownerUrl, 'isoloir');
  const kek = join(folder, 'kek');
  await writeFile(kek, randomBytes(32).toString('base64'), { mode: 0o600 });
  const database = new Database(postgres.url, 10);
  const store = new PostgresEventStore(database);
  const emails = await register(database, store, await readWrappingKey(kek), electors, idle);
  // Started last: it sends no mail for what was there before. It adds the electors of a demonstration.
  const server = await serve({
    ISOLOIR_CLOCK: '2022-11-20T10:00:00.000Z',
    ORGANISER_RANGES: '127.0.0.0/8',
    ...env,
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: postgres.url,
    DATABASE_OWNER_URL: postgres.ownerUrl,
    ISOLOIR_DATA: folder,
    ISOLOIR_KEK_FILE: kek,
  });
  return {
    url: server.url,
    database,
    store,
    ...emails,
    /** The most memory that the server ever held, in MiB. */
    peak: async () => {
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    },
    close: async () => {
      await server.stop();
      await store.close();
      await database.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The built service in a process of its own, with this environment on top of ours; `stop` lets it finish what is in flight. */
export async function serve(env: Readonly<Record<string, string>>, nodeOptions: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeOptions, 'dist/main.js'], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'warn', DATABASE_POOL: '10', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = () => child.kill(); // also when the bench fails
  process.once('exit', kill);
  for await (const line of createInterface(child.stdout)) {
    const url = /listens on (\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      child.stdout.resume();
      const stop = async () => {
        child.kill('SIGTERM');
        await exited;
        process.off('exit', kill);
      };
      return { url, pid: child.pid ?? 0, stop };
    }
  }
  throw new Error('the server did not start');
}

/** Electors through the same vault, deciders and event store as anybody's, in groups. */
async function register(
  database: Database,
  store: PostgresEventStore,
  key: Buffer,
  electors: number,
  idle: number,
) {
  const vault = new Vault(database);
  const ledger = new Ledger(store);
  const digests = new Digests(new VaultKeys(database, key));
  await ledger.execute(election, ELECTION, new DeclareElection(DEMONSTRATION_ELECTION, 'Essai', '2022'), AT);
  await ledger.execute(election, ELECTION, new SetCalendar(DEMONSTRATION_ELECTION, calendar), AT);
  const identities = new Identities(vault, digests, database, ledger);
  const password = await hash(PASSWORD.normalize('NFC'), { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const secrets = { password, question: 'first-film', answer: password };
  const active: string[] = [];
  const inactive: string[] = [];
  for (let from = 0; from < electors; from += GROUP) {
    const group = Array.from({ length: Math.min(GROUP, electors - from) }, (_, index) =>
      inventedElector(DEMONSTRATION_ELECTION, 1, from + index),
    );
    const identified = await identities.writeMany(
      DEMONSTRATION_ELECTION,
      new Map(group.map(({ electorId, known }) => [electorId, known])),
    );
    await Promise.all(
      [...identified].map(([electorId, identity]) => {
        const command = new RegisterElector(electorId, DEMONSTRATION_ELECTION, identity);
        return ledger.execute(account, `elector-${electorId}`, command, AT);
      }),
    );
    const activated = group.slice(0, Math.max(0, electors - idle - from));
    const versions = await vault.writeMany(
      'secrets',
      activated.map(() => secrets),
    );
    await Promise.all(
      activated.map(({ electorId }, index) => {
        const linkId = randomUUID();
        const version = versions[index];
        if (!version) throw new Error('a version is missing');
        const events: LedgerEvent[] = [
          { type: 'ActivationLinkIssued', data: { electorId, linkId, expiresAt: CLOSING, at: AT } },
          { type: 'AccountActivated', data: { electorId, linkId, secrets: version, at: AT } },
        ];
        const written = events.map((event) => ({ id: randomUUID(), ...encode(event) }));
        return store.append(`elector-${electorId}`, 0, written);
      }),
    );
    active.push(...activated.map(({ known }) => known.email));
    inactive.push(...group.slice(activated.length).map(({ electorId }) => electorId));
  }
  return { active, inactive };
}

/** The value below which a share of the sample lies. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
