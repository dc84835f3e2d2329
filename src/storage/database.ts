import { setTimeout as sleep } from 'node:timers/promises';
import pg, { TypeOverrides } from 'pg';

/**
 * Who reads and writes what. Each role sees its own schema only; the register and the box never meet in one role
 * (CGFP 512). The server's login is a member of all but inherits nothing: a connection takes one role when it opens.
 */
export const roles = [
  'ledger',
  'vault',
  'documents',
  'reactions',
  'register',
  'box',
  'transparency',
] as const;
export type Role = (typeof roles)[number];

/** A transaction, or a pool outside of one. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** PostgreSQL is reached through pools, one for each role. */
export class Database {
  private readonly pools = new Map<Role, pg.Pool>();

  constructor(
    private readonly url: string,
    private readonly poolSize: number,
    /** Told when an idle connection breaks; the pool replaces it. */
    private readonly onError: (error: Error) => void = () => undefined,
  ) {}

  pool(role: Role): pg.Pool {
    let pool = this.pools.get(role);
    if (!pool) {
      pool = new pg.Pool({ ...this.options(role), max: this.poolSize });
      pool.on('error', this.onError);
      this.pools.set(role, pool);
    }
    return pool;
  }

  /** A connection outside of the pools, for a lock or LISTEN that lives as long as the connection. */
  async connect(
    role: Role,
    options: Pick<pg.ClientConfig, 'query_timeout' | 'pipeline'> = {},
  ): Promise<pg.Client> {
    const client = new pg.Client({ ...this.options(role), ...options });
    client.on('error', this.onError);
    await client.connect();
    return client;
  }

  /** Commits what `work` did, or rolls back and throws what it threw. */
  async transaction<T>(role: Role, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool(role).connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((cause: unknown) => (broken = cause as Error));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Ends the pools; resolves once their connections are gone, so that a server that stops then cuts none of them. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map(ended));
    this.pools.clear();
  }

  private options(role: Role): pg.ClientConfig {
    return {
      connectionString: this.url,
      application_name: `isoloir ${role}`,
      // The isolation is stated because `ledger.append` must see what was committed while it waited for its lock.
      options: `-c role=isoloir_${role} -c default_transaction_isolation=read\\ committed`,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      types,
    };
  }
}

/** Milliseconds for a server that does not answer any more. */
const LONGEST_END = 2_000;

/** `pool.end()` resolves when the pool has let go of its connections; each is gone when the pool says `remove`. */
async function ended(pool: pg.Pool): Promise<void> {
  let left = pool.totalCount;
  const gone = new Promise<void>((resolve) => {
    if (left === 0) resolve();
    pool.on('remove', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  await pool.end();
  await Promise.race([gone, sleep(LONGEST_END, undefined, { ref: false })]);
}

/** True for an error that says the connection or the server went away, not that the query was wrong. */
export function isDisconnection(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return /connection|timeout|terminated/i.test((error as Error).message);
  return /^(08|57P|53|E[A-Z]+$)/.test(code); // SQLSTATE classes and operating system errors such as ECONNREFUSED
}

/** bigint columns (counts, revisions, positions) as numbers; the database never holds one past 2^53. */
const types = new TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, safeInteger);

function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is not a safe integer`);
  return number;
}
