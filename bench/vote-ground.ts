import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Documents } from '../src/documents/documents.js';
import { SessionStore } from '../src/http/session-store.js';
import { SystemClock } from '../src/ledger/clock.js';
import type { Position } from '../src/ledger/event-store.js';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { Projections } from '../src/projections/projections.js';
import { Database } from '../src/storage/database.js';
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.js';
import { migrate } from '../src/storage/migrate.js';
import { Digests } from '../src/vault/digests.js';
import { readWrappingKey, VaultKeys } from '../src/vault/keys.js';
import { Vault } from '../src/vault/vault.js';
import { passed, voterOf } from '../test/support/voters.js';
import type { SealedElection } from '../test/support/sealed-election.js';
import { serve } from './portal.js';
import { prepared } from './vote-client.js';
import type { Setting } from './vote-figures.js';

/** Minutes that a session lasts, used or not: an elector who votes has just come by the gate, and moves no expiry. */
const SESSION = 120;
/** A folder in which the server leaves CPU profiles of its threads. */
const PROFILE = process.env['PROFILE'];

/** A ledger of its own with its vault, on which services of a bench come and go. */
export class VoteGround {
  private constructor(
    private readonly folder: string,
    private readonly postgres: Awaited<ReturnType<typeof startEmbeddedPostgres>>,
    private readonly kek: string,
    readonly database: Database,
    readonly vaultKeys: VaultKeys,
    readonly store: PostgresEventStore,
  ) {}

  static async open(): Promise<VoteGround> {
    const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-vote-'));
    await chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres(folder);
    await migrate(postgres.ownerUrl, 'isoloir');
    const kek = join(folder, 'kek');
    await writeFile(kek, randomBytes(32).toString('base64'), { mode: 0o600 });
    const database = new Database(postgres.url, 10);
    const vaultKeys = new VaultKeys(database, await readWrappingKey(kek));
    return new VoteGround(folder, postgres, kek, database, vaultKeys, new PostgresEventStore(database));
  }

  /** What an election is sealed on. */
  get ground() {
    const { database, store, vaultKeys } = this;
    return { store, documents: new Documents(database), vault: new Vault(database), vaultKeys };
  }

  /** The service, which verifies ballots in this way. */
  serve({ verifier, workers }: Setting) {
    const profile = PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`];
    const env = {
      ...{ ISOLOIR_MODE: 'demonstration', ISOLOIR_DATA: this.folder, DEMONSTRATION: 'empty' },
      ...{ DATABASE_URL: this.postgres.url, DATABASE_OWNER_URL: this.postgres.ownerUrl },
      ...{ ISOLOIR_KEK_FILE: this.kek, VERIFICATION_THREADS: String(workers), ISOLOIR_VERIFIER: verifier },
      ...{ SESSION_IDLE_MINUTES: String(SESSION), SESSION_LONGEST_MINUTES: String(SESSION) },
    };
    return serve(env, profile);
  }

  /** Lets an instance take in what was written past it: read models and log, which a service has long done. */
  async settle(setting: Setting): Promise<void> {
    const server = await this.serve(setting);
    const projections = new Projections(this.store, this.database);
    for (;;) {
      const status = await projections.status();
      const { rows } = await this.database
        .pool('transparency')
        .query<{ position: Position | null }>('select position from transparency.log');
      const [head, logged] = [await this.store.head(), rows[0]?.position ?? ''];
      if (status.every(({ upToDate }) => upToDate) && (head === undefined || logged >= head)) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await server.stop();
  }

  /** A vote of an elector who has just passed the gate, as bytes. */
  async vote(url: string, election: SealedElection, electorId: string, scrutinId: string, ballot: string) {
    const { database, vaultKeys } = this;
    const foundation = {
      clock: new SystemClock(),
      digests: new Digests(vaultKeys),
      sessions: new SessionStore(database, { idle: SESSION, longest: SESSION }, () => Date.now()),
    };
    const { cookie } = await voterOf({ url: '', foundation }, electorId, passed(election, electorId));
    return prepared(url, `/api/scrutins/${scrutinId}/votes`, cookie, { ballot });
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.database.close();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
