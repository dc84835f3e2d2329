import { isOf, type LedgerEvent } from '../../events/codec.js';

/** A scrutin as its result needs it. */
export interface ContestedScrutin {
  readonly title: string;
  readonly seats: number;
  /** listId -> how many candidates it has */
  readonly candidates: ReadonlyMap<string, number>;
}

/** Folds `scrutin-<id>`; undefined before it is declared. */
export const contested = {
  initial: undefined as ContestedScrutin | undefined,
  evolve(state: ContestedScrutin | undefined, event: LedgerEvent): ContestedScrutin | undefined {
    if (!isOf(event, 'scrutin')) return state;
    if (event.type === 'ScrutinDeclared') {
      const { title, seats } = event.data;
      return { title, seats, candidates: state?.candidates ?? new Map() };
    }
    if (state === undefined) return undefined;
    const candidates = new Map(state.candidates);
    if (event.type === 'CandidateListFiled') candidates.set(event.data.listId, event.data.candidates);
    if (event.type === 'CandidateListWithdrawn') candidates.delete(event.data.listId);
    return { ...state, candidates };
  },
};
