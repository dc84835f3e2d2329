/** The boxes of a bundle: what was cast in each, what was counted of it, and what its archive must hold. */
import { listIdOf, titleOf } from '../crypto/answers.js';
import { tallyHash, type AuditedTally } from '../crypto/audited-tallies.js';
import type { Poll } from '../crypto/election.js';
import type { KeyHolders } from '../crypto/key-holders.js';
import type { EventOf, LedgerEvent } from '../events/codec.js';
import type { ArchiveParts } from './archive-check.js';
import type { Archives } from './archives.js';
import type { BallotPool } from './ballot-pool.js';
import { BoxCheck } from './box-check.js';
import type { Findings } from './claims.js';
import { CountCheck } from './count-check.js';
import { DiscrepancyCheck } from './discrepancy-check.js';
import type { Documents } from './documents.js';
import type { ElectionCheck } from './election-check.js';
import type { Stage } from './finish-check.js';
import { MinutesCheck } from './minutes-check.js';
import { checkResult } from './result-check.js';

/** One result that was proclaimed. */
export interface ScrutinResult {
  readonly scrutinId: string;
  readonly title: string;
  readonly ballots: number;
  readonly votes: readonly {
    readonly listId: string;
    readonly title: string;
    readonly votes: number;
    readonly seats: number;
  }[];
  readonly blank: number;
  /** The board stated that names, signatures and ballots do not agree. */
  readonly discrepancy: boolean;
}

interface Box {
  readonly check: BoxCheck;
  readonly count: CountCheck;
  readonly discrepancy: DiscrepancyCheck;
  readonly minutes: MinutesCheck;
  poll: Promise<{ poll: Poll; holders: KeyHolders | undefined } | undefined> | undefined;
  readonly work: Promise<void>[];
  /** Of its lists, as on the ballot. */
  titles: ReadonlyMap<string, string>;
}

/** What boxes are checked with. */
interface Checks {
  readonly found: Findings;
  readonly documents: Documents;
  readonly elections: ElectionCheck;
  readonly archives: Archives;
  readonly pool: BallotPool;
}

export class Boxes {
  private readonly boxes = new Map<string, Box>();

  constructor(private readonly checks: Checks) {}

  /** How many are counted, their minutes signed. */
  get counted(): number {
    return [...this.boxes.values()].filter(({ minutes }) => minutes.isSigned).length;
  }

  async event(event: EventOf<'box'>, place: string): Promise<void> {
    const { scrutinId } = event.data;
    if (event.type === 'BoxOpened') {
      if (this.boxes.has(scrutinId)) return; // the grammar says so
      this.checks.elections.opened(event.data, place);
      const check = new BoxCheck(this.checks.found, event.data, place);
      this.boxes.set(scrutinId, {
        check,
        count: new CountCheck(this.checks.found),
        discrepancy: new DiscrepancyCheck(this.checks.found),
        minutes: new MinutesCheck(this.checks.found, event.data),
        poll: undefined,
        work: [],
        titles: new Map(),
      });
    }
    const box = this.boxes.get(scrutinId);
    if (!box) return;
    box.check.time(event.data.at, place);
    box.count.event(event, place);
    if (event.type === 'BoxExtended') box.check.extended(event.data, place);
    if (event.type === 'VotesCast') await this.votes(box, event, place);
    if (event.type === 'BoxFrozen') box.check.freeze(event.data, place);
    if (event.type === 'BoxSuspended' || event.type === 'BoxResumed' || event.type === 'BoxExtended')
      this.measure(event.data, box.check.opened.boardId, place);
    if (event.type === 'DiscrepancyStated') {
      const { seats } = this.checks.elections.boards.get(box.check.opened.boardId) ?? {};
      box.discrepancy.state(event.data, place, box.check.frozen, seats);
    }
    if (event.type === 'RegisterKeyDestroyed') box.discrepancy.keyDestroyed(place);
    box.minutes.event(event, place, this.checks.elections);
  }

  /** Measures during the vote are the board's: one of the two who decide is of it. */
  private measure(
    { staffIds }: { readonly staffIds: readonly string[] },
    boardId: string,
    place: string,
  ): void {
    const { people } = this.checks.elections.boards.get(boardId) ?? {};
    const ofBoard = staffIds.some((staffId) => people?.has(staffId));
    this.checks.found.require('streams-follow-the-grammar', ofBoard, place, 'by nobody of the board');
  }

  private async votes(
    box: Box,
    { data }: Extract<LedgerEvent, { type: 'VotesCast' }>,
    place: string,
  ): Promise<void> {
    this.readLists(box);
    const references = box.check.votes(data, place);
    const election = this.checks.documents.text(box.check.opened.electionFile);
    if (election === undefined) {
      this.checks.found.fail(
        'every-ballot-has-valid-proofs',
        place,
        'the election file is not in the bundle',
      );
      return;
    }
    box.poll ??= this.checks.elections.poll(box.check.opened, box.check.place);
    const opened = await box.poll;
    if (!opened) return;
    const work = this.checks.pool.check({ election, ballots: data.ballots }).then(({ ballots, sum }) => {
      for (const [i, ballot] of ballots.entries())
        box.check.ballot(ballot, `${place}.${references[i] ?? ''}`);
      const read = ballots.filter(({ halves }) => halves !== undefined).length;
      if (read > 0) box.count.add(opened.poll, sum, read);
    });
    box.work.push(work);
    if (this.checks.pool.busy) await Promise.race([work, box.work.at(-8)]);
    if (box.work.length > 64) await Promise.all(box.work.splice(0, 32));
  }

