import pg from 'pg';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { named } from '../src/projections/named.projection.js';
import { Projections } from '../src/projections/projections.js';
import { Database } from '../src/storage/database.js';
import { migrate } from '../src/storage/migrate.js';
import { sampleEvent, type Figures } from './ledger-load.js';

const NAME = 'catch_up';

/** A ledger of its own with so many events, and a simple projection (one row an event) that is made to catch up. */
export class CatchUp {
  private constructor(
    private readonly database: Database,
    private readonly store: PostgresEventStore,
    private readonly events: number,
  ) {}

  /** `url` and `ownerUrl` lead to the database `isoloir` of an embedded server. */
  static async open(url: string, ownerUrl: string, events: number): Promise<CatchUp> {
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query(`create database ${NAME}`);
    await owner.end();
    const here = (other: string) => other.replace('/isoloir?', `/${NAME}?`);
    await migrate(here(ownerUrl), 'isoloir');
    const database = new Database(here(url), 2);
    const store = new PostgresEventStore(database);
    for (let i = 0; i < events; i += 500) {
      const ten = (n: number) =>
        store.append(`elector-${i}-${n}`, 'none', Array.from({ length: 10 }, sampleEvent));
      await Promise.all(Array.from({ length: 50 }, (_, n) => ten(n)));
    }
    return new CatchUp(database, store, events);
  }

  /** Events a second from the first event to the head. There is no latency of one event. */
  async run(): Promise<Figures> {
    const projections = new Projections(this.store, this.database, [named]);
    await projections.reset(named.name);
    const head = await this.store.head();
    const start = performance.now();
    projections.start();
    const reached = await projections.waitFor(named.name, head, 300_000);
    const rate = (1000 * this.events) / (performance.now() - start);
    await projections.stop();
    if (!reached) throw new Error('the projection did not catch up');
    return { rate, p50: 0, p99: 0 };
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.database.close();
  }
}
