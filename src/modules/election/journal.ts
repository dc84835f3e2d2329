import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Documents } from '../../documents/documents.js';
import type { Executed } from '../../ledger/ledger.js';
import { journalOf, type JournalRow } from '../../projections/journal.projection.js';
import { newestStaffChanges, type StaffChange } from '../../projections/staff-changes.projection.js';
import { Projections } from '../../projections/projections.js';
import { Database } from '../../storage/database.js';
import { LogIncident, LogIntervention, type components } from './election.commands.js';

/** One entry with its text and the names by which those who entered it sign in; the text is undefined once erased. */
export type JournalEntry = Omit<JournalRow, 'text'> & {
  readonly text: string | undefined;
  readonly by: readonly string[];
};

/** A change of an account of the staff, as people read it. `by` is undefined where the command line or the holder did it. */
export type NamedChange = Omit<StaffChange, 'staffId' | 'by' | 'approvedBy'> & {
  readonly who: string;
  readonly by: string | undefined;
  readonly approvedBy: string | undefined;
};

const NEWEST = 200;

/** What somebody did to the system, or what happened. Entered twice under one id, it stands there once. */
export type NewEntry = { readonly id: string; readonly text: string } & (
  | { readonly kind: 'incident'; readonly scrutinId: string | undefined }
  | { readonly kind: 'intervention'; readonly component: (typeof components)[number] }
);

/** Incidents and interventions (F112, CGFP 571): texts are restricted documents, events say who, when and which. */
@Injectable()
export class Journal {
  constructor(
    private readonly documents: Documents,
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly projections: Projections,
  ) {}

  /** Enters one; it is never changed or taken away. */
  async enter(electionId: string, staffId: string, entry: NewEntry): Promise<void> {
    const text = await this.documents.put(
      Buffer.from(entry.text.trim()),
      'text/plain; charset=utf-8',
      'restricted',
    );
    const command =
      entry.kind === 'incident'
        ? new LogIncident(electionId, entry.id, staffId, text, entry.scrutinId)
        : new LogIntervention(electionId, entry.id, staffId, entry.component, text);
    const { position } = await this.commands.execute<LogIncident | LogIntervention, Executed>(command);
    await this.projections.waitFor('journal', position, 2_000);
  }

  /** The newest changes of accounts and roles of the staff, with the names by which they sign in. */
  async ofStaff(): Promise<NamedChange[]> {
    const changes = await newestStaffChanges(this.database.pool('register'), NEWEST);
    const ids = changes.flatMap(({ staffId, by, approvedBy }) => [staffId, by, approvedBy]);
    const nameOf = await this.names(ids);
    return changes.map(({ staffId, by, approvedBy, ...change }) => ({
      ...change,
      who: nameOf(staffId),
      by: by === undefined ? undefined : nameOf(by),
      approvedBy: approvedBy === undefined ? undefined : nameOf(approvedBy),
    }));
  }

  /** The newest entries of an election, so many of them at most; all of them without a limit. */
  async of(electionId: string, limit?: number): Promise<JournalEntry[]> {
    const rows = await journalOf(this.database.pool('register'), electionId, limit);
    const nameOf = await this.names(rows.flatMap(({ staffId, secondedBy }) => [staffId, secondedBy]));
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        by: [row.staffId, row.secondedBy].filter((one) => one !== undefined).map(nameOf),
        text: (await this.documents.get(row.text))?.content.toString(),
      })),
    );
  }

  /** By which name each of these signs in; who has none any more goes by the id. */
  private async names(ids: readonly (string | undefined)[]): Promise<(id: string) => string> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ staff_id: string; login: string }>(
        'select staff_id, login from vault.staff_logins where staff_id = any ($1)',
        [[...new Set(ids.filter((id) => id !== undefined))]],
      );
    const names = new Map(rows.map(({ staff_id, login }) => [staff_id, login]));
    return (id) => names.get(id) ?? id;
  }
}
