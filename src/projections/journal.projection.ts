import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Incidents, interventions and replaced software (F112, CGFP 571): who, when, what; the texts are restricted documents. */
export const journal: Projection = {
  name: 'journal',
  role: 'register',
  tables: ['read_register.journal'],
  apply({ event }) {
    if (!isOf(event, 'election')) return [];
    if (event.type === 'IncidentLogged') {
      const { electionId, scrutinId, incidentId, staffId, text, at } = event.data;
      const values = [incidentId, electionId, 'incident', scrutinId ?? null, null, staffId, text, at];
      return [{ name: 'entered', text: ENTERED, values }];
    }
    if (event.type === 'BuildReplaced') {
      const { electionId, replacementId, build, booth, reason, decidedBy, at } = event.data;
      const [asked, approved] = decidedBy.map(({ staffId }) => staffId);
      const values = [replacementId, electionId, asked, approved, build, booth, reason, at];
      return [{ name: 'replaced', text: REPLACED, values }];
    }
    if (event.type !== 'InterventionLogged') return [];
    const { electionId, interventionId, staffId, component, text, at } = event.data;
    const values = [interventionId, electionId, 'intervention', null, component, staffId, text, at];
    return [{ name: 'entered', text: ENTERED, values }];
  },
};

const ENTERED = `insert into read_register.journal
  (entry_id, election_id, kind, scrutin_id, component, staff_id, text, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

const REPLACED = `insert into read_register.journal
  (entry_id, election_id, kind, staff_id, seconded_by, build, booth, text, at)
  values ($1, $2, 'replacement', $3, $4, $5, $6, $7, $8)`;

/** One entry. */
export interface JournalRow {
  readonly entryId: string;
  readonly kind: 'incident' | 'intervention' | 'replacement';
  readonly scrutinId: string | undefined;
  /** Which part was touched, of an intervention. */
  readonly component: string | undefined;
  /** The software that counts since, of a replacement. */
  readonly build: string | undefined;
  readonly booth: string | undefined;
  readonly staffId: string;
  /** The second of two, of a replacement. */
  readonly secondedBy: string | undefined;
  readonly text: string;
  readonly at: Date;
}

/** The journal of an election, the newest first. */
export async function journalOf(
  register: Queryable,
  electionId: string,
  limit?: number,
): Promise<JournalRow[]> {
  const { rows } = await register.query<{
    entry_id: string;
    kind: JournalRow['kind'];
    scrutin_id: string | null;
    component: string | null;
    build: string | null;
    booth: string | null;
    staff_id: string;
    seconded_by: string | null;
    text: string;
    at: Date;
  }>('select * from read_register.journal where election_id = $1 order by at desc, entry_id limit $2', [
    electionId,
    limit ?? null,
  ]);
  return rows.map(({ entry_id: entryId, staff_id: staffId, kind, text, at, ...row }) => ({
    ...{ entryId, kind, staffId, text, at },
    scrutinId: row.scrutin_id ?? undefined,
    component: row.component ?? undefined,
    build: row.build ?? undefined,
    booth: row.booth ?? undefined,
    secondedBy: row.seconded_by ?? undefined,
  }));
}
