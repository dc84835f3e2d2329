import type { Refusal } from './refusal.js';

/**
 * Two pure functions and a start. `decide` judges and changes nothing; `evolve` changes and judges nothing.
 * An empty list of events means "already done"; a thrown `Refusal` means "the rules say no".
 */
export interface Decider<S, C, E> {
  readonly initial: S;
  /** `now` is an instant in UTC. */
  decide(command: C, state: S, now: string): readonly E[];
  evolve(state: S, event: E): S;
}

/** What became of one command of a batch: part of the append, or refused alone. */
export type Outcome = 'accepted' | 'already-done' | Refusal;

/** Decides many commands against one state, into one append (design 3: one event for many votes). */
export interface BatchDecider<S, C, E> {
  readonly initial: S;
  /** `outcomes[i]` belongs to `commands[i]`. No events when nothing was accepted. */
  decideBatch(
    commands: readonly C[],
    state: S,
    now: string,
  ): { events: readonly E[]; outcomes: readonly Outcome[] };
  evolve(state: S, event: E): S;
}
