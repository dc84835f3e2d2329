import { CompactTree } from '../crypto/merkle-tree.js';
import {
  consistencyPath,
  inclusionPath,
  completeSubtrees,
  foldRight,
  type Hash,
  type LeafRange,
  type NodeId,
} from '../crypto/merkle.js';
import { entryBundle, hashFromTile, placeOf, TILE_WIDTH, type TileId } from '../crypto/tiles.js';
import type { Position } from '../ledger/event-store.js';
import type { Database, Queryable } from '../storage/database.js';

/** How far the tree is. */
export interface LogState {
  readonly position: Position | undefined;
  readonly events: number;
  readonly size: number;
  readonly frontier: readonly Hash[];
}

/** A ballot whose reference begins with the digits that were asked for. */
export interface FoundBallot {
  readonly scrutinId: string;
  readonly reference: string;
  readonly leaf: number;
}

/** More ballots than one answer gives, far above the crowd that its digits are chosen for. */
export const MOST_FOUND = 2_000;

/** Ballots that an answer should hold at least, so that one is not told from the others. */
const CROWD = 16;

/** How many characters of a reference to ask with: each divides the ballots by 64. */
export function digitsFor(ballots: number): number {
  return Math.min(3, Math.max(1, Math.floor(Math.log(Math.max(1, ballots / CROWD)) / Math.log(64))));
}

const AT_ONCE = 16; // proofs made in one step: some 700 hashes each

/** Does a step of long work when it is its turn. */
type Step = <T>(work: () => Promise<T>) => Promise<T>;

/** Reads the published log: tiles, proofs, and where a ballot stands. */
export class LogStore {
  constructor(private readonly database: Database) {}

  async state(tx: Queryable = this.database.pool('transparency')): Promise<LogState> {
    const { rows } = await tx.query<{
      position: Position | null;
      events: number;
      size: number;
      frontier: Buffer;
    }>('select position, events, size, frontier from transparency.log');
    const [row] = rows;
    if (!row) throw new Error('the transparency log has no row: its migration must insert one');
    const { frontier } = row;
    const hashes = Array.from({ length: frontier.length / 32 }, (_, i) =>
      frontier.subarray(i * 32, i * 32 + 32),
    );
    return { position: row.position ?? undefined, events: row.events, size: row.size, frontier: hashes };
  }

  /** The root of the whole tree, with its size. */
  async root(): Promise<{ size: number; root: Hash }> {
    const { size, frontier } = await this.state();
    return { size, root: CompactTree.resume(size, frontier).root() };
  }

  /** The bytes of a tile; undefined when the log is not that far. */
  async tile({ level, index, width }: TileId): Promise<Uint8Array | undefined> {
    const table = level === 'entries' ? 'entries' : 'tiles';
    const { rows } = await this.database
      .pool('transparency')
      .query<{ bytes: Buffer }>(
        level === 'entries'
          ? 'select entries as bytes from transparency.entries where index = $1'
          : 'select hashes as bytes from transparency.tiles where index = $1 and level = $2',
        level === 'entries' ? [index] : [index, level],
      );
    const bytes = rows[0]?.bytes;
    if (bytes === undefined || bytes.length < width * 32) return undefined;
    const wanted = bytes.subarray(0, width * 32);
    if (table === 'tiles') return wanted;
    return entryBundle(Array.from({ length: width }, (_, i) => wanted.subarray(i * 32, i * 32 + 32)));
  }

  /** The hashes of the leaves of a tile, as far as they are stored. */
  async leafTile(index: number): Promise<Uint8Array> {
    const { rows } = await this.database
      .pool('transparency')
      .query<{ hashes: Buffer }>('select hashes from transparency.tiles where level = 0 and index = $1', [
        index,
      ]);
    return rows[0]?.hashes ?? new Uint8Array();
  }

