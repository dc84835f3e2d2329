import { BLANK_ANSWER, listIdOf } from '../crypto/answers.js';
import type { Poll } from '../crypto/election.js';
import type { KeyHolders } from '../crypto/key-holders.js';
import type { BoxCheck } from './box-check.js';
import type { Findings } from './claims.js';
import type { CountCheck } from './count-check.js';
import type { Documents } from './documents.js';
import { checkElected } from './elected-check.js';
import type { ElectionCheck } from './election-check.js';
import { electedDue } from './list-papers.js';
import type { MinutesCheck } from './minutes-check.js';
import type { OwnCount } from './minutes-content.js';
import { checkSeats } from './seats-check.js';

/** A box that was frozen and counted, with the titles of its lists as on the ballot. */
interface Counted {
  readonly check: BoxCheck;
  readonly count: CountCheck;
  readonly minutes: MinutesCheck;
  readonly titles: ReadonlyMap<string, string>;
}

/**
 * What follows from a result: seats, who is elected, and the minutes. `asked` is how many codes electors had re-issued, `now`
 * the time of the bundle.
 */
export function checkResult(
  checks: { readonly found: Findings; readonly documents: Documents; readonly elections: ElectionCheck },
  { check, count, minutes, titles }: Counted,
  { poll, holders }: { readonly poll: Poll; readonly holders: KeyHolders | undefined },
  { asked, now }: { readonly asked: number | undefined; readonly now: number },
): void {
  const { found, documents, elections } = checks;
  const { opened, frozen, roots } = check;
  if (!count.result || !frozen || !roots) return;
  const { data: result, place } = count.result;
  const scrutin = elections.scrutinOf(opened.scrutinId);
  const seed = count.seatSeed(poll, holders, frozen.boxRoot);
  const seats = checkSeats(found, documents, scrutin, { result, place, seed, ties: count.ties });
  checkElected(found, documents, scrutin, result, place);
  const won = result.votes.map((one, i) => ({ ...one, seats: seats?.lists[i]?.seats ?? one.seats }));
  const numbers = count.numbers();
  const answers = [...titles].map(([listId, title], i) => ({ listId, title, votes: numbers[i] ?? 0 }));
  const blank = listIdOf(BLANK_ANSWER);
  const own: OwnCount = {
    ...{ title: scrutin?.declared?.title ?? '', frozenAt: frozen.at, result, ...roots },
    ...{ roll: check.electors, signatures: check.signed.size, ballots: check.references.length },
    ...{ tallied: count.summed(poll).ballots, batches: check.batches, thinBatches: check.thinBatches },
    ...{ reassorts: asked ?? frozen.reassorts, electorsShown: asked !== undefined },
    blank: answers.find(({ listId }) => listId === blank)?.votes ?? 0,
    lists: answers.filter(({ listId }) => listId !== blank),
    ...{ places: scrutin?.declared?.seats ?? 0, seats, seed },
    elected: electedDue(documents, scrutin, won),
  };
  minutes.end(documents, own, place, elections, now);
}
