import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { TooSoon } from '../../ledger/refusal.js';
import { assistanceOf, openAssistance, type AssistanceRow } from '../../projections/assistance.projection.js';
import { delaysOf, type Delays } from '../../projections/delays.js';
import { Database } from '../../storage/database.js';
import { AnswerAssistance, RequestAssistance } from './assistance.commands.js';

/** A request with its texts; a text is undefined once erased. */
export interface HelpRequest {
  readonly assistanceId: string;
  readonly electorId: string | undefined;
  readonly askedAt: Date;
  readonly question: string | undefined;
  readonly answeredAt: Date | undefined;
  readonly answer: string | undefined;
}

/** Requests on a page. */
export const PAGE = 50;

/** The longest text that is taken, in characters. */
export const LONGEST_TEXT = 4_000;

const HOUR = 3_600_000;
const MOST_AN_HOUR = 5;
const MOST_REMEMBERED = 10_000;

/** « Formulaire de demande d'assistance » (F61): texts go to the documents, restricted; events name their hashes. */
@Injectable()
export class HelpDesk {
  /** When somebody asked during the last hour, by whatever tells them apart. Of this instance, in memory only. */
  private readonly asked = new Map<string, number[]>();

  constructor(
    private readonly documents: Documents,
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Takes a request, five an hour from one `who` (an elector, or a network). Gives its id. */
  async ask(text: string, electorId: string | undefined, who: string): Promise<string> {
    this.count(who);
    const assistanceId = randomUUID();
    await this.commands.execute(new RequestAssistance(assistanceId, electorId, await this.file(text)));
    return assistanceId;
  }

  async answer(assistanceId: string, staffId: string, text: string): Promise<void> {
    await this.commands.execute(new AnswerAssistance(assistanceId, staffId, await this.file(text)));
  }

  /** How long answers take. */
  delays(): Promise<Delays> {
    return delaysOf(this.database.pool('register'), 'assistance');
  }

  /** What nobody has answered yet, a page of it: after one of these requests, from the oldest otherwise. */
  async open(after?: string): Promise<HelpRequest[]> {
    return this.withTexts(await openAssistance(this.database.pool('register'), PAGE, after));
  }

  /** What one elector asked, with the answers. */
  async of(electorId: string): Promise<HelpRequest[]> {
    return this.withTexts(await assistanceOf(this.database.pool('register'), electorId));
  }

  private file(text: string): Promise<string> {
    return this.documents.put(Buffer.from(text.trim()), 'text/plain; charset=utf-8', 'restricted');
  }

  private async withTexts(rows: readonly AssistanceRow[]): Promise<HelpRequest[]> {
    const text = async (address: string | undefined) =>
      address === undefined ? undefined : (await this.documents.get(address))?.content.toString();
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        question: await text(row.question),
        answer: await text(row.answer),
      })),
    );
  }

  /** Throws `TooSoon`, with the seconds until the oldest of the last requests is an hour old. */
  private count(who: string): void {
    const now = Date.parse(this.clock.now());
    const recent = (this.asked.get(who) ?? []).filter((at) => at > now - HOUR);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= MOST_AN_HOUR)
      throw new TooSoon(Math.ceil((oldest + HOUR - now) / 1000));
    this.asked.delete(who); // the newest come last, so that the oldest are forgotten first
    this.asked.set(who, [...recent, now]);
    const [first] = this.asked.keys();
    if (this.asked.size > MOST_REMEMBERED && first !== undefined) this.asked.delete(first);
  }
}
