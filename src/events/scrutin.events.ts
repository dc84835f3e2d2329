import {
  documentHash,
  instant,
  integer,
  list,
  oneOf,
  optional,
  pattern,
  text,
  uuid,
  type DataOf,
} from './fields.js';
import { beleniosUuid } from './identifiers.js';
import { retired, wire, type EventsOf } from './wire.js';

/** The short name of a scrutin in lists and on notices: `CSA-PARIS`. */
const code = pattern('1 to 20 capitals, digits and hyphens', /^[A-Z0-9][A-Z0-9-]{0,19}$/);

const filedWithCandidates = {
  scrutinId: uuid,
  listId: uuid,
  content: documentHash,
  logo: optional(documentHash),
  candidates: integer(1, 500),
  at: instant,
};
/** `candidates`: how many of them may have a seat; absent on a list without any (« sur sigle »). */
const filed = { ...filedWithCandidates, candidates: optional(integer(1, 500)) };
type FiledList = DataOf<typeof filed>;

/** What can happen to one scrutin before it is sealed (stream `scrutin-<id>`). */
export const scrutinWires = [
  // Fixes uuid and group for good: voting codes depend on them, and notices are printed weeks before sealing. Said again
  // until the lists are closed, it corrects the rest.
  wire('ScrutinDeclared.v1', {
    scrutinId: uuid,
    electionId: uuid,
    boardId: optional(uuid), // absent where the scrutin is held elsewhere
    uuid: beleniosUuid,
    group: oneOf('Ed25519', 'BELENIOS-2048'),
    code: optional(code),
    title: text(200),
    body: oneOf('CSA', 'CAP', 'CCP'),
    seats: integer(1, 200),
    held: oneOf('here', 'elsewhere'), // F65
    at: instant,
  }),
  // It counted substitutes too, and every list had candidates.
  retired<'CandidateListFiled', FiledList, typeof filedWithCandidates>(
    'CandidateListFiled.v1',
    filedWithCandidates,
    (filed) => filed,
  ),
  // Names are personal data: affiliation, ordered candidates and the text for the logo are in the document. Filing a list
  // again under its id replaces it.
  wire('CandidateListFiled.v2', filed),
  wire('CandidateListWithdrawn.v1', { scrutinId: uuid, listId: uuid, at: instant }),
  wire('StatementFiled.v1', { scrutinId: uuid, listId: uuid, statement: documentHash, at: instant }),
  // The order of the lists in the booth, drawn from a public seed; « Vote blanc » comes after them.
  wire('ListOrderDrawn.v1', { scrutinId: uuid, seed: text(200), order: list(uuid, 1, 200), at: instant }),
] as const;

export type ScrutinEvent = EventsOf<typeof scrutinWires>;
