import { createHash } from 'node:crypto';
import { sha256Base64 } from '../crypto/digest.js';
import { leafHash } from '../crypto/merkle.js';
import { TILE_WIDTH } from '../crypto/tiles.js';
import { Corruption, decode } from '../events/codec.js';
import type { EventStore } from '../ledger/event-store.js';
import type { Database } from '../storage/database.js';
import { entriesOf } from './log-entries-of.js';
import { LogStore } from './log-store.js';

/** What a box holds, as a sum over its rows that knows no order. */
class Digest {
  private readonly sum = Buffer.alloc(32);
  private rows = 0;

  add(...values: readonly string[]): void {
    const hash = createHash('sha256').update(values.join('\n')).digest();
    for (let i = 0; i < 32; i += 1) this.sum[i] = (this.sum[i] ?? 0) ^ (hash[i] ?? 0);
    this.rows += 1;
  }

  text(): string {
    return `${this.rows} ${this.sum.toString('hex')}`;
  }
}

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
    const found = (await this.checkLedger(boxes, signal)) ?? (await this.checkBoxes(boxes));
    if (!signal?.aborted) this.alarm = found;
    return found;
  }

  private async checkLedger(
    boxes: Map<string, Box>,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const { size, position } = await this.log.state();
    const reader = new EntryReader(this.log);
    let leaf = 0;
    let passed = 0;
    for await (const stored of this.store.readAll()) {
      if (signal?.aborted || position === undefined || stored.position > position) break;
      const place = `${stored.stream} revision ${stored.revision}`;
      try {
        const event = decode(stored.type, stored.data);
        for (const entry of entriesOf(stored, event).entries) {
          if (!(await reader.holds(leaf, entry))) return `the ledger is not what was published: ${place}`;
          leaf += 1;
        }
        if (event.type === 'VotesCast') note(boxes, event.data, stored.revision);
        else if (stored.stream.startsWith('box-')) moved(boxes, stored.stream.slice(4), stored.revision);
      } catch (error) {
        if (error instanceof Corruption) return `the ledger cannot be read: ${place}`;
        throw error;
      }
      passed += 1;
      if (passed % 500 === 0) await new Promise((resolve) => setImmediate(resolve)); // others first
    }
    if (signal?.aborted) return undefined;
    return leaf < size ? `the ledger ends before what was published: ${leaf} of ${size} leaves` : undefined;
  }

  /** Boxes whose rows are at the revision that was read; the others are compared in the next round. */
  private async checkBoxes(boxes: ReadonlyMap<string, Box>): Promise<string | undefined> {
    return this.database.transaction('box', async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      const { rows } = await tx.query<{ scrutin_id: string; revision: number }>(
        'select scrutin_id, revision from read_box.boxes',
      );
      for (const { scrutin_id, revision } of rows) {
        const box = boxes.get(scrutin_id);
        if (box?.revision !== revision) continue;
        const [tags, references] = [new Digest(), new Digest()];
        const used = await tx.query<{ tag: string }>(
          "select encode(tag, 'hex') as tag from read_box.used_tags where scrutin_id = $1",
          [scrutin_id],
        );
        for (const { tag } of used.rows) tags.add(tag);
        const cast = await tx.query<{ reference: string }>(
          "select rtrim(encode(reference, 'base64'), '=') as reference from read_box.ballots where scrutin_id = $1",
          [scrutin_id],
        );
        for (const { reference } of cast.rows) references.add(reference);
        if (tags.text() !== box.tags.text())
          return `the used tags of box ${scrutin_id} are not those of the ledger`;
        if (references.text() !== box.references.text()) {
          return `the ballots of box ${scrutin_id} are not those of the ledger`;
        }
      }
      return undefined;
    });
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
  {
    scrutinId,
    signatures,
    ballots,
  }: { scrutinId: string; signatures: readonly string[]; ballots: readonly string[] },
  revision: number,
): void {
  const box = boxOf(boxes, scrutinId);
  box.revision = revision;
  for (const tag of signatures) box.tags.add(tag);
  for (const ballot of ballots) box.references.add(sha256Base64(ballot));
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
