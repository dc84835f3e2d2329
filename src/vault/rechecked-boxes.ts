import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.js';
import type { Database } from '../storage/database.js';
import type { VaultKeys } from './keys.js';

/** How far a box was verified a second time and added up, and what was found. */
export interface Rechecked {
  /** The election file that the ballots were verified against. */
  readonly electionFile: string;
  /** The last event that was looked at: its revision and its id. */
  readonly revision: number;
  readonly eventId: string;
  readonly ballots: number;
  /** How many of them libsodium refuses. */
  readonly refused: number;
  /** The references of those, as far as they are named. */
  readonly disputed: readonly string[];
  /** The encrypted tally of the others. */
  readonly tally: string;
}

/** A row as it was found: what it says, unless its seal is not ours. */
export interface FoundRow {
  readonly seal: Buffer;
  readonly rechecked: Rechecked | undefined;
  /** What it says of its revision, whoever wrote it. */
  readonly revision: number;
  readonly contradicted: boolean;
}

/** What is wrong with a box. */
export interface Dispute extends Pick<Rechecked, 'refused' | 'disputed'> {
  /** The revision up to which the tally that was kept up is not the sum from the first ballot, null where it is. */
  readonly contradicted: number | null;
}

interface Row extends Rechecked, Dispute {
  readonly scrutinId: string;
  readonly seal: Buffer;
}

const COLUMNS = `scrutin_id as "scrutinId", election_file as "electionFile", revision, event_id as "eventId",
  ballots, refused, disputed, tally, seal, contradicted`;

/**
 * The progress of the second verification, one row a box, for whichever instance goes on. A row lets a freeze believe what
 * was verified before, so it is sealed under a key of the vault: who can only write to the database can take rows away or
 * put older ones back, which costs time, and can make none (docs/threat-model.md).
 */
export class RecheckedBoxes {
  private constructor(
    private readonly database: Database,
    private readonly key: Buffer,
  ) {}

  static async open(database: Database, vaultKeys: VaultKeys): Promise<RecheckedBoxes> {
    return new RecheckedBoxes(database, await vaultKeys.obtain('rechecked'));
  }

  /** The row of a box, undefined when there is none. */
  async find(scrutinId: string): Promise<FoundRow | undefined> {
    const [row] = await this.rows('scrutin_id = $1', [scrutinId]);
    if (!row) return undefined;
    const { seal, revision, contradicted } = row;
    return {
      seal,
      revision,
      contradicted: contradicted !== null,
      rechecked: this.isOurs(row) ? row : undefined,
    };
  }

  /** Writes how far a box is, unless another instance has moved the row since `before` was found. Gives the new seal. */
  async move(scrutinId: string, before: Buffer | undefined, to: Rechecked): Promise<Buffer | undefined> {
    const { electionFile, revision, eventId, ballots, refused, disputed, tally } = to;
    const seal = this.sealOf(scrutinId, to);
    const values = [scrutinId, electionFile, revision, eventId, ballots, refused, disputed, tally, seal];
    const { rowCount } = await this.database
      .pool('box')
      .query(
        before
          ? MOVE
          : 'insert into read_box.rechecked values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing',
        before ? [...values, before] : values,
      );
    return rowCount === 1 ? seal : undefined;
  }

  /** The boxes that hold what was not verified again yet, and those that are disputed. */
  async toTend(): Promise<string[]> {
    const { rows } = await this.database.pool('box').query<{ scrutinId: string }>(
      `select scrutin_id as "scrutinId" from read_box.boxes b left join read_box.rechecked r using (scrutin_id)
        where b.phase <> 'frozen' and (b.revision > coalesce(r.revision, -1) or r.refused > 0) order by 1`,
    );
    return rows.map(({ scrutinId }) => scrutinId);
  }

  /** Marks the row of a box whose tally is not the sum from the first ballot: it stays as it is, for whoever looks into it. */
  async contradict(scrutinId: string, revision: number): Promise<void> {
    await this.database
      .pool('box')
      .query('update read_box.rechecked set contradicted = $2 where scrutin_id = $1', [scrutinId, revision]);
  }

  /** Which of these boxes hold ballots that libsodium refuses, or have a tally that is contradicted. */
  async disputesIn(scrutinIds: readonly string[]): Promise<ReadonlyMap<string, Dispute>> {
    const wrong = '(refused > 0 or contradicted is not null)';
    const rows = await this.rows(`scrutin_id = any ($1) and ${wrong}`, [scrutinIds]);
    const told = rows.filter((row) => row.contradicted !== null || this.isOurs(row));
    return new Map(
      told.map(({ scrutinId, refused, disputed, contradicted }) => [
        scrutinId,
        { refused, disputed, contradicted },
      ]),
    );
  }

  private async rows(where: string, values: readonly unknown[]): Promise<Row[]> {
    const text = `select ${COLUMNS} from read_box.rechecked where ${where}`;
    return (await this.database.pool('box').query<Row>(text, [...values])).rows;
  }

  private isOurs(row: Row): boolean {
    const seal = this.sealOf(row.scrutinId, row);
    return row.seal.length === seal.length && timingSafeEqual(row.seal, seal);
  }

  private sealOf(scrutinId: string, rechecked: Rechecked): Buffer {
    const { electionFile, revision, eventId, ballots, refused, disputed, tally } = rechecked;
    const said = [scrutinId, electionFile, revision, eventId, ballots, refused, [...disputed], tally];
    return createHmac('sha256', this.key)
      .update(`isoloir/rechecked/v1\n${canonicalJson(said)}`)
      .digest();
  }
}

const MOVE = `update read_box.rechecked set election_file = $2, revision = $3, event_id = $4, ballots = $5, refused = $6,
    disputed = $7, tally = $8, seal = $9 where scrutin_id = $1 and seal = $10`;
