import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createHash } from 'node:crypto';
import { decode, isOf } from '../../events/codec.js';
import { Documents } from '../../documents/documents.js';
import { EventStore } from '../../ledger/event-store.js';
import { Refusal } from '../../ledger/refusal.js';
import { Backoff } from '../../vault/backoff.js';
import { StaffCodes } from '../../vault/staff-codes.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { SignMinutes, WriteObservation } from './counting.commands.js';
import type { Counted } from './counting.decider.js';
import {
  minutesContent,
  printMinutes,
  type JournalLine,
  type MinutesContent,
  type MinutesSources,
} from './minutes-content.js';
import type { MinutesSignature, Seated } from './minutes-wording.js';

/** The minutes as they stand: a draft until the secretary signs, and from then on the text that was signed. */
export interface MinutesFound {
  readonly text: string;
  readonly content: MinutesContent;
  /** SHA-256 of the text, in hex. */
  readonly sha256: string;
  readonly signed: readonly MinutesSignature[];
  /** The seats of the board that have not signed. */
  readonly unsigned: readonly Seated[];
}

/** The minutes of one scrutin, made of events alone, so that the same events make the same text (CGFP 577). */
@Injectable()
export class Minutes {
  constructor(
    private readonly commands: CommandBus,
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly store: EventStore,
    private readonly documents: Documents,
    private readonly codes: StaffCodes,
    private readonly backoff: Backoff,
  ) {}

  /** Refuses before the result. */
  async of(scrutinId: string): Promise<MinutesFound> {
    const { opened, signed } = await this.boxes.of(scrutinId);
    const { seats } = await this.boards.of(opened.boardId);
    const text = signed[0] ? await this.boards.text(signed[0].minutes) : await this.draft(scrutinId);
    return {
      text,
      content: JSON.parse(text) as MinutesContent,
      sha256: createHash('sha256').update(text).digest('hex'),
      signed,
      unsigned: [...seats].flatMap(([seat, { office }]) =>
        signed.some((one) => one.seat === seat) ? [] : [{ seat, office }],
      ),
    };
  }

  /** A member signs with a one-time password: the secretary first, then who countersigns. */
  async sign(scrutinId: string, staffId: string, code: string, browser: string): Promise<string> {
    const { opened } = await this.boxes.of(scrutinId);
    await this.boards.memberOf(opened.boardId, staffId);
    await this.confirm(staffId, code, browser);
    return this.signOne(scrutinId, staffId);
  }

  /** Signs the minutes of all these scrutins of one board with one one-time password. */
  async signAll(
    boardId: string,
    scrutinIds: readonly string[],
    staffId: string,
    { code, browser }: { readonly code: string; readonly browser: string },
  ): Promise<void> {
    await this.boards.memberOf(boardId, staffId);
    await this.confirm(staffId, code, browser);
    for (const scrutinId of scrutinIds) await this.signOne(scrutinId, staffId);
  }

  /** What a member has to say in the minutes of these scrutins of the board, until they are signed. */
  async observe(
    boardId: string,
    scrutinIds: readonly string[],
    staffId: string,
    { id, text }: { readonly id: string; readonly text: string },
  ): Promise<void> {
    const { seat } = await this.boards.memberOf(boardId, staffId);
    const document = await this.documents.put(Buffer.from(text), 'text/plain; charset=utf-8', 'public');
    for (const scrutinId of scrutinIds) {
      const { opened } = await this.boxes.of(scrutinId);
      if (opened.boardId !== boardId)
        throw new Refusal('counting.not-a-member', 'The scrutin is of another board.', 'forbidden');
      await this.commands.execute(new WriteObservation(scrutinId, id, document, seat, staffId));
    }
  }

  /** What was written so far, and whether the minutes are signed. */
  async observationsOf(
    scrutinId: string,
  ): Promise<{ signed: boolean; observations: MinutesSources['observations'] }> {
    const box = await this.boxes.of(scrutinId);
    return { signed: box.signed.length > 0, observations: await this.observations(box) };
  }

  private observations({ observations }: Counted): Promise<MinutesSources['observations']> {
    return Promise.all(
      observations.map(async ({ at, staffId, text }) => ({
        at,
        staffId,
        text: await this.boards.text(text),
      })),
    );
  }

  /** Wrong codes slow down as those of the sign-in do: six digits are few. */
  private async confirm(staffId: string, code: string, browser: string): Promise<void> {
    const one = await this.backoff.begin(`minutes/${staffId}`, browser);
    if (!(await this.codes.confirm(staffId, code)))
      throw new Refusal('counting.wrong-code', 'The one-time password is wrong or was used.', 'forbidden');
    await one.succeeded();
  }

  private async signOne(scrutinId: string, staffId: string): Promise<string> {
    const { opened } = await this.boxes.of(scrutinId);
    const { board, seat } = await this.boards.memberOf(opened.boardId, staffId);
    const { text, content } = await this.of(scrutinId);
    const minutes = await this.documents.put(Buffer.from(text), 'application/json', 'public');
    const office = board.seats.get(seat)?.office ?? 'delegate';
    const written = content.observations?.length ?? 0;
    await this.commands.execute(new SignMinutes(scrutinId, minutes, office, seat, staffId, written));
    return minutes;
  }

  private async draft(scrutinId: string): Promise<string> {
    const box = await this.boxes.of(scrutinId);
    const { opened, result } = box;
    if (!result) throw new Refusal('counting.no-result', 'No result was proclaimed yet.');
    return printMinutes(
      minutesContent(box, {
        board: await this.boards.of(opened.boardId),
        electionFile: await this.boards.text(opened.electionFile),
        seatSteps: await this.boards.text(result.seats),
        observations: await this.observations(box),
        discrepancies: await Promise.all(
          box.stated.map(async (one) => ({ ...one, text: await this.boards.text(one.text) })),
        ),
        ...(await this.ofElection(opened.electionId, scrutinId)),
      }),
    );
  }

  /** Its title, when its lists were closed, and its incidents, interventions and replaced builds: who and when, the texts by their hashes. */
  private async ofElection(
    electionId: string,
    scrutinId: string,
  ): Promise<Pick<MinutesSources, 'election' | 'listsClosedAt' | 'journal'>> {
    let [election, listsClosedAt]: [string, string | undefined] = ['', undefined];
    const journal: JournalLine[] = [];
    for await (const { type, data } of this.store.readStream(`election-${electionId}`)) {
      const event = decode(type, data);
      if (!isOf(event, 'election')) continue;
      if (event.type === 'ElectionDeclared' || event.type === 'ElectionRenamed') election = event.data.title;
      else if (event.type === 'ListsClosed') listsClosedAt = event.data.at;
      else if (event.type === 'IncidentLogged' && (event.data.scrutinId ?? scrutinId) === scrutinId) {
        const { at, staffId, text } = event.data;
        journal.push({ type: event.type, at, staffId, text });
      } else if (event.type === 'InterventionLogged') {
        const { at, staffId, text, component } = event.data;
        journal.push({ type: event.type, at, staffId, text, component });
      } else if (event.type === 'BuildReplaced') {
        const { at, reason, build, booth, decidedBy } = event.data;
        journal.push({ type: event.type, at, text: reason, build, booth, decidedBy });
      }
    }
    return { election, listsClosedAt, journal };
  }
}
