import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { CompactTree } from '../crypto/merkle-tree.js';
import { leafHash, type Hash } from '../crypto/merkle.js';
import { TILE_WIDTH } from '../crypto/tiles.js';
import { decoded } from '../ledger/decoded.js';
import type { EventStore, Position, StoredEvent } from '../ledger/event-store.js';
import { TakingTurns } from '../ledger/giving-way.js';
import { isDisconnection, type Database } from '../storage/database.js';
import { whileHolding } from '../storage/session-lock.js';
import { entriesOf, type PlacedBallot } from './log-entries-of.js';
import { LogStore, type LogState } from './log-store.js';

/** What the builder of this instance is doing. `failed` is for good until a restart. */
export type BuilderState =
  { readonly phase: 'standby' | 'running' | 'ended' } | { readonly phase: 'failed'; readonly reason: string };

/** Somebody else moved the log: the transaction is undone and the builder starts over. */
class Fenced extends Error {}

const STANDBY = 1_000; // milliseconds until the next try after a connection was lost

/** Grows the transparency log as the ledger grows. All instances try; the one that holds the session lock works. */
export class TreeBuilder {
  state: BuilderState = { phase: 'standby' };
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly log: LogStore;

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly onFailure: (error: Error) => void = () => undefined,
  ) {
    this.log = new LogStore(database);
  }

  start(): void {
    this.running = this.run(this.stopping.signal);
  }

  /** Finishes the transaction in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.hold(signal);
      } catch (error) {
        if (!(error instanceof Fenced) && !isDisconnection(error)) {
          this.state = { phase: 'failed', reason: (error as Error).message };
          this.onFailure(error as Error);
          return;
        }
        this.state = { phase: 'standby' };
        await sleep(STANDBY, undefined, { signal }).catch(() => undefined);
      }
    }
    this.state = { phase: 'ended' };
  }

  private hold(signal: AbortSignal): Promise<void> {
    const connect = () => this.database.connect('transparency');
    const lock = { family: 86467, name: 'transparency' };
    return whileHolding(connect, lock, signal, (client, over) => this.follow(client, over));
  }

  private async follow(client: Client, over: AbortSignal): Promise<void> {
    const state = await this.log.state(client);
    const growing = await Growing.from(client, state);
    this.state = { phase: 'running' };
    let from = state.position;
    for await (const page of this.store.subscribe(from, over)) {
      from = await growing.add(client, from, page);
    }
  }
}

/** The right edge of the log in memory: the tree, and the tiles that are not full. */
class Growing {
  private tiles = new Map<number, { index: number; hashes: Hash[] }>();
  private bundle: { index: number; entries: Uint8Array[] } = { index: 0, entries: [] };
  private changed = new Map<string, { level: number; index: number; bytes: Buffer }>();
  private changedEntries = new Map<number, Buffer>();
  private readonly tree: CompactTree;

  private constructor({ size, frontier }: LogState) {
    this.tree = CompactTree.resume(size, frontier, ({ level, index }, hash) => {
      if (level % 8 === 0) this.keep(level / 8, index, hash);
    });
  }

  static async from(client: Client, state: LogState): Promise<Growing> {
    const growing = new Growing(state);
    const edges: { level: number; index: number }[] = [];
    for (let level = 0, width = state.size; width > 0; level += 1, width = Math.floor(width / TILE_WIDTH)) {
      edges.push({ level, index: Math.floor(width / TILE_WIDTH) });
    }
    for (const { level, index } of edges) {
      const { rows } = await client.query<{ hashes: Buffer }>(
        'select hashes from transparency.tiles where level = $1 and index = $2',
        [level, index],
      );
      growing.tiles.set(level, { index, hashes: rows[0] ? cut(rows[0].hashes) : [] });
    }
    const index = Math.floor(state.size / TILE_WIDTH);
    const { rows } = await client.query<{ entries: Buffer }>(
      'select entries from transparency.entries where index = $1',
      [index],
    );
    growing.bundle = { index, entries: rows[0] ? cut(rows[0].entries) : [] };
    return growing;
  }

