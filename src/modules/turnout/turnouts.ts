import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { listBoxes, type BoxPhase, type BoxRow } from '../../projections/boxes.projection.js';
import { earlierTurnout } from '../../projections/earlier-turnout.projection.js';
import { listElections, type ElectionRow } from '../../projections/elections.projection.js';
import { countElectors } from '../../projections/electors.projection.js';
import { scrutinsOfElection, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { sumTurnout, turnoutOf } from '../../projections/turnout.projection.js';
import { Database } from '../../storage/database.js';
import { earlierAt, parseEarlierTurnout, type EarlierLine } from './earlier-turnout.js';
import { hoursOf, type HourFigure } from './figures.js';
import { FileEarlierTurnout } from './turnout.commands.js';
import { UnitTurnout, type UnitFigures } from './unit-turnout.js';

/** One scrutin in a list. */
export interface ScrutinFigures {
  readonly scrutinId: string;
  readonly title: string;
  readonly code: string | undefined;
  readonly phase: BoxPhase | 'sealed';
  readonly electors: number;
  readonly votes: number;
  /** At the same hour of an earlier election, where it was imported. */
  readonly earlier: { readonly electors: number; readonly votes: number } | undefined;
}

/** The turnout of an election, of all scrutins together and of each. Nothing of choices is known here. */
export interface ElectionFigures {
  readonly electionId: string;
  readonly title: string;
  /** Changes with every vote: what an open page waits for. */
  readonly pulse: number;
  /** When it was read. */
  readonly at: Date;
  readonly electors: number;
  readonly votes: number;
  readonly hours: readonly HourFigure[];
  readonly scrutins: readonly ScrutinFigures[];
  readonly earlier: { readonly electors: number; readonly votes: number } | undefined;
  /** Votes of the earlier election up to the end of each of `hours`. */
  readonly earlierHours: readonly (number | undefined)[];
}

const FEW = 20_000; // electors whose units are counted within a second
const HOUR = 3_600_000;

/** Who has voted, how many and when (F103, F106): for administrators, boards and auditors. */
@Injectable()
export class Turnouts {
  /** Parsed files, by their hash. */
  private readonly files = new Map<string, readonly EarlierLine[]>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly documents: Documents,
    private readonly commands: CommandBus,
    private readonly units: UnitTurnout,
  ) {}

  elections(): Promise<ElectionRow[]> {
    return listElections(this.register);
  }

  /** All scrutins of an election that are held here; undefined when there is no such election. */
  async ofElection(electionId: string): Promise<ElectionFigures | undefined> {
    const election = (await this.elections()).find((one) => one.electionId === electionId);
    if (!election) return undefined;
    const scrutins = (await scrutinsOfElection(this.register, electionId)).filter(
      ({ held }) => held === 'here',
    );
    const ids = scrutins.map(({ scrutinId }) => scrutinId);
    const [boxes, sums, lines] = await Promise.all([
      listBoxes(this.register, electionId),
      sumTurnout(this.register, ids),
      this.earlierLines(electionId),
    ]);
    const at = new Date(this.clock.now());
    const rows = await this.rowsOf(scrutins, boxes, sums.byScrutin, { lines, at });
    const hours = hoursOf(sums.byHour);
    const opensAt = boxes[0]?.opensAt;
    const before = (end: Date) =>
      opensAt && lines ? earlierAt(lines, hoursBetween(opensAt, end)) : undefined;
    return {
      electionId,
      title: election.title,
      pulse: pulseOf(boxes),
      at,
      electors: rows.reduce((sum, { electors }) => sum + electors, 0),
      votes: rows.reduce((sum, { votes }) => sum + votes, 0),
      hours,
      scrutins: rows,
      earlier: before(at),
      earlierHours: hours.map(({ hour }) => before(new Date(hour.getTime() + HOUR))?.votes),
    };
  }

  /** One scrutin by hour and by unit; undefined when it is not of this election. */
  async ofScrutin(
    electionId: string,
    scrutinId: string,
  ): Promise<
    | {
        figures: ScrutinFigures;
        hours: readonly HourFigure[];
        units: UnitFigures | undefined;
        at: Date;
        pulse: number;
      }
    | undefined
  > {
    const whole = await this.ofElection(electionId);
    const figures = whole?.scrutins.find((one) => one.scrutinId === scrutinId);
    if (!whole || !figures) return undefined;
    const hours = hoursOf(await turnoutOf(this.register, [scrutinId]));
    return {
      figures,
      hours,
      units: await this.units.of(scrutinId, patienceFor(figures)),
      at: whole.at,
      pulse: whole.pulse,
    };
  }

  /** A number that changes whenever a vote is shown: what a page that is open waits for. */
  async pulse(electionId: string): Promise<number> {
    return pulseOf(await listBoxes(this.register, electionId));
  }

  /** Files the turnout of an earlier election, to compare with. A later file replaces it. */
  async fileEarlier(electionId: string, csv: string, staffId: string): Promise<void> {
    parseEarlierTurnout(csv);
    const file = await this.documents.put(Buffer.from(csv), 'text/csv; charset=utf-8', 'restricted');
    await this.commands.execute(new FileEarlierTurnout(electionId, file, staffId));
  }

  private async rowsOf(
    scrutins: readonly ScrutinRow[],
    boxes: readonly BoxRow[],
    votes: ReadonlyMap<string, number>,
    { lines, at }: { lines: readonly EarlierLine[] | undefined; at: Date },
  ): Promise<ScrutinFigures[]> {
    const opened = new Map(boxes.map((box) => [box.scrutinId, box]));
    const unopened = scrutins.map(({ scrutinId }) => scrutinId).filter((id) => !opened.has(id));
    const counts = await countElectors(this.register, unopened);
    return scrutins.map(({ scrutinId, title, code }) => {
      const box = opened.get(scrutinId);
      const names = code === undefined ? [title] : [title, code];
      return {
        ...{ scrutinId, title, code },
        phase: box?.phase ?? 'sealed',
        electors: box?.electors ?? counts.get(scrutinId) ?? 0,
        votes: votes.get(scrutinId) ?? 0,
        earlier: box && lines ? earlierAt(lines, hoursBetween(box.opensAt, at), names) : undefined,
      };
    });
  }

  private async earlierLines(electionId: string): Promise<readonly EarlierLine[] | undefined> {
    const file = await earlierTurnout(this.register, electionId);
    if (file === undefined) return undefined;
    const known = this.files.get(file);
    if (known) return known;
    const document = await this.documents.get(file);
    if (!document) return undefined;
    const lines = parseEarlierTurnout(document.content.toString());
    this.files.set(file, lines);
    return lines;
  }

  private get register() {
    return this.database.pool('register');
  }
}

function hoursBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / HOUR);
}

function pulseOf(boxes: readonly BoxRow[]): number {
  return boxes.reduce((sum, { votes }) => sum + votes, 0);
}

/** Milliseconds for which a page waits for its first figures by unit: those of many electors come later. */
function patienceFor({ electors }: ScrutinFigures): number {
  return electors <= FEW ? 1_500 : 0;
}
