import { canonicalJson, type Json } from '../../crypto/canonical-json.js';
import { placesOf } from '../../crypto/elected.js';
import {
  boolean,
  integer,
  list,
  optional,
  record,
  text,
  BadField,
  type DataOf,
} from '../../events/fields.js';

/** A share of the votes of a joint list (« liste commune »): whom the votes count for, and how many in a hundred. */
const share = record({ affiliation: text(200), percent: integer(0, 100) });

const candidate = {
  lastName: text(100),
  firstName: text(100),
  /** The corps, the place of work: as the list prints it. */
  about: optional(text(200)),
  substitute: optional(boolean),
};

const shape = {
  title: text(200),
  affiliation: optional(text(200)),
  /** None in a scrutin by the name of the organisation (« sur sigle »). */
  candidates: list(record(candidate), 0, 500),
  joint: optional(list(share, 2, 10)),
};
const read = record(shape);

/** A list of candidates as it is filed: a public document, which the booth shows (F58, F73). Candidates in their order. */
export type CandidateDocument = DataOf<typeof shape>;

/** Why this is not a list of candidates, in French, naming the field; undefined when it is one. */
export function candidateFault(value: unknown): string | undefined {
  try {
    const { joint, candidates } = read.parse(value, 'liste');
    if (candidates.length > 0 && placesOf(candidates) === 0)
      return 'liste.candidates : tous sont suppléants, personne ne peut siéger';
    const sum = joint?.reduce((total, { percent }) => total + percent, 0) ?? 100;
    return sum === 100 ? undefined : `liste.joint : les parts font ${sum} %, et non 100 %`;
  } catch (error) {
    if (!(error instanceof BadField)) throw error;
    return `${error.path} : valeur absente, inconnue ou incorrecte`;
  }
}

/** The bytes of the document: the same list gives the same address. */
export function candidateBytes(document: CandidateDocument): Buffer {
  return Buffer.from(canonicalJson(document as unknown as Json));
}

/** The list that a document holds. */
export function candidatesOf(content: Buffer): CandidateDocument {
  return read.parse(JSON.parse(content.toString()), 'document');
}
