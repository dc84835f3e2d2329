import { Injectable } from '@nestjs/common';
import { decode } from '../../events/codec.js';
import type { ElectorEvent } from '../../events/elector.events.js';
import { EventStore } from '../../ledger/event-store.js';
import { scrutinsOf } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';

/** One thing that happened to an elector, as the staff read it. */
export interface HistoryLine {
  readonly at: Date;
  readonly type: ElectorEvent['type'];
  /** The titles of scrutins whose lists the elector came on, and left. */
  readonly entered: readonly string[];
  readonly left: readonly string[];
  /** The names by which those of the staff sign in who did it; nobody where the elector or the command line did. */
  readonly by: readonly string[];
  /** The claim that led to it (F110). */
  readonly claimId: string | undefined;
  /** How a notice was given or a code asked for, why a mail came back. */
  readonly detail: string | undefined;
}

/** What happened to one elector, from the events of the elector alone (F111): nothing there says anything of a vote. */
@Injectable()
export class ElectorHistory {
  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
  ) {}

  /** The newest first; none when there is no such elector. */
  async of(electorId: string): Promise<HistoryLine[]> {
    const events: ElectorEvent[] = [];
    for await (const { type, data } of this.store.readStream(`elector-${electorId}`))
      events.push(decode(type, data) as ElectorEvent);
    const titles = await this.titlesOf(events);
    const logins = await this.loginsOf(events.flatMap(staffOf));
    let before: readonly string[] = [];
    const lines = events.map((event): HistoryLine => {
      const after = scrutinsAfter(event, before);
      const line = {
        at: new Date(event.data.at),
        type: event.type,
        entered: after.filter((id) => !before.includes(id)).map((id) => titles.get(id) ?? id),
        left: before.filter((id) => !after.includes(id)).map((id) => titles.get(id) ?? id),
        by: staffOf(event).map((id) => logins.get(id) ?? id),
        claimId: 'claimId' in event.data ? event.data.claimId : undefined,
        detail: detailOf(event),
      };
      before = after;
      return line;
    });
    return lines.reverse();
  }

  private async titlesOf(events: readonly ElectorEvent[]): Promise<ReadonlyMap<string, string>> {
    const ids = events.flatMap((event) => scrutinsAfter(event, []));
    const rows = await scrutinsOf(this.database.pool('register'), [...new Set(ids)]);
    return new Map(rows.map(({ scrutinId, title }) => [scrutinId, title]));
  }

  private async loginsOf(staffIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ staff_id: string; login: string }>(
        'select staff_id, login from vault.staff_logins where staff_id = any ($1)',
        [staffIds],
      );
    return new Map(rows.map(({ staff_id, login }) => [staff_id, login]));
  }
}

function scrutinsAfter({ type, data }: ElectorEvent, before: readonly string[]): readonly string[] {
  if (type === 'ElectorRemoved') return [];
  if (type === 'ElectorRegistered') return data.scrutinIds ?? [];
  return type === 'ElectorCorrected' ? (data.scrutinIds ?? before) : before;
}

function staffOf({ data }: ElectorEvent): readonly string[] {
  if ('staffIds' in data) return data.staffIds ?? [];
  return 'staffId' in data ? [data.staffId] : [];
}

function detailOf({ type, data }: ElectorEvent): string | undefined {
  if (type === 'NoticeDelivered' || type === 'CodeReassortRequested') return data.channel;
  return type === 'MailBounced' ? data.reason : undefined;
}
