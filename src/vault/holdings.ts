import type { Database } from '../storage/database.js';

/** What one elector of an election has and nobody else: the professional address (F16), and the NUMEN. */
export type Held = 'identifier' | 'numen';

/** An elector who asks for something, by its keyed digest. */
export type Asked = readonly [electorId: string, digest: Buffer];

const TABLES = { identifier: 'vault.identifiers', numen: 'vault.numens' } as const;

/**
 * Who holds which identifier and which NUMEN. A row is written before the event that makes it count, so a row alone proves
 * nothing: whoever is not what it says, by the identity that counts, was left there by a crash or a change.
 */
export class Holdings {
  constructor(
    private readonly database: Database,
    /** The digest of what this elector has now, undefined when the elector is not in the election. */
    private readonly present: (
      electorId: string,
      electionId: string,
      what: Held,
    ) => Promise<Buffer | undefined>,
  ) {}

  /** Takes what is free, or was left behind; gives the places of what another elector has. */
  async take(electionId: string, what: Held, asked: readonly Asked[]): Promise<readonly number[]> {
    const insert = async (rows: readonly Asked[], over: boolean): Promise<ReadonlySet<string>> => {
      const { rows: got } = await this.database.pool('vault').query<{ digest: Buffer }>(
        `insert into ${TABLES[what]} as i (election_id, digest, elector_id)
           select $1, digest, elector_id from unnest($2::bytea[], $3::uuid[]) as r(digest, elector_id)
         on conflict (election_id, digest) do update set elector_id = excluded.elector_id, taken_at = now()
           where i.elector_id = excluded.elector_id or $4 and i.taken_at < now() - interval '1 minute'
         returning digest`,
        [electionId, rows.map(([, digest]) => digest), rows.map(([electorId]) => electorId), over],
      );
      return new Set(got.map(({ digest }) => digest.toString('hex')));
    };
    const got = await insert(asked, false);
    const missing = asked.filter(([, digest]) => !got.has(digest.toString('hex')));
    if (missing.length === 0) return [];
    const held = new Set(await this.heldByOthers(electionId, what, missing));
    const left = missing.filter((_, index) => !held.has(index));
    const taken = left.length > 0 ? await insert(left, true) : new Set<string>();
    return asked.flatMap(([, digest], index) => {
      const hex = digest.toString('hex');
      return got.has(hex) || taken.has(hex) ? [] : [index];
    });
  }

  /** The places of what another elector has: one whose present identity says so. */
  async heldByOthers(electionId: string, what: Held, asked: readonly Asked[]): Promise<number[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ digest: Buffer; elector_id: string }>(
        `select digest, elector_id from ${TABLES[what]} where election_id = $1 and digest = any ($2)`,
        [electionId, asked.map(([, digest]) => digest)],
      );
    const holders = new Map(rows.map(({ digest, elector_id }) => [digest.toString('hex'), elector_id]));
    const places: number[] = [];
    for (const [index, [electorId, digest]] of asked.entries()) {
      const holder = holders.get(digest.toString('hex'));
      if (holder === undefined || holder === electorId) continue;
      if ((await this.present(holder, electionId, what))?.equals(digest)) places.push(index);
    }
    return places;
  }

  /** The elector who took an identifier, which need not be the present one. */
  async holder(electionId: string, digest: Buffer): Promise<string | undefined> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ elector_id: string }>(
        'select elector_id from vault.identifiers where election_id = $1 and digest = $2',
        [electionId, digest],
      );
    return rows[0]?.elector_id;
  }
}
