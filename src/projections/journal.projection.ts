import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Incidents and interventions (F112, CGFP 571): who, when, what; the texts are restricted documents. */
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
    if (event.type !== 'InterventionLogged') return [];
    const { electionId, interventionId, staffId, component, text, at } = event.data;
    const values = [interventionId, electionId, 'intervention', null, component, staffId, text, at];
    return [{ name: 'entered', text: ENTERED, values }];
  },
};

const ENTERED = `insert into read_register.journal
  (entry_id, election_id, kind, scrutin_id, component, staff_id, text, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** One entry. */
export interface JournalRow {
  readonly entryId: string;
  readonly kind: 'incident' | 'intervention';
  readonly scrutinId: string | undefined;
  /** Which part was touched, of an intervention. */
  readonly component: string | undefined;
  readonly staffId: string;
  readonly text: string;
  readonly at: Date;
}

/** The journal of an election, the newest first. */
export async function journalOf(register: Queryable, electionId: string): Promise<JournalRow[]> {
  const { rows } = await register.query<{
    entry_id: string;
    kind: JournalRow['kind'];
    scrutin_id: string | null;
    component: string | null;
    staff_id: string;
    text: string;
    at: Date;
  }>('select * from read_register.journal where election_id = $1 order by at desc, entry_id limit 1000', [
    electionId,
  ]);
  return rows.map(({ entry_id: entryId, scrutin_id, component, staff_id: staffId, kind, text, at }) => ({
    ...{ entryId, kind, staffId, text, at },
    scrutinId: scrutin_id ?? undefined,
    component: component ?? undefined,
  }));
}