  /** Adds a page of events in one transaction. */
  async add(
    client: Client,
    from: Position | undefined,
    page: readonly StoredEvent[],
  ): Promise<Position | undefined> {
    const position = page.at(-1)?.position ?? from;
    const ballots: (PlacedBallot & { leaf: number })[] = [];
    const freezes: { scrutinId: string; leaf: number }[] = [];
    const turns = new TakingTurns();
    for (const stored of page) {
      await turns.next();
      const event = decoded(stored);
      const added = entriesOf(stored, event);
      const first = this.tree.size;
      for (const entry of added.entries) this.append(entry);
      for (const ballot of added.ballots) ballots.push({ ...ballot, leaf: first + ballot.at });
      if (event.type === 'BoxFrozen') freezes.push({ scrutinId: event.data.scrutinId, leaf: first });
    }
    try {
      await client.query('begin');
      await this.write(client, ballots, freezes);
      const moved = await client.query(
        `update transparency.log set position = $2, events = events + $3, size = $4, frontier = $5
          where position is not distinct from $1`,
        [from, position, page.length, this.tree.size, Buffer.concat(this.tree.frontier())],
      );
      if (moved.rowCount !== 1) throw new Fenced('the transparency log was moved by another');
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    this.changed.clear();
    this.changedEntries.clear();
    return position;
  }

  private append(entry: Uint8Array): void {
    const index = Math.floor(this.tree.size / TILE_WIDTH);
    if (index !== this.bundle.index) this.bundle = { index, entries: [] };
    this.bundle.entries.push(entry);
    this.changedEntries.delete(index);
    this.tree.append(leafHash(entry));
    if (this.bundle.entries.length === TILE_WIDTH)
      this.changedEntries.set(index, Buffer.concat(this.bundle.entries));
  }

  private keep(level: number, index: number, hash: Hash): void {
    const tileIndex = Math.floor(index / TILE_WIDTH);
    let tile = this.tiles.get(level);
    if (tile?.index !== tileIndex) {
      tile = { index: tileIndex, hashes: [] };
      this.tiles.set(level, tile);
    }
    tile.hashes.push(hash);
    if (tile.hashes.length === TILE_WIDTH) this.note(level, tile);
  }

  private note(level: number, { index, hashes }: { index: number; hashes: Hash[] }): void {
    if (hashes.length > 0)
      this.changed.set(`${level}/${index}`, { level, index, bytes: Buffer.concat(hashes) });
  }

  private async write(
    client: Client,
    ballots: readonly (PlacedBallot & { leaf: number })[],
    freezes: readonly { scrutinId: string; leaf: number }[],
  ): Promise<void> {
    for (const [level, tile] of this.tiles) this.note(level, tile);
    const { index, entries } = this.bundle;
    if (entries.length > 0) this.changedEntries.set(index, Buffer.concat(entries));
    const tiles = [...this.changed.values()];
    await client.query(
      `insert into transparency.tiles (level, index, hashes) select * from unnest($1::int[], $2::bigint[], $3::bytea[])
         on conflict (level, index) do update set hashes = excluded.hashes`,
      [tiles.map(({ level }) => level), tiles.map((tile) => tile.index), tiles.map(({ bytes }) => bytes)],
    );
    await client.query(
      `insert into transparency.entries (index, entries) select * from unnest($1::bigint[], $2::bytea[])
         on conflict (index) do update set entries = excluded.entries`,
      [[...this.changedEntries.keys()], [...this.changedEntries.values()]],
    );
    await client.query(
      `insert into transparency.ballots (scrutin_id, reference, leaf) select * from unnest($1::uuid[], $2::text[], $3::bigint[])
         on conflict do nothing`,
      [
        ballots.map(({ scrutinId }) => scrutinId),
        ballots.map(({ reference }) => reference),
        ballots.map(({ leaf }) => leaf),
      ],
    );
    for (const { scrutinId, leaf } of freezes) {
      await client.query('insert into transparency.freezes values ($1, $2) on conflict do nothing', [
        scrutinId,
        leaf,
      ]);
    }
  }
}

function cut(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}