  /** Proofs that leaves are in the tree of `size` leaves, nearest the leaf first; some at each step. */
  async inclusionProofs(leaves: readonly number[], size: number, step: Step): Promise<Hash[][]> {
    const proofs: Hash[][] = [];
    for (let i = 0; i < leaves.length; i += AT_ONCE) {
      const paths = leaves.slice(i, i + AT_ONCE).map((leaf) => inclusionPath(leaf, size));
      proofs.push(...(await step(() => this.hashesOf(paths))));
    }
    return proofs;
  }

  /** The proof that the tree of `size` begins with that of `old`. */
  async consistencyProof(old: number, size: number): Promise<Hash[]> {
    const [proof = []] = await this.hashesOf([consistencyPath(old, size)]);
    return proof;
  }

  /** The root when the tree had this size. */
  async rootAt(size: number): Promise<Hash> {
    const [[root] = []] = await this.hashesOf([[{ from: 0, to: size }]]);
    return root ?? foldRight([]);
  }

  /** Ballots whose references begin so, in the order of their references. */
  async ballotsBy(prefix: string): Promise<FoundBallot[]> {
    const { rows } = await this.database.pool('transparency').query<{
      scrutin_id: string;
      reference: string;
      leaf: number;
    }>(
      `select scrutin_id, reference, leaf from transparency.ballots
        where reference >= $1 and reference < $1 || chr(127) order by reference, leaf limit ${MOST_FOUND + 1}`,
      [prefix],
    );
    return rows.map(({ scrutin_id, reference, leaf }) => ({ scrutinId: scrutin_id, reference, leaf }));
  }

  /** How many ballots the log has, roughly: the planner's guess, so that asking costs nothing. */
  async ballotCount(): Promise<number> {
    const { rows } = await this.database
      .pool('transparency')
      .query<{ count: number }>(
        'select count(*)::int as count from (select from transparency.ballots limit 70000) found',
      );
    return rows[0]?.count ?? 0;
  }

  /** The leaf of the event that froze this box. */
  async freezeLeaf(scrutinId: string): Promise<number | undefined> {
    const { rows } = await this.database
      .pool('transparency')
      .query<{ leaf: number }>('select leaf from transparency.freezes where scrutin_id = $1', [scrutinId]);
    return rows[0]?.leaf;
  }

  private async hashesOf(paths: readonly (readonly LeafRange[])[]): Promise<Hash[][]> {
    const read = await this.reader(paths.flat().flatMap(completeSubtrees));
    return paths.map((path) => hashesOn(path, read));
  }

  /** Reads the tiles that hold these nodes, in one query. What is asked for twice is hashed once. */
  private async reader(nodes: readonly NodeId[]): Promise<(node: NodeId) => Hash> {
    const wanted = new Map(
      nodes.map((node) => {
        const { level, index } = placeOf(node);
        return [`${level}/${index}`, { level, index }] as const;
      }),
    );
    const places = [...wanted.values()];
    const { rows } = await this.database
      .pool('transparency')
      .query<{ level: number; index: number; hashes: Buffer }>(
        `select level, index, hashes from transparency.tiles
        where (level, index) in (select * from unnest($1::int[], $2::bigint[]))`,
        [places.map(({ level }) => level), places.map(({ index }) => index)],
      );
    const tiles = new Map(rows.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
    const known = new Map<string, Hash>();
    return (node) => {
      const { level, index, from, to } = placeOf(node);
      const name = `${level}/${index}/${from}-${to}`;
      const bytes = tiles.get(`${level}/${index}`);
      if (bytes === undefined || to > TILE_WIDTH) throw new RangeError(`no tile ${level}/${index}`);
      const hash = known.get(name) ?? hashFromTile(bytes, { from, to });
      known.set(name, hash);
      return hash;
    };
  }
}

function hashesOn(path: readonly LeafRange[], read: (node: NodeId) => Hash): Hash[] {
  return path.map((range) => foldRight(completeSubtrees(range).map(read)));
}
