import { electedOf } from '../../src/crypto/elected.js';
import { printResult } from '../../src/crypto/decryption.js';
import { allocateSeats, shareOut, TIES_OF_LISTS, TIES_OF_NAMES } from '../../src/crypto/seats.js';
import { decode, isOf, type EventOf, type LedgerEvent } from '../../src/events/codec.js';
import { board } from '../../src/modules/counting/board-fold.js';
import { counting, type Counted, type Counting } from '../../src/modules/counting/counting.decider.js';
import {
  minutesContent,
  printMinutes,
  type JournalLine,
} from '../../src/modules/counting/minutes-content.js';
import {
  candidatesNamed,
  type Ground,
  type SealedElection,
  type SealedElectionOptions,
  type TestScrutin,
} from './sealed-election.js';

/** The result, with the document of its seats as the server writes it. */
export async function proclaimed(
  ground: Ground,
  { scrutinId, lists }: TestScrutin,
  { candidates = [], joint, body = 'CSA' }: SealedElectionOptions,
  { numbers, seed, at }: { readonly numbers: readonly number[]; readonly seed: string; readonly at: string },
): Promise<LedgerEvent[]> {
  const standing = lists.map((_, i) => candidatesNamed(candidates[i] ?? 10));
  const votes = lists.map(({ listId }, i) => {
    const count = standing[i]?.length ?? 0;
    return { id: listId, votes: numbers[i] ?? 0, ...(count > 0 && { candidates: count }) };
  });
  const ties = body === 'CCP' ? TIES_OF_NAMES : TIES_OF_LISTS;
  const allocated = allocateSeats({ seats: 15, lists: votes, seed, ties });
  const elected = allocated.lists.flatMap(({ id, seats }, i) =>
    seats > 0 ? [{ listId: id, ...electedOf(standing[i] ?? [], seats) }] : [],
  );
  const members = joint?.map(({ affiliation, percent }) => ({ id: affiliation, part: percent }));
  const [first] = votes;
  const shared = members && first ? [{ listId: first.id, shares: shareOut(first.votes, members) }] : [];
  const steps = { places: 15, votes, seed, ties, ...allocated, elected, joint: shared };
  const drawn = allocated.draws.map(({ step, among, drawn: one }): LedgerEvent => {
    return {
      type: 'TieDrawn',
      data: { scrutinId, step, seed, among: [...among], drawn: one, at },
    };
  });
  const result: LedgerEvent = {
    type: 'ResultProclaimed',
    data: {
      scrutinId,
      result: printResult([numbers]),
      votes: lists.map(({ listId }, i) => ({
        listId,
        votes: numbers[i] ?? 0,
        seats: allocated.lists[i]?.seats ?? 0,
      })),
      blank: numbers.at(-1) ?? 0,
      seats: await put(ground, JSON.stringify(steps)),
      at,
    },
  };
  return [...drawn, result];
}

/** The minutes that the server makes of these events. */
export async function minutesOf(
  ground: Ground,
  { electionId, boardId }: SealedElection,
  { scrutinId, poll }: TestScrutin,
): Promise<string> {
  const ofBox = await eventsOf(ground, 'box', scrutinId);
  const box = ofBox.reduce<Counting>((state, event) => counting.evolve(state, event), counting.initial);
  const ofBoard = await eventsOf(ground, 'board', boardId);
  const sits = ofBoard.reduce((state, event) => board.evolve(state, event), board.initial);
  const { result, observations } = box as Counted;
  const steps = await ground.documents.get(result?.seats ?? '');
  if (!sits || !steps) throw new Error('no board, or no result');
  let [election, listsClosedAt]: [string, string | undefined] = ['', undefined];
  const journal: JournalLine[] = [];
  for (const { type, data } of await eventsOf(ground, 'election', electionId)) {
    if (type === 'ElectionDeclared') election = data.title;
    if (type === 'ListsClosed') listsClosedAt = data.at;
    if (type === 'IncidentLogged' && (data.scrutinId ?? scrutinId) === scrutinId)
      journal.push({ type, at: data.at, staffId: data.staffId, text: data.text });
    if (type === 'InterventionLogged')
      journal.push({ type, at: data.at, staffId: data.staffId, text: data.text, component: data.component });
    if (type === 'BuildReplaced') {
      const { at, reason, build, booth, decidedBy } = data;
      journal.push({ type, at, text: reason, build, booth, decidedBy });
    }
  }
  const written: { at: string; staffId: string; text: string }[] = [];
  for (const { at, staffId, text } of observations) {
    const document = await ground.documents.get(text);
    written.push({ at, staffId, text: document?.content.toString() ?? '' });
  }
  const content = minutesContent(box as Counted, {
    ...{ board: sits, electionFile: poll.election.raw, seatSteps: steps.content.toString() },
    ...{ election, listsClosedAt, journal, observations: written, discrepancies: [] },
  });
  return put(ground, printMinutes(content));
}

async function eventsOf<F extends 'board' | 'box' | 'election'>(
  { store }: Ground,
  family: F,
  id: string,
): Promise<EventOf<F>[]> {
  const events: EventOf<F>[] = [];
  for await (const { type, data } of store.readStream(`${family}-${id}`)) {
    const event = decode(type, data);
    if (isOf(event, family)) events.push(event);
  }
  return events;
}

function put({ documents }: Ground, text: string): Promise<string> {
  return documents.put(Buffer.from(text), 'application/json', 'public');
}
