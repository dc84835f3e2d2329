import { canonicalJson } from '../crypto/canonical-json.js';
import { electedOf, type Elected } from '../crypto/elected.js';
import type { EventOf } from '../events/codec.js';
import { BadField, list, record, uuid } from '../events/fields.js';
import type { Findings } from './claims.js';
import type { Documents } from './documents.js';
import type { Scrutin } from './election-check.js';
import { candidatesOf, partOf, people } from './list-papers.js';

type Proclaimed = Extract<EventOf<'box'>, { type: 'ResultProclaimed' }>['data'];

const elected = list(record({ listId: uuid, titulars: people, substitutes: people }), 0, 200);

/**
 * Reads from the lists who has the seats that were proclaimed, and compares (docs/protocol.md, S4). Results of before it was
 * said, and lists that were erased, are said not to be checked.
 */
export function checkElected(
  found: Findings,
  documents: Documents,
  scrutin: Scrutin | undefined,
  { votes, seats: address }: Proclaimed,
  place: string,
): void {
  const name = 'elected-are-those-of-the-lists';
  try {
    const named = partOf(documents.text(address), 'elected', elected);
    if (!named) {
      found.note(name, place, 'not checked: the document of its seats names nobody elected');
      return;
    }
    const won = votes.filter(({ seats }) => seats > 0);
    const same = idsOf(named) === idsOf(won);
    found.require(name, same, place, 'names elected of other lists than those that have seats');
    for (const { listId, seats } of won) {
      const standing = candidatesOf(documents, scrutin, listId);
      if (!standing) {
        found.note(name, place, `not checked: list ${listId} is not in the bundle`);
        continue;
      }
      const due = electedOf(standing, seats);
      const said = named.find((one) => one.listId === listId);
      const agrees = said !== undefined && textOf(said) === textOf(due);
      found.require(name, agrees, place, `list ${listId}: the elected are not the first of it`);
      const filled = standing.length === 0 || due.titulars.length === seats;
      const reason = `list ${listId}: ${seats} seats for ${due.titulars.length} candidates`;
      found.require(name, filled, place, reason);
    }
  } catch (error) {
    if (!(error instanceof BadField || error instanceof SyntaxError)) throw error;
    found.fail(name, place, `names people in another form: ${error.message}`);
  }
}

function idsOf(lists: readonly { readonly listId: string }[]): string {
  return lists.map(({ listId }) => listId).join();
}

function textOf({ titulars, substitutes }: Elected): string {
  return canonicalJson({ titulars, substitutes });
}
