import { isOf, type LedgerEvent } from '../../events/codec.js';

/** A scrutin as its result needs it. */
export interface ContestedScrutin {
  readonly title: string;
  readonly body: 'CSA' | 'CAP' | 'CCP';
  readonly seats: number;
  /** listId -> how many of its candidates may have a seat, and the document of the list */
  readonly lists: ReadonlyMap<string, { readonly candidates: number | undefined; readonly content: string }>;
}

/** Folds `scrutin-<id>`; undefined before it is declared. */
export const contested = {
  initial: undefined as ContestedScrutin | undefined,
  evolve(state: ContestedScrutin | undefined, event: LedgerEvent): ContestedScrutin | undefined {
    if (!isOf(event, 'scrutin')) return state;
    if (event.type === 'ScrutinDeclared') {
      const { title, body, seats } = event.data;
      return { title, body, seats, lists: state?.lists ?? new Map() };
    }
    if (state === undefined) return undefined;
    const lists = new Map(state.lists);
    if (event.type === 'CandidateListFiled') {
      const { listId, candidates, content } = event.data;
      lists.set(listId, { candidates, content });
    }
    if (event.type === 'CandidateListWithdrawn') lists.delete(event.data.listId);
    return { ...state, lists };
  },
};
