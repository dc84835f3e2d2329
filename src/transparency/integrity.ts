import { hash } from 'node:crypto';
import { leafHash } from '../crypto/merkle.js';
import { TILE_WIDTH } from '../crypto/tiles.js';
import { Corruption, decode } from '../events/codec.js';
import type { EventStore } from '../ledger/event-store.js';
import { GivingWay } from '../ledger/giving-way.js';
import type { Database } from '../storage/database.js';
import { entriesOf, type PlacedBallot } from './log-entries-of.js';
import { LogStore } from './log-store.js';

/** What a box holds, as a sum over its rows that knows no order. */
class Digest {
  private readonly sum = Buffer.alloc(32);
  private rows = 0;

  add(value: string): void {
    const bytes = hash('sha256', value, 'buffer');
    for (let i = 0; i < 32; i += 1) this.sum[i] = (this.sum[i] ?? 0) ^ (bytes[i] ?? 0);
    this.rows += 1;
  }

  text(): string {
    const bits = Array.from(this.sum, (byte) => byte.toString(2).padStart(8, '0')).join('');
    return `${this.rows} ${bits}`;
  }
}

/** The same of rows of PostgreSQL, without having them come here: a box may hold a million. */
function digestOf(value: string): string {
  const hash = `('x' || encode(sha256(convert_to(${value}, 'UTF8')), 'hex'))::bit(256)`;
  return `count(*) || ' ' || coalesce(bit_xor(${hash}), 0::bit(256))`;
}

const TAGS = `select ${digestOf("encode(tag, 'hex')")} as digest from read_box.used_tags where scrutin_id = $1`;
const REFERENCES = `select ${digestOf("rtrim(encode(reference, 'base64'), '=')")} as digest
  from read_box.ballots where scrutin_id = $1`;

interface Box {
  revision: number;
  readonly tags: Digest;
  readonly references: Digest;
}

/**
 * Reads the whole ledger again and again, and compares it with the log that was published and with the rows of the boxes:
 * one changed bit in ledger, log or box is noticed at the next round.
 */
export class IntegrityMonitor {
  /** What is wrong, and where; undefined while nothing is. It stays until a round finds nothing. */
  alarm: string | undefined;
  private readonly log: LogStore;

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
  ) {
    this.log = new LogStore(database);
  }

  /** One round. Gives what is wrong. */
  async check(signal?: AbortSignal): Promise<string | undefined> {
    const boxes = new Map<string, Box>();
    const found = (await this.checkLedger(boxes, signal)) ?? (await this.checkBoxes(boxes, signal));
    if (!signal?.aborted) this.alarm = found;
    return found;
  }

  private async checkLedger(
    boxes: Map<string, Box>,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const { size, position } = await this.log.state();
    const reader = new EntryReader(this.log);
    const way = new GivingWay();
    let leaf = 0;
    for await (const stored of this.store.readAll()) {
      if (signal?.aborted || position === undefined || stored.position > position) break;
      const place = `${stored.stream} revision ${stored.revision}`;
      try {
        const event = decode(stored.type, stored.data);
        const { entries, ballots } = entriesOf(stored, event);
        for (const entry of entries) {
          if (!(await reader.holds(leaf, entry))) return `the ledger is not what was published: ${place}`;
          leaf += 1;
        }
        if (event.type === 'VotesCast') note(boxes, event.data, stored.revision, ballots);
        else if (stored.stream.startsWith('box-')) moved(boxes, stored.stream.slice(4), stored.revision);
      } catch (error) {
        if (error instanceof Corruption) return `the ledger cannot be read: ${place}`;
        throw error;
      }
      await way.rest(signal);
    }
    if (signal?.aborted) return undefined;
    return leaf < size ? `the ledger ends before what was published: ${leaf} of ${size} leaves` : undefined;
  }

  /** Boxes whose rows are at the revision that was read; the others are compared in the next round. */
  private async checkBoxes(
    boxes: ReadonlyMap<string, Box>,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const way = new GivingWay();
    for (const [scrutinId, box] of boxes) {
      if (signal?.aborted) return undefined;
      const found = await this.database.transaction('box', async (tx) => {
        await tx.query('set transaction isolation level repeatable read');
        const { rows } = await tx.query<{ revision: number }>(
          'select revision from read_box.boxes where scrutin_id = $1',
          [scrutinId],
        );
        if (rows[0]?.revision !== box.revision) return undefined;
        const digest = async (text: string) =>
          (await tx.query<{ digest: string }>(text, [scrutinId])).rows[0]?.digest;
        if ((await digest(TAGS)) !== box.tags.text())
          return `the used tags of box ${scrutinId} are not those of the ledger`;
        if ((await digest(REFERENCES)) !== box.references.text())
          return `the ballots of box ${scrutinId} are not those of the ledger`;
        return undefined;
      });
      if (found !== undefined) return found;
      await way.rest(signal);
    }
    return undefined;
  }
}

function boxOf(boxes: Map<string, Box>, scrutinId: string): Box {
  const box = boxes.get(scrutinId) ?? { revision: -1, tags: new Digest(), references: new Digest() };
  boxes.set(scrutinId, box);
  return box;
}

function moved(boxes: Map<string, Box>, scrutinId: string, revision: number): void {
  boxOf(boxes, scrutinId).revision = revision;
}

function note(
  boxes: Map<string, Box>,
  { scrutinId, signatures }: { readonly scrutinId: string; readonly signatures: readonly string[] },
  revision: number,
  ballots: readonly PlacedBallot[],
): void {
  const box = boxOf(boxes, scrutinId);
  box.revision = revision;
  for (const tag of signatures) box.tags.add(tag);
  for (const { reference } of ballots) box.references.add(reference);
}

/** The published log, a tile at a time. */
class EntryReader {
  private at = -1;
  private hashes: Uint8Array = new Uint8Array();

  constructor(private readonly log: LogStore) {}

  async holds(leaf: number, entry: Uint8Array): Promise<boolean> {
    const index = Math.floor(leaf / TILE_WIDTH);
    const from = (leaf % TILE_WIDTH) * 32;
    if (this.at !== index || this.hashes.length <= from) {
      this.hashes = await this.log.leafTile(index);
      this.at = index;
    }
    const stored = this.hashes.subarray(from, from + 32);
    return Buffer.compare(stored, leafHash(entry)) === 0;
  }
}
