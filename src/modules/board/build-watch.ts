import { Injectable } from '@nestjs/common';
import { CountedSoftware, type Software } from '../../documents/counted-software.js';
import { Clock } from '../../ledger/clock.js';
import { Log } from '../../operations/log.js';
import { Metrics } from '../../operations/metrics.js';
import { Readiness } from '../../operations/readiness.js';
import { unfinishedBoards, type UnfinishedBoard } from '../../projections/boards.projection.js';
import { Database } from '../../storage/database.js';
import { Build } from './build.js';

const READ_AGAIN = 60_000; // milliseconds between two looks at every file
const HANDOVER = 15_000; // milliseconds in which instances of another booth come in before the others go

/** A board for which other software counts than this instance runs. */
export interface Difference {
  readonly boardId: string;
  readonly electionId: string;
  readonly title: string;
  readonly counts: Software;
}

/** Compares the software that runs with the one that counts, from the seal of each board to its results (DH-5). */
@Injectable()
export class BuildWatch {
  private changed = false;
  private readAt = -Infinity; // by performance.now()
  private said = '';
  /** How many boards other software counts for, as the last round found. */
  private different = 0;

  constructor(
    private readonly build: Build,
    private readonly counted: CountedSoftware,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
    readiness: Readiness,
  ) {
    readiness.register('software', () => Promise.resolve(this.problem()));
    // Without a database nothing can be compared, and that is said elsewhere.
    readiness.register('booth', () => this.betterElsewhere().catch(() => undefined), 'serving');
  }

  /** One round: says what runs here, and raises the alarm or takes it back. */
  async look(): Promise<void> {
    if (performance.now() - this.readAt >= READ_AGAIN) {
      this.changed = await this.build.changed();
      this.readAt = performance.now();
    }
    if (!this.changed) await this.say(this.build.running());
    const different = await this.differences();
    this.different = different.length;
    this.metrics.softwareDiffers(this.different);
    const boards = different.map(({ boardId }) => boardId);
    const found = JSON.stringify([this.changed, boards]);
    if (found === this.said) return;
    const { changed } = this;
    if (boards.length > 0)
      this.log.pino.error(
        { ...this.build.running(), changed, boards },
        'other software runs than counts for these boards',
      );
    else if (this.said !== '') this.log.pino.info('the software that runs is the one that counts');
    this.said = found;
  }

  /** The boards for which other software counts. All of them when files were exchanged under this process. */
  async differences(): Promise<Difference[]> {
    const running = this.build.running();
    const found: Difference[] = [];
    for (const board of await this.unfinished()) {
      const { boardId, electionId, title, counts } = board;
      if (this.changed || !same(counts, running)) found.push({ boardId, electionId, title, counts });
    }
    return found;
  }

  /** What pages say of an election, or of all; undefined while the software that runs is the one that counts. */
  async alarm(electionId?: string): Promise<{ readonly booth: boolean } | undefined> {
    const different = (await this.differences()).filter(
      (one) => electionId === undefined || one.electionId === electionId,
    );
    const booth = different.some(({ counts }) => counts.booth !== this.build.booth());
    return different.length === 0 ? undefined : { booth };
  }

  /** Boards between seal and results, with what counts for each. */
  async unfinished(): Promise<(UnfinishedBoard & { readonly counts: Software })[]> {
    const boards = await unfinishedBoards(this.database.pool('register'));
    return Promise.all(
      boards.map(async (board) => ({ ...board, counts: (await this.counted.of(board)) as Software })),
    );
  }

  /** What the instances of this deployment are made of, as each has said within half a minute. */
  async live(): Promise<Software[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<Software>(
        `select build, booth from vault.running_builds where seen_at > now() - interval '30 seconds' order by build, booth`,
      );
    return rows;
  }

  /** What this instance runs, and whether its files were exchanged meanwhile. */
  here(): Software & { readonly changed: boolean } {
    return { ...this.build.running(), changed: this.changed };
  }

  private async say({ build, booth }: Software): Promise<void> {
    await this.database.pool('vault').query(
      `with gone as (delete from vault.running_builds where seen_at < now() - interval '1 day')
       insert into vault.running_builds (build, booth, seen_at) values ($1, $2, now())
       on conflict (build, booth) do update set seen_at = excluded.seen_at`,
      [build, booth],
    );
  }

  private problem(): string | undefined {
    if (this.different === 0) return undefined;
    if (this.changed)
      return 'the files of this instance are not those that it was started from: start it again';
    return `this instance runs build ${this.build.software()}, and other software counts for ${this.different} board(s)`;
  }

  /**
   * Keeps electors from an instance whose booth is not the one that counts, while another one serves that booth. Where none
   * does, requests come: the pages of the board are needed, and the booth refuses by itself.
   */
  private async betterElsewhere(): Promise<string | undefined> {
    const voting = (await this.unfinished()).filter((board) => board.voting);
    const [booth, ...others] = new Set(voting.map(({ counts }) => counts.booth));
    if (booth === undefined || others.length > 0 || booth === this.build.booth()) return undefined;
    const decided = Math.max(...voting.map(({ replaced }) => replaced?.at.getTime() ?? 0));
    if (Date.parse(this.clock.now()) - decided < HANDOVER) return undefined;
    const elsewhere = (await this.live()).some((one) => one.booth === booth);
    return elsewhere ? 'the booth that counts is served by another instance' : undefined;
  }
}

/** Whether both are one release. */
export function same(one: Software, other: Software): boolean {
  return one.build === other.build && one.booth === other.booth;
}
