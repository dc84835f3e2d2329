import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { measure, sampleEvent, type Figures, type Load } from './ledger-load.js';

/**
 * What the engine alone can do: plain inserts into a table with the columns and indexes of the ledger's, on one
 * connection, one commit each. No lock, no check, no notification: the ledger can come near, never past it.
 */
export class RawInserts {
  private position = 0;
  private constructor(private readonly client: pg.Client) {}

  static async open(ownerUrl: string): Promise<RawInserts> {
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect();
    await client.query('create table if not exists public.raw (like ledger.events including indexes)');
    return new RawInserts(client);
  }

  /** `durable` as the ledger is, or answered before the disk has it: what is left is the processor's share. */
  async run(load: Load, { durable } = { durable: true }): Promise<Figures> {
    await this.client.query(`set synchronous_commit = ${durable ? 'on' : 'off'}`);
    return measure({ ...load, clients: 1 }, () => async () => {
      const events = Array.from({ length: load.batch }, sampleEvent);
      await this.client.query({
        name: 'raw',
        text: 'insert into public.raw select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[])',
        values: [
          events.map(() => ++this.position),
          events.map(() => `elector-${randomUUID()}`),
          events.map(() => 0),
          events.map(({ id }) => id),
          events.map(({ type }) => type),
          events.map(({ data }) => data),
        ],
      });
    });
  }

  /** A statement that does nothing: the way to PostgreSQL and back. */
  answers(seconds: number): Promise<Figures> {
    return measure({ clients: 1, batch: 1, seconds }, () => async () => {
      await this.client.query({ name: 'nothing', text: 'select 1' });
    });
  }

  async close(): Promise<void> {
    await this.client.query('drop table public.raw');
    await this.client.end();
  }
}
