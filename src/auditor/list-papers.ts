/** What the documents of lists say of a result: who is elected, and whom the votes of joint lists count for (S3, S4). */
import { electedOf, placesOf, type Candidate, type Elected } from '../crypto/elected.js';
import { BadField, boolean, integer, list, optional, record, text, type Field } from '../events/fields.js';
import type { Documents } from './documents.js';
import type { Scrutin } from './election-check.js';
import { sharesAgain } from './seat-allocation.js';

export interface ElectedOfList extends Elected {
  readonly listId: string;
}

export interface SharesOfList {
  readonly listId: string;
  readonly shares: readonly { readonly id: string; readonly votes: number }[];
}

interface Won {
  readonly listId: string;
  readonly votes: number;
  readonly seats: number;
}

const person = { lastName: text(100), firstName: text(100), about: optional(text(200)) };
/** People as the document of a result names them. */
export const people = list(record(person), 0, 500);
const candidates = list(record({ ...person, substitute: optional(boolean) }), 0, 500);
const joint = list(record({ affiliation: text(200), percent: integer(0, 100) }), 1, 10);

/** The candidates of a list in their order; undefined where its document is not there. Throws on another form. */
export function candidatesOf(
  documents: Documents,
  scrutin: Scrutin | undefined,
  listId: string,
): readonly Candidate[] | undefined {
  const { content = '' } = scrutin?.lists.get(listId) ?? {};
  return partOf<readonly Candidate[]>(documents.text(content), 'candidates', candidates);
}

/** How many candidates a list has who may have a seat (S4), by its document; undefined where that is not there. */
export function placesIn(
  documents: Documents,
  scrutin: Scrutin | undefined,
  listId: string,
): { readonly places: number | undefined } | undefined {
  const standing = whole(() => candidatesOf(documents, scrutin, listId));
  return standing ? { places: placesOf(standing) } : undefined;
}

/** Who must be elected; undefined where the document of a list with seats is not there, or is of another form. */
export function electedDue(
  documents: Documents,
  scrutin: Scrutin | undefined,
  lists: readonly Won[],
): ElectedOfList[] | undefined {
  const due: ElectedOfList[] = [];
  for (const { listId, seats } of lists) {
    if (seats === 0) continue;
    const standing = whole(() => candidatesOf(documents, scrutin, listId));
    if (!standing) return undefined;
    due.push({ listId, ...electedOf(standing, seats) });
  }
  return due;
}

/** The shares of each joint list; undefined where the document of a list is not there, or is of another form. */
export function sharesDue(
  documents: Documents,
  scrutin: Scrutin | undefined,
  lists: readonly Won[],
): SharesOfList[] | undefined {
  const due: SharesOfList[] = [];
  for (const { listId, votes } of lists) {
    const content = documents.text(scrutin?.lists.get(listId)?.content ?? '');
    if (content === undefined) return undefined;
    const members = whole(() => partOf(content, 'joint', joint));
    if (members === null) return undefined;
    if (members) due.push({ listId, shares: sharesAgain(votes, members) });
  }
  return due;
}

/** What a document says under a name; undefined where either is not there. Throws on another form. */
export function partOf<T>(document: string | undefined, name: string, field: Field<T>): T | undefined {
  if (document === undefined) return undefined;
  const part = (JSON.parse(document) as Record<string, unknown> | null)?.[name];
  return part === undefined ? undefined : field.parse(part, name);
}

/** Null in place of what is of another form. */
function whole<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadField || error instanceof SyntaxError) return null;
    throw error;
  }
}
