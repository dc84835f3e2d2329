import type { Json } from '../crypto/canonical-json.js';
import { TIES_OF_LISTS, TIES_OF_NAMES, type Seats } from '../crypto/seats.js';
import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import { differences, isRecord, parsed } from './differences.js';
import type { Documents } from './documents.js';
import type { Scrutin } from './election-check.js';
import { seatsAgain } from './seat-allocation.js';
import { placesIn, sharesDue, type SharesOfList } from './list-papers.js';

type Box<T> = Extract<EventOf<'box'>, { type: T }>['data'];

/** A result, and what seats are allocated from. */
export interface Proclaimed {
  readonly result: Box<'ResultProclaimed'>;
  readonly place: string;
  /** What is drawn comes from it; undefined without a quorum (docs/protocol.md, S2). */
  readonly seed: string | undefined;
  readonly ties: readonly Box<'TieDrawn'>[];
}

/** What the seats of a result must be, as this audit allocates them. */
export interface DueSeats extends Seats {
  /** Of joint lists; undefined where the document of a list is not there. */
  readonly joint: readonly SharesOfList[] | undefined;
}

const name = 'seats-follow-the-votes';

/** Allocates the seats of a scrutin again, and compares the result, its draws and the document of its steps. */
export function checkSeats(
  found: Findings,
  documents: Documents,
  scrutin: Scrutin | undefined,
  proclaimed: Proclaimed,
): DueSeats | undefined {
  const { result, place, seed, ties } = proclaimed;
  if (scrutin?.declared === undefined) {
    found.fail(name, place, 'the scrutin was not declared');
    return undefined;
  }
  const { seats: places, body } = scrutin.declared;
  const lists = result.votes.map(({ listId, votes }) => {
    const candidates = scrutin.lists.get(listId)?.candidates;
    return { id: listId, votes, ...(candidates !== undefined && { candidates }) };
  });
  for (const { id, candidates } of lists) {
    const filed = placesIn(documents, scrutin, id);
    const reason = `list ${id}: ${candidates ?? 'any number of'} seats may be filled, by its document ${filed?.places ?? 'any number'}`;
    if (filed) found.require(name, filed.places === candidates, place, reason);
  }
  const rules = body === 'CCP' ? TIES_OF_NAMES : TIES_OF_LISTS;
  const again = seatsAgain(places, lists, rules, seed);
  if (!again) {
    found.fail(name, place, 'a seat is to be drawn, and no quorum of decryptions gives the seed');
    return undefined;
  }
  for (const [i, { listId, seats }] of result.votes.entries()) {
    const due = again.lists[i]?.seats ?? 0;
    found.require(name, due === seats, place, `list ${listId}: ${seats} seats, ${due} are due`);
  }
  const drawn = ties.map((tie) => `${tie.step} ${tie.drawn} ${tie.among.join()}`).join();
  const due = again.draws.map((draw) => `${draw.step} ${draw.drawn} ${draw.among.join()}`).join();
  found.require(name, drawn === due, place, 'its draws are not those that the seed gives');
  const seeded = ties.every((tie) => tie.seed === seed);
  found.require(name, seeded, place, 'a draw is not made from the box and its decryptions');
  const joint = sharesDue(documents, scrutin, result.votes);
  checkDocument(found, documents, proclaimed, { places, votes: lists, ties: rules, ...again, joint });
  return { ...again, joint };
}

/** The document that `ResultProclaimed` names, field by field (docs/protocol.md, S6); whom it names elected is for `checkElected`. */
function checkDocument(
  found: Findings,
  documents: Documents,
  { result, place, seed }: Proclaimed,
  due: DueSeats & {
    readonly places: number;
    readonly votes: readonly Json[];
    readonly ties: readonly string[];
  },
): void {
  const text = documents.text(result.seats);
  if (text === undefined) return; // the documents say that it is missing
  const said = parsed(text);
  if (!isRecord(said)) {
    found.fail(name, place, 'the document of its seats has no fields');
    return;
  }
  const all = JSON.parse(JSON.stringify({ ...due, seed })) as Record<string, Json>; // without what is undefined
  const { elected, joint } = said;
  if (elected !== undefined) all['elected'] = elected;
  if (joint === undefined) {
    found.note(name, place, 'not checked: the document of its seats says nothing of joint lists');
    delete all['joint'];
  } else if (due.joint === undefined) {
    found.note(name, place, 'not checked: shares of joint lists, of which a list is not in the bundle');
    all['joint'] = joint;
  }
  found.checked(name, Object.keys(all).length);
  for (const path of differences(said, all))
    found.fail(name, place, `the document of its seats says something else of ${path}`);
}
