import { drawnOrder } from '../../crypto/list-order.js';
import { never } from '../../events/event.js';
import type { ScrutinEvent } from '../../events/scrutin.events.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type {
  Asked,
  CandidateDeadline,
  DeclareScrutin,
  DrawListOrder,
  FileCandidateList,
  FileStatement,
  ScrutinDescription,
  WithdrawCandidateList,
} from './scrutin.commands.js';

/** A list of candidates that was filed and not withdrawn. */
export interface CandidateList {
  readonly content: string;
  readonly logo: string | undefined;
  readonly candidates: number | undefined;
  readonly statement: string | undefined;
}

/** What is known of one scrutin. */
export type Scrutin =
  | { readonly phase: 'absent' }
  | {
      readonly phase: 'declared';
      readonly electionId: string;
      readonly description: ScrutinDescription;
      readonly lists: ReadonlyMap<string, CandidateList>;
      /** The ids of lists that were withdrawn: they do not come back, so that nobody mistakes one for another. */
      readonly withdrawn: ReadonlySet<string>;
      readonly drawn: { readonly seed: string; readonly order: readonly string[] } | undefined;
    };
type Declared = Extract<Scrutin, { phase: 'declared' }>;

/** The life of one scrutin before it is sealed (stream `scrutin-<id>`). That lists are open, the list fence sees to. */
export const scrutin: Decider<Scrutin, Asked, ScrutinEvent> = {
  initial: { phase: 'absent' },

  decide({ command, election }, state, now) {
    switch (command.kind) {
      case 'DeclareScrutin':
        return declare(command, state, now);
      case 'FileCandidateList':
        return fileList(command, here(state), election, now);
      case 'WithdrawCandidateList':
        return withdraw(command, here(state), election, now);
      case 'FileStatement':
        return fileStatement(command, here(state), election, now);
      case 'DrawListOrder':
        return draw(command, here(state), election, now);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'ScrutinDeclared': {
        const { electionId, uuid, group, code, title, body, seats, held, boardId } = data;
        const description = { uuid, group, code, title, body, seats, held, boardId };
        const before = state.phase === 'declared' ? state : empty;
        return { ...before, phase: 'declared', electionId, description };
      }
      case 'CandidateListFiled': {
        const { lists } = state as Declared;
        const { listId, content, logo, candidates } = data;
        const statement = lists.get(listId)?.statement;
        return {
          ...(state as Declared),
          lists: new Map(lists).set(listId, { content, logo, candidates, statement }),
        };
      }
      case 'CandidateListWithdrawn': {
        const { lists, withdrawn } = state as Declared;
        const left = [...lists].filter(([listId]) => listId !== data.listId);
        return {
          ...(state as Declared),
          lists: new Map(left),
          withdrawn: new Set(withdrawn).add(data.listId),
        };
      }
      case 'StatementFiled': {
        const { lists } = state as Declared;
        const list = { ...(lists.get(data.listId) as CandidateList), statement: data.statement };
        return { ...(state as Declared), lists: new Map(lists).set(data.listId, list) };
      }
      case 'ListOrderDrawn':
        return { ...(state as Declared), drawn: { seed: data.seed, order: data.order } };
      default:
        return never(type);
    }
  },
};

const empty = { lists: new Map<string, CandidateList>(), withdrawn: new Set<string>(), drawn: undefined };

/** The scrutin, if it was declared and its lists are filed on this portal. */
function here(state: Scrutin): Declared {
  if (state.phase === 'absent')
    throw new Refusal('scrutin.not-declared', 'No scrutin of this id was declared.');
  if (state.description.held === 'elsewhere')
    throw new Refusal('scrutin.held-elsewhere', 'This scrutin is held elsewhere: it has no lists here.');
  return state;
}

