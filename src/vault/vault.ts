import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type Json } from '../crypto/canonical-json.js';
import { Corruption } from '../events/codec.js';
import type { VaultVersion } from '../events/fields.js';
import type { Database } from '../storage/database.js';
import { sweepUnnamed, type Named } from '../storage/sweep.js';

interface Row {
  kind: string;
  salt: Buffer;
  value: string;
  sha256: string;
}

/**
 * What is secret or may have to be erased. Values are immutable salted versions; an event names the version that counts
 * and carries its hash: first the row is written, then the event, so the append is the commit (design 1).
 */
export class Vault {
  constructor(private readonly database: Database) {}

  /** Writes a version that counts for nothing until an event names it. `kind` says what the value is. */
  async write(kind: string, value: Json): Promise<VaultVersion> {
    const version = randomUUID();
    const salt = randomBytes(16);
    const text = canonicalJson(value);
    await this.database.pool('vault').query(
      `with written as (insert into vault.versions (version, kind, salt, value) values ($1, $2, $3, $4) returning version)
       insert into vault.unnamed select version from written`,
      [version, kind, salt, text],
    );
    return { version, sha256: commitment(kind, version, salt, text) };
  }

  /** Many versions of one kind at once, in the order of their values; see `write`. */
  async writeMany(kind: string, values: readonly Json[]): Promise<VaultVersion[]> {
    const rows = values.map((value) => ({
      version: randomUUID(),
      salt: randomBytes(16),
      text: canonicalJson(value),
    }));
    await this.database.pool('vault').query(
      `with written as (
         insert into vault.versions (version, kind, salt, value)
           select version, $1, salt, value from unnest($2::uuid[], $3::bytea[], $4::text[]) as r(version, salt, value)
           returning version)
       insert into vault.unnamed select version from written`,
      [kind, rows.map((row) => row.version), rows.map((row) => row.salt), rows.map((row) => row.text)],
    );
    return rows.map(({ version, salt, text }) => ({
      version,
      sha256: commitment(kind, version, salt, text),
    }));
  }

  /** The value an event names; undefined once erased. Throws `Corruption` when it is not what the event hashed. */
  async read(kind: string, named: VaultVersion): Promise<Json | undefined> {
    const { rows } = await this.database
      .pool('vault')
      .query<Row>('select kind, salt, value from vault.versions where version = $1', [named.version]);
    return rows[0] && this.checked(kind, named, rows[0]);
  }

  /** The values that events name, in their order; see `read`. */
  async readMany(kind: string, named: readonly VaultVersion[]): Promise<(Json | undefined)[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<Row & { version: string }>(
        'select version, kind, salt, value from vault.versions where version = any ($1)',
        [named.map(({ version }) => version)],
      );
    const found = new Map(rows.map((row) => [row.version, row]));
    return named.map((one) => {
      const row = found.get(one.version);
      return row && this.checked(kind, one, row);
    });
  }

  /** Deletes value and salt: without the salt the hash in the event says nothing. Erasing twice is no error. */
  async erase(version: string): Promise<void> {
    await this.database.pool('vault').query('delete from vault.versions where version = $1', [version]);
  }

  private checked(kind: string, named: VaultVersion, row: Row): Json {
    const actual = Buffer.from(commitment(row.kind, named.version, row.salt, row.value), 'hex');
    if (row.kind !== kind || !timingSafeEqual(actual, Buffer.from(named.sha256, 'hex'))) {
      throw new Corruption('vault.mismatch', `version ${named.version} is not what its event says`);
    }
    return JSON.parse(row.value) as Json;
  }

  /** Removes versions older than a day that no event names; see `sweepUnnamed`. */
  sweep(named: Named, olderThan = '1 day'): Promise<number> {
    const rows = { schema: 'vault', table: 'versions', key: 'version' } as const;
    return sweepUnnamed(this.database.pool('vault'), rows, named, olderThan);
  }
}

/** SHA-256 in hex of all that makes a version, under a domain of its own. */
function commitment(kind: string, version: string, salt: Buffer, value: string): string {
  return createHash('sha256')
    .update(`isoloir/vault/v1\n${canonicalJson([kind, version, salt.toString('hex'), value])}`)
    .digest('hex');
}
