import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoxEvent } from '../../events/box.events.js';
import { decode } from '../../events/codec.js';
import { Clock } from '../../ledger/clock.js';
import { EventStore } from '../../ledger/event-store.js';
import { sealedScrutins } from '../../projections/boards.projection.js';
import { findBoxes, type BoxPhase } from '../../projections/boxes.projection.js';
import { countReassorts, isUnusual, type ReassortCount } from '../../projections/reassorts.projection.js';
import { scrutinsOfBoard } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { Transparency } from '../../transparency/transparency.js';
import { RecheckedBoxes, type Dispute } from '../../vault/rechecked-boxes.js';

/** One scrutin as its board controls it (CGFP 542, 569): counters, roots and nothing of a choice. */
export interface ControlledScrutin {
  readonly scrutinId: string;
  readonly title: string;
  /** Undefined before the opening. */
  readonly phase: BoxPhase | undefined;
  readonly roll: { readonly count: number; readonly root: string } | undefined;
  readonly credentials: { readonly count: number; readonly root: string } | undefined;
  /** How many ballots the box holds and how many have signed, each counted on its own side. */
  readonly ballots: number;
  readonly signatures: number;
  readonly batches: number;
  /** Batches with fewer votes than hide each other. */
  readonly thinBatches: number;
  readonly reassorts: ReassortCount | undefined;
  readonly unusual: boolean;
  /** Roots of box and register, once frozen. */
  readonly frozen: { readonly boxRoot: string; readonly registerRoot: string } | undefined;
}

/** The signed root of the log that was published last. */
export interface PublishedRoot {
  readonly size: number;
  readonly root: string;
}

const LOOKS = 5;
const BETWEEN = 300; // milliseconds

/** What a board controls at will (CGFP 542). */
@Injectable()
export class BoardControl {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly transparency: Transparency,
    private readonly clock: Clock,
    private readonly rechecked: RecheckedBoxes,
  ) {}

  /** The scrutins of a board. */
  async scrutins(boardId: string): Promise<ControlledScrutin[]> {
    const register = this.database.pool('register');
    const scrutins = (await scrutinsOfBoard(register, boardId)).filter(({ held }) => held === 'here');
    const ids = scrutins.map(({ scrutinId }) => scrutinId);
    const [sealed, boxes, reassorts, counted] = await Promise.all([
      sealedScrutins(register, ids),
      findBoxes(register, ids),
      countReassorts(register, ids),
      this.counted(ids),
    ]);
    return Promise.all(
      scrutins.map(async ({ scrutinId, title }) => {
        const box = boxes.find((one) => one.scrutinId === scrutinId);
        const seal = sealed.find((one) => one.scrutinId === scrutinId);
        const again = reassorts.get(scrutinId);
        const over = box !== undefined && box.phase !== 'open' && box.phase !== 'suspended';
        return {
          scrutinId,
          title,
          phase: box?.phase,
          roll: seal?.roll,
          credentials: seal?.credentials,
          ballots: counted.ballots.get(scrutinId) ?? 0,
          signatures: counted.signatures.get(scrutinId) ?? 0,
          batches: box?.batches ?? 0,
          thinBatches: box?.thinBatches ?? 0,
          reassorts: again,
          unusual: isUnusual(again?.completed ?? 0, seal?.roll.count ?? 0),
          frozen: over ? await this.frozen(scrutinId) : undefined,
        };
      }),
    );
  }

  /** The scrutins whose box holds ballots that libsodium refuses, or whose tally is contradicted. */
  async disputes(
    scrutins: readonly Pick<ControlledScrutin, 'scrutinId' | 'title'>[],
  ): Promise<({ title: string } & Dispute)[]> {
    const found = await this.rechecked.disputesIn(scrutins.map(({ scrutinId }) => scrutinId));
    return scrutins.flatMap(({ scrutinId, title }) => {
      const one = found.get(scrutinId);
      return one ? [{ title, ...one }] : [];
    });
  }

  /** The newest checkpoint, whose note anybody can read at /transparence/checkpoint. */
  root(): Promise<PublishedRoot | undefined> {
    return this.transparency.checkpoints.latest();
  }

  /** Who of these is signed in now. */
  async present(staffIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ owner: string }>(
        'select distinct owner from vault.sessions where owner = any ($1) and expires_at > $2',
        [staffIds, this.clock.now()],
      );
    return new Set(rows.map(({ owner }) => owner));
  }

  /** How many changes of a box wait for a second person. */
  async boxRequests(scrutinIds: readonly string[]): Promise<number> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ waiting: number }>(
        'select count(*)::int as waiting from vault.box_requests where scrutin_id = any ($1)',
        [scrutinIds],
      );
    return rows[0]?.waiting ?? 0;
  }

  /** Both sides are read models of their own: while votes come in one may be a moment ahead of the other. */
  private async counted(ids: readonly string[]) {
    for (let look = 1; ; look++) {
      const [ballots, signatures] = await Promise.all([
        this.count('box', 'read_box.ballots', ids),
        this.count('register', 'read_register.register', ids),
      ]);
      const agree = ids.every((id) => ballots.get(id) === signatures.get(id));
      if (agree || look === LOOKS) return { ballots, signatures };
      await sleep(BETWEEN);
    }
  }

  private async count(
    role: 'box' | 'register',
    table: 'read_box.ballots' | 'read_register.register',
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.database
      .pool(role)
      .query<{ scrutin_id: string; rows: number }>(
        `select scrutin_id, count(*)::int as rows from ${table} where scrutin_id = any ($1) group by scrutin_id`,
        [ids],
      );
    return new Map(rows.map(({ scrutin_id, rows: number }) => [scrutin_id, number]));
  }

  /** From the last events of a box: its freeze is among them. */
  private async frozen(scrutinId: string): Promise<ControlledScrutin['frozen']> {
    for await (const { type, data } of this.store.readStream(`box-${scrutinId}`, {
      direction: 'backwards',
    })) {
      const event = decode(type, data) as BoxEvent;
      if (event.type !== 'BoxFrozen') continue;
      const { boxRoot, registerRoot } = event.data;
      return { boxRoot, registerRoot };
    }
    return undefined;
  }
}