function declare(
  { scrutinId, electionId, description }: DeclareScrutin,
  state: Scrutin,
  now: string,
): readonly ScrutinEvent[] {
  if (state.phase === 'declared') {
    const { uuid, group } = state.description;
    if (state.electionId !== electionId || uuid !== description.uuid || group !== description.group)
      throw new Refusal('scrutin.fixed', 'Election, uuid and group of a scrutin are fixed for good.');
    if (description.held === 'elsewhere' && state.lists.size > 0)
      throw new Refusal('scrutin.has-lists', 'Lists were filed in this scrutin: it is held here.');
    if ([...state.lists.values()].some(({ candidates }) => candidates === undefined))
      requireNames(description);
    if (same(state.description, description)) return [];
  }
  const { uuid, group, code, title, body, seats, held, boardId } = description;
  const optional = { ...(code !== undefined && { code }), ...(boardId !== undefined && { boardId }) };
  const data = { scrutinId, electionId, uuid, group, ...optional, title, body, seats, held, at: now };
  return [{ type: 'ScrutinDeclared', data }];
}

function fileList(
  { scrutinId, listId, content, logo, candidates }: FileCandidateList,
  state: Declared,
  election: CandidateDeadline,
  now: string,
): readonly ScrutinEvent[] {
  const known = state.lists.get(listId);
  if (known?.content === content && known.logo === logo && known.candidates === candidates) return [];
  checkOpen(state, election, now);
  if (state.withdrawn.has(listId))
    throw new Refusal('scrutin.list-withdrawn', 'This list was withdrawn: file it under another id.');
  if (candidates === undefined) requireNames(state.description);
  const optional = { ...(logo !== undefined && { logo }), ...(candidates !== undefined && { candidates }) };
  return [{ type: 'CandidateListFiled', data: { scrutinId, listId, content, ...optional, at: now } }];
}

function withdraw(
  { scrutinId, listId }: WithdrawCandidateList,
  state: Declared,
  election: CandidateDeadline,
  now: string,
): readonly ScrutinEvent[] {
  if (state.withdrawn.has(listId)) return [];
  filed(state, listId);
  checkOpen(state, election, now);
  return [{ type: 'CandidateListWithdrawn', data: { scrutinId, listId, at: now } }];
}

function fileStatement(
  { scrutinId, listId, statement }: FileStatement,
  state: Declared,
  election: CandidateDeadline,
  now: string,
): readonly ScrutinEvent[] {
  if (filed(state, listId).statement === statement) return [];
  checkDue(election, now);
  return [{ type: 'StatementFiled', data: { scrutinId, listId, statement, at: now } }];
}

function draw(
  { scrutinId, seed }: DrawListOrder,
  state: Declared,
  { candidatesDueAt }: CandidateDeadline,
  now: string,
): readonly ScrutinEvent[] {
  if (state.drawn?.seed === seed) return [];
  if (state.drawn) throw new Refusal('scrutin.order-drawn', 'The order of the lists was drawn.');
  if (state.lists.size === 0) throw new Refusal('scrutin.no-list', 'No list was filed in this scrutin.');
  if (candidatesDueAt !== undefined && now < candidatesDueAt)
    throw new Refusal('scrutin.candidates-open', 'Lists may still be filed: the order is drawn after that.');
  const order = drawnOrder(seed, scrutinId, [...state.lists.keys()]);
  return [{ type: 'ListOrderDrawn', data: { scrutinId, seed, order, at: now } }];
}

/** Only a CCP is voted on by the name of the organisation, without candidates (requirements, B.4). */
function requireNames({ body }: ScrutinDescription): void {
  if (body !== 'CCP')
    throw new Refusal('scrutin.no-candidate', 'Only in a CCP may a list stand without candidates.');
}

function filed(state: Declared, listId: string): CandidateList {
  const list = state.lists.get(listId);
  if (!list) throw new Refusal('scrutin.list-unknown', 'No list of this id is filed in this scrutin.');
  return list;
}

function checkOpen(state: Declared, election: CandidateDeadline, now: string): void {
  checkDue(election, now);
  if (state.drawn) throw new Refusal('scrutin.order-drawn', 'The order of the lists was drawn.');
}

function checkDue({ candidatesDueAt }: CandidateDeadline, now: string): void {
  if (candidatesDueAt !== undefined && now >= candidatesDueAt)
    throw new Refusal('scrutin.candidates-late', `Lists and statements were due by ${candidatesDueAt}.`);
}

function same(one: ScrutinDescription, other: ScrutinDescription): boolean {
  return (['code', 'title', 'body', 'seats', 'held', 'boardId'] as const).every(
    (field) => one[field] === other[field],
  );
}
