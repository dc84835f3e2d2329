import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { sha256Base64 } from '../../crypto/digest.js';
import { Log } from '../../operations/log.js';
import { Metrics } from '../../operations/metrics.js';
import { talliesIn } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { Rechecker } from '../../verification/rechecker.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';

/** How far a box was verified again, and what was found. */
export interface Rechecked {
  readonly ballots: number;
  readonly revision: number;
  /** References of ballots of the box that libsodium refuses. */
  readonly disputed: readonly string[];
}

/** Ballots were counted as valid that libsodium refuses: the box is not frozen (docs/adr/0026). */
export class Disputed extends Error {
  constructor(readonly references: readonly string[]) {
    super(`${references.length} ballots of the box are refused by libsodium`);
    this.name = 'Disputed';
  }
}

/** Ballots given to a thread at once: a second or so. */
const PORTION = 100;
/** Portions under way at once. */
const AHEAD = 8;

/**
 * Verifies every ballot of a box a second time, by libsodium, while voting goes on: the kernel is never believed alone.
 * All ballots are, whatever this instance is set to, because another one may have taken them. What was verified lives in
 * memory, as with running tallies: an instance that takes over begins at the first ballot, and the freeze waits for it.
 */
@Injectable()
export class Rechecking implements OnApplicationShutdown {
  private readonly known = new Map<string, Promise<Rechecked>>();
  private readonly rechecker = new Rechecker();

  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly database: Database,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Goes on with every open box. */
  async tend(signal: AbortSignal): Promise<void> {
    for (const { scrutinId } of await talliesIn(this.database.pool('register'), ['open'])) {
      if (signal.aborted) return;
      await this.advance(scrutinId, signal);
    }
  }

  /** Verifies what came in since the last time; when told to stop, a part of it. */
  advance(scrutinId: string, signal?: AbortSignal): Promise<Rechecked> {
    const before = this.known.get(scrutinId) ?? Promise.resolve({ ballots: 0, revision: -1, disputed: [] });
    const next = before.then((rechecked) => this.addNew(scrutinId, rechecked, signal));
    this.known.set(scrutinId, next);
    next.catch(() => {
      if (this.known.get(scrutinId) === next) this.known.set(scrutinId, before); // once more what was cut short
    });
    return next;
  }

  /** Rejects with `Disputed` unless every ballot that is in the box now is valid by libsodium too. */
  async require(scrutinId: string): Promise<void> {
    const { disputed } = await this.advance(scrutinId);
    if (disputed.length > 0) throw new Disputed(disputed);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rechecker.close();
  }

  private async addNew(scrutinId: string, before: Rechecked, signal?: AbortSignal): Promise<Rechecked> {
    const { opened } = await this.boxes.of(scrutinId);
    const election = await this.boards.text(opened.electionFile);
    let { ballots, revision } = before;
    const found: string[] = [];
    const underWay = new Set<Promise<void>>();
    const check = (portion: readonly string[]) => {
      const one = this.rechecker.refused({ election, ballots: portion }).then((places) => {
        for (const place of places) found.push(sha256Base64(portion[place] as string));
        ballots += portion.length;
        underWay.delete(one);
      });
      one.catch(() => undefined); // told when all are awaited
      underWay.add(one);
    };
    let portion: string[] = [];
    try {
      for await (const { event, revision: at } of this.boxes.events(scrutinId, revision)) {
        revision = at;
        if (event.type !== 'VotesCast') continue;
        portion.push(...event.data.ballots);
        if (portion.length < PORTION) continue;
        check(portion);
        portion = [];
        if (underWay.size >= AHEAD) await Promise.race(underWay);
        if (signal?.aborted) break;
      }
      if (portion.length > 0) check(portion);
    } finally {
      await Promise.all(underWay);
    }
    if (found.length > 0) this.alarm(scrutinId, found);
    return { ballots, revision, disputed: [...before.disputed, ...found] };
  }

  /** References are of ballots, and say nothing of electors. */
  private alarm(scrutinId: string, references: readonly string[]): void {
    this.metrics.ballotsDisputed(references.length);
    this.log.pino.fatal(
      { scrutinId, references },
      'ballots of a box are refused by libsodium: it is not frozen',
    );
  }
}
