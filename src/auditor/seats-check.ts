import type { EventOf } from '../events/codec.js';

type Result = Extract<EventOf<'box'>, { type: 'ResultProclaimed' }>['data'];

/** Whether this auditor knows how votes become seats. */
export const canCheckSeats: boolean = false;

/** What is wrong with the seats that were proclaimed. */
export function seatsFlaw(_result: Result, _seed: string, _steps: string | undefined): string | undefined {
  return undefined;
}
