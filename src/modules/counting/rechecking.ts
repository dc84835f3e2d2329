import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { parseElection } from '../../crypto/election.js';
import { serverGroup } from '../../crypto/server-groups.js';
import type { StoredEvent } from '../../ledger/event-store.js';
import { Log } from '../../operations/log.js';
import { Metrics } from '../../operations/metrics.js';
import { RecheckedBoxes, type FoundRow, type Rechecked } from '../../vault/rechecked-boxes.js';
import { Rechecker } from '../../verification/rechecker.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { portionsOf } from './portions.js';
import { Progress } from './recheck-progress.js';

/** Ballots were counted as valid that libsodium refuses: the box is not frozen (docs/adr/0026). */
export class Disputed extends Error {
  constructor(
    readonly refused: number,
    readonly references: readonly string[],
  ) {
    super(`${refused} ballots of the box are refused by libsodium`);
    this.name = 'Disputed';
  }
}

/** What was added up during the vote is not the sum from the first ballot: no tally is stated (docs/adr/0026). */
export class Contradicted extends Error {
  constructor(readonly revision: number) {
    super(`the tally kept up to revision ${revision} of the box is not the sum from its first ballot`);
    this.name = 'Contradicted';
  }
}

/** Another instance moved the row of this box: what was verified since is verified again from there. */
class Moved extends Error {}

/** Portions under way at once, for each thread. */
const AHEAD = 2;
/** Milliseconds of work that a crash may cost. */
const EVERY = 2_000;

/**
 * Verifies every ballot of a box a second time, by libsodium, and adds it up, while voting goes on: the kernel is never
 * believed alone, and neither is the sum that the count comes to. All ballots are, whatever this instance is set to,
 * because another one may have taken them. How far it came is written down, so that any instance goes on from there, and
 * a freeze waits for the last votes only.
 */
@Injectable()
export class Rechecking implements OnApplicationShutdown {
  private readonly rechecker = new Rechecker();
  /** scrutin -> what this instance does with it now: one thing after the other */
  private readonly turns = new Map<string, Promise<unknown>>();
  /** scrutin -> seal of the row that this instance knows to be of this ledger */
  private readonly known = new Map<string, string>();
  /** scrutin -> refused ballots that this instance has told of */
  private readonly told = new Map<string, number>();

  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly rows: RecheckedBoxes,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Goes on with every open box. */
  async tend(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (const scrutinId of await this.rows.toTend()) {
      if (signal.aborted) return;
      await this.advance(scrutinId, signal).catch((error: unknown) => failures.push(error)); // others go on
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Verifies what came in since the last time; when told to stop, a part of it. */
  advance(scrutinId: string, signal?: AbortSignal): Promise<Rechecked> {
    const before = this.turns.get(scrutinId) ?? Promise.resolve();
    const turn = before.then(async () => {
      for (;;) {
        try {
          return await this.goOn(scrutinId, signal);
        } catch (error) {
          if (!(error instanceof Moved)) throw error;
        }
      }
    });
    this.turns.set(
      scrutinId,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** Rejects with `Disputed` unless every ballot that is in the box now is valid by libsodium too. */
  async require(scrutinId: string): Promise<void> {
    const { refused, disputed } = await this.advance(scrutinId);
    if (refused > 0) throw new Disputed(refused, disputed);
  }

  /**
   * What is written down of a frozen box, whose last ballot was verified before the freeze; undefined when nothing is. Rejects
   * with `Contradicted` when it is not ours, or was contradicted already.
   */
  async kept(scrutinId: string): Promise<Rechecked | undefined> {
    const found = await this.rows.find(scrutinId);
    if (!found) {
      this.log.pino.warn(
        { scrutinId },
        'nothing is written down of a frozen box: its tally is compared with none',
      );
      return undefined;
    }
    if (found.contradicted) throw new Contradicted(found.revision);
    const { electionFile } = await this.boxes.opened(scrutinId);
    const rechecked = await this.usable(scrutinId, electionFile, found);
    if (!rechecked) return this.contradict(scrutinId, found.revision);
    return rechecked;
  }

  /** Says on the pages, in the log and by `Contradicted` that what was kept up is not the sum from the first ballot. */
  async contradict(scrutinId: string, revision: number): Promise<never> {
    await this.rows.contradict(scrutinId, revision);
    const contradicted = new Contradicted(revision);
    this.log.pino.fatal({ scrutinId, revision }, `${contradicted.message}: no tally is stated`);
    throw contradicted;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rechecker.close();
  }

  private async goOn(scrutinId: string, signal: AbortSignal | undefined): Promise<Rechecked> {
    const { electionFile } = await this.boxes.opened(scrutinId);
    const election = parseElection(await this.boards.text(electionFile));
    const found = await this.rows.find(scrutinId);
    const rechecked = found && (await this.usable(scrutinId, electionFile, found));
    const progress = Progress.of(await serverGroup(election.group), election, electionFile, rechecked);
    let [seal, saved, savedAt] = [found?.seal, progress.revision, performance.now()];
    const save = async () => {
      if (progress.revision === saved) return;
      seal = await this.rows.move(scrutinId, seal, progress.at);
      if (!seal) throw new Moved();
      this.known.set(scrutinId, seal.toString('hex'));
      [saved, savedAt] = [progress.revision, performance.now()];
    };
    try {
      for await (const portion of portionsOf(this.boxes.stored(scrutinId, progress.revision + 1))) {
        const events = portion.map(({ type, data }) => ({ type, data }));
        progress.await(
          portion.at(-1) as StoredEvent,
          this.rechecker.check({ election: election.raw, events }),
        );
        if (signal?.aborted) break;
        if (progress.underWay < AHEAD * this.rechecker.threads) continue;
        await progress.next();
        if (performance.now() - savedAt > EVERY) await save();
      }
      while (progress.underWay > 0 && !signal?.aborted) await progress.next();
    } finally {
      this.alarm(scrutinId, progress.at);
    }
    await save();
    return progress.at;
  }

  /** What a row says, if it is sealed by us, of this election file, and of the ledger that is there now. */
  private async usable(
    scrutinId: string,
    electionFile: string,
    { seal, rechecked }: FoundRow,
  ): Promise<Rechecked | undefined> {
    if (this.known.get(scrutinId) === seal.toString('hex')) return rechecked;
    const event = rechecked && (await this.boxes.at(scrutinId, rechecked.revision));
    if (rechecked?.electionFile === electionFile && event?.id === rechecked.eventId) {
      this.known.set(scrutinId, seal.toString('hex'));
      return rechecked;
    }
    this.log.pino.error(
      { scrutinId },
      'what says how far a box was verified again is not of this box: it is verified from the first ballot',
    );
    return undefined;
  }

  /** Once for each ballot and instance, also for what another one found. References say nothing of electors. */
  private alarm(scrutinId: string, { refused, disputed }: Rechecked): void {
    const fresh = refused - (this.told.get(scrutinId) ?? 0);
    if (fresh <= 0) return;
    this.told.set(scrutinId, refused);
    this.metrics.ballotsDisputed(fresh);
    this.log.pino.fatal(
      { scrutinId, refused, references: disputed },
      'ballots of a box are refused by libsodium: it is not frozen',
    );
  }
}
