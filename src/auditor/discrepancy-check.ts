import type { EventOf } from '../events/codec.js';
import type { Frozen } from './box-check.js';
import type { Findings } from './claims.js';

type Stated = Extract<EventOf<'box'>, { type: 'DiscrepancyStated' }>['data'];

/** Who sits where on the board of the box. */
type Seats = ReadonlyMap<number, { readonly staffId: string; readonly office: string }>;

const name = 'register-agrees-with-the-box';

/**
 * Names, signatures and ballots are one number when the register key dies, or two of the board stated that they are not
 * (CGFP R. 211-574, docs/protocol.md A6). Of the names an auditor has the board's word alone: the register is restricted, and
 * without its key no name leads to a signature.
 */
export class DiscrepancyCheck {
  private readonly stated: { readonly data: Stated; readonly place: string }[] = [];
  private destroyed = false;

  constructor(private readonly found: Findings) {}

  /** Whether the minutes must bear a remark. */
  get isStated(): boolean {
    return this.stated.length > 0;
  }

  state(data: Stated, place: string, frozen: Frozen | undefined, seats: Seats | undefined): void {
    const { found } = this;
    const { names, matched, signatures, ballots, staffIds } = data;
    this.stated.push({ data, place });
    for (const [what, says, has] of [
      ['ballots', ballots, frozen?.ballots],
      ['signatures', signatures, frozen?.signatures],
    ] as const)
      found.require(name, says === has, place, `says ${says} ${what}, ${has ?? 0} were cast`);
    const differs = names !== signatures || matched !== signatures || ballots !== signatures;
    found.require(name, differs, place, 'states a discrepancy where there is none');
    const possible = matched <= names && matched <= signatures;
    found.require(name, possible, place, 'finds more names that have signed than names or signatures');
    const sitting = [...(seats?.values() ?? [])].filter(({ staffId }) => staffIds.includes(staffId));
    const sit = staffIds.every((id) => sitting.some(({ staffId }) => staffId === id));
    found.require(name, sit, place, 'is stated by somebody who does not sit on the board');
    const presides = sitting.some(({ office }) => office !== 'delegate');
    found.require(name, presides, place, 'is stated without the president or the secretary');
  }

  /** The register key dies: what the board stated last is what it found. */
  keyDestroyed(place: string): void {
    this.found.checked(name);
    this.destroyed = true;
    const last = this.stated.at(-1);
    if (last) this.found.note(name, place, `${said(last.data)}: stated by the board, and the count went on`);
  }

  /** At the end of the bundle; what the minutes say of it is for `MinutesCheck`. */
  end(): void {
    const last = this.stated.at(-1);
    if (last && !this.destroyed) this.found.note(name, last.place, `${said(last.data)}: stated by the board`);
  }
}

function said({ names, matched, signatures, ballots }: Stated): string {
  return `${names} names, ${matched} of which have signed, ${signatures} signatures, ${ballots} ballots`;
}
