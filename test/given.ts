import { expect } from '@jest/globals';
import type { Decider } from '../src/ledger/decider.js';
import { Refusal } from '../src/ledger/refusal.js';

/**
 * States a decision as past, command, outcome: `given(opened).when(cast).then(ballotCast)`. Exact events in exact order;
 * a refusal must be a `Refusal` of that code, so that neither silence nor a bug can pass for one.
 */
export function specFor<S, C, E>(decider: Decider<S, C, E>, now: string) {
  return (...past: readonly E[]) => ({
    when(command: C) {
      const state = past.reduce((before, event) => decider.evolve(before, event), decider.initial);
      const decide = () => decider.decide(command, state, now);
      return {
        then(...events: readonly E[]): void {
          expect(decide()).toStrictEqual(events);
        },
        thenRefuses(code: Refusal['code']): void {
          let outcome: unknown;
          try {
            outcome = decide();
          } catch (error) {
            outcome = error;
          }
          expect(outcome).toBeInstanceOf(Refusal);
          expect((outcome as Refusal).code).toBe(code);
        },
      };
    },
  });
}
