import type { Findings } from './claims.js';

/** How far a scrutin is that a seal holds for. */
export interface Stage {
  readonly place: string;
  /** When the last elector may vote, in milliseconds since 1970; undefined without a calendar. */
  readonly ends: number | undefined;
  readonly opened: boolean;
  readonly frozen: boolean;
  readonly counted: boolean;
  /** Its minutes, by the secretary and the president. */
  readonly signed: boolean;
}

const DAY = 24 * 60 * 60_000; // a freeze waits for the last instance and for every ballot verified again

/**
 * Lists every sealed scrutin that is not counted by the time of the bundle: a bundle could leave out boxes, or their ends,
 * and all that it shows would hold. Gives whether all are counted, their minutes signed.
 */
export function checkFinished(found: Findings, stages: readonly Stage[], now: number): boolean {
  const name = 'every-sealed-scrutin-is-counted';
  for (const { place, ends, opened, frozen, counted, signed } of stages) {
    if (counted) found.checked(name);
    if (counted && !signed)
      found.note(name, place, 'its result is proclaimed, and its minutes are not signed yet');
    if (counted) continue;
    if (ends === undefined || now <= ends) found.note(name, place, 'its vote has not ended');
    else if (!opened) found.fail(name, place, 'was sealed, its hours are over, and no box of it is shown');
    else if (frozen) found.note(name, place, 'is frozen, and its result is not in the bundle');
    else if (now > ends + DAY) found.fail(name, place, 'its vote ended a day ago, and its box is not frozen');
    else found.note(name, place, 'its vote has ended, and its box is not frozen yet');
  }
  found.because(name, 'no scrutin of the bundle is counted');
  return stages.length > 0 && stages.every(({ counted, signed }) => counted && signed);
}