  /** The roll and the initial credentials, once their files have come. */
  private readLists({ check }: Box): void {
    const { rollFile, credentialsFile } = check.opened;
    const [roll, credentials] = [
      this.checks.documents.text(rollFile),
      this.checks.documents.text(credentialsFile),
    ];
    if (check.initial === undefined && credentials !== undefined) check.takeList('credentials', credentials);
    if (roll !== undefined) {
      check.takeList('roll', roll);
      this.checks.documents.forget(rollFile);
    }
  }

  /** At the end of the bundle, which is of this time; `reassortsOf` where it shows electors. */
  async end(reassortsOf: ((scrutinId: string) => number) | undefined, now: number): Promise<void> {
    for (const box of this.boxes.values())
      await this.finish(box, { asked: reassortsOf?.(box.check.opened.scrutinId), now });
  }

  private async finish(box: Box, of: { asked: number | undefined; now: number }): Promise<void> {
    const { check, count, discrepancy } = box;
    discrepancy.end();
    await Promise.all(box.work);
    this.readLists(box);
    const { frozen, opened } = check;
    check.end(frozen && this.checks.documents.text(frozen.credentialsFile), of.asked);
    box.poll ??= this.checks.elections.poll(opened, check.place);
    const known = await box.poll;
    if (!known) return;
    box.titles = titlesOf(known.poll);
    count.end(known.poll, known.holders, this.checks.elections.boards.get(opened.boardId)?.key?.owners);
    if (!count.result || !frozen) return;
    this.checks.archives.counted(opened.scrutinId, count.result.place);
    checkResult(this.checks, box, known, of);
  }

  /** What the archive of a box must hold; undefined where something of it is missing. */
  async archiveParts(scrutinId: string): Promise<ArchiveParts | undefined> {
    const box = this.boxes.get(scrutinId);
    if (!box) return undefined;
    const { check, count } = box;
    const { opened, frozen, references } = check;
    const texts = [opened.electionFile, opened.keyHolders, frozen?.credentialsFile ?? ''];
    const [election, keyHolders, credentials] = texts.map((sha256) => this.checks.documents.text(sha256));
    box.poll ??= this.checks.elections.poll(opened, check.place);
    const holders = (await box.poll)?.holders;
    const { tally, result } = count;
    if (election === undefined || keyHolders === undefined || credentials === undefined) return undefined;
    if (!frozen || !holders || !tally || !result) return undefined;
    return {
      ...{ frozenAt: frozen.at, election, keyHolders, credentials: credentials.split('\n').slice(0, -1) },
      ...{ references, tally: tally.data.tally, decryptions: count.quorum(holders) },
      result: result.data.result,
    };
  }

  /** How far a sealed scrutin is; its vote ends with that of its box once this is open. */
  stageOf({ scrutinId, place, ends }: { scrutinId: string; place: string; ends: number | undefined }): Stage {
    const box = this.boxes.get(scrutinId);
    return {
      ...{ place, ends: box?.check.graceEnds ?? ends, opened: box !== undefined },
      ...{ frozen: box?.check.frozen !== undefined, counted: box?.count.result !== undefined },
      signed: box?.minutes.isSigned === true,
    };
  }

  /** The references of the ballots of each box. */
  references(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.boxes].map(([scrutinId, { check }]) => [scrutinId, check.references]));
  }

  /** How many electors were sealed for a box that opened. */
  rollOf(scrutinId: string): number | undefined {
    return this.boxes.get(scrutinId)?.check.opened.roll.count;
  }

  /** When codes of a scrutin may be re-issued. */
  hours(scrutinId: string): { from: number; to: number } | undefined {
    const check = this.boxes.get(scrutinId)?.check;
    return check && { from: Date.parse(check.opened.opensAt), to: check.graceEnds };
  }

  /** What was proclaimed. */
  results(): ScrutinResult[] {
    return [...this.boxes.values()].flatMap((box) => this.resultOf(box) ?? []);
  }

  /** The tallies of the frozen boxes in which everything held, as this audit added them up. After `end`. */
  async audited(): Promise<AuditedTally[]> {
    const all = await Promise.all([...this.boxes.values()].map((box) => this.auditedOf(box)));
    return all.flatMap((one) => one ?? []);
  }

  private async auditedOf({ check, count, poll }: Box): Promise<AuditedTally | undefined> {
    const { scrutinId, boardId } = check.opened;
    const known = await poll;
    const wrong = this.checks.found.concern([`box-${scrutinId}`, `board-${boardId}`, `scrutin-${scrutinId}`]);
    if (!known || !check.frozen || !check.listed || wrong) return undefined;
    const { name: title, fingerprint: election } = known.poll.election;
    const { ballots, tally } = count.summed(known.poll);
    if (ballots !== check.frozen.ballots) return undefined;
    return { scrutinId, title, election, ballots, tally: tallyHash(tally) };
  }

  private resultOf({
    check: { opened },
    count: { result, tally },
    titles,
    discrepancy,
  }: Box): ScrutinResult | undefined {
    if (!result) return undefined;
    const { scrutinId } = opened;
    const { votes, blank } = result.data;
    return {
      ...{ scrutinId, title: this.checks.elections.scrutinOf(scrutinId)?.declared?.title ?? '', blank },
      ...{ ballots: tally?.data.ballots ?? 0, discrepancy: discrepancy.isStated },
      votes: votes.map((one) => ({ ...one, title: titles.get(one.listId) ?? one.listId })),
    };
  }
}

function titlesOf({ election }: Poll): Map<string, string> {
  const answers = election.questions.flatMap((question) => question.answers);
  return new Map(answers.map((answer) => [listIdOf(answer) ?? '', titleOf(answer) ?? '']));
}
