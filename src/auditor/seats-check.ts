import { allocateSeats, BadAllocation, TIES_OF_LISTS, TIES_OF_NAMES } from '../crypto/seats.js';
import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import type { Scrutin } from './election-check.js';

type Box<T> = Extract<EventOf<'box'>, { type: T }>['data'];

/** Allocates the seats of a scrutin again and compares; what is drawn comes from `seed`, undefined without a quorum (S2). */
export function checkSeats(
  found: Findings,
  scrutin: Scrutin | undefined,
  { votes }: Box<'ResultProclaimed'>,
  seed: string | undefined,
  ties: readonly Box<'TieDrawn'>[],
  place: string,
): void {
  const name = 'seats-follow-the-votes';
  if (scrutin?.declared === undefined) {
    found.fail(name, place, 'the scrutin was not declared');
    return;
  }
  const { seats, body } = scrutin.declared;
  try {
    const again = allocateSeats({
      seats,
      lists: votes.map(({ listId, votes: count }) => {
        const candidates = scrutin.lists.get(listId)?.candidates;
        return { id: listId, votes: count, ...(candidates !== undefined && { candidates }) };
      }),
      seed,
      ties: body === 'CCP' ? TIES_OF_NAMES : TIES_OF_LISTS,
    });
    for (const [i, { listId, seats: proclaimed }] of votes.entries()) {
      const due = again.lists[i]?.seats;
      found.require(
        name,
        due === proclaimed,
        place,
        `list ${listId}: ${proclaimed} seats, ${due ?? 0} are due`,
      );
    }
    const drawn = ties.map((tie) => `${tie.step} ${tie.drawn}`).join();
    const due = again.draws.map((draw) => `${draw.step} ${draw.drawn}`).join();
    found.require(name, drawn === due, place, 'its draws are not those that the seed gives');
    const seeded = ties.every((tie) => tie.seed === seed);
    found.require(name, seeded, place, 'a draw is not made from the box and its decryptions');
  } catch (error) {
    if (!(error instanceof BadAllocation)) throw error;
    found.fail(name, place, error.message);
  }
}
