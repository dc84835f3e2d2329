import { Malformed } from '../crypto/malformed.js';
import type { Findings } from './claims.js';

/** A ballot that somebody knows to be cast: its reference, and its scrutin where a proof of deposit names it. */
export interface AskedBallot {
  readonly reference: string;
  readonly scrutinId?: string;
}

const REFERENCE = /^[A-Za-z0-9+/]{43}$/;

/** The reference of a ballot (docs/protocol.md, B4). Throws `Malformed`. */
export function askedReference(text: string): AskedBallot {
  const reference = text.trim();
  if (!REFERENCE.test(reference)) throw new Malformed('reference', 'is not the reference of a ballot');
  return { reference };
}

/** What a proof of deposit names, from the six lines of its QR code (docs/protocol.md, A5). Throws `Malformed`. */
export function askedProof(text: string): AskedBallot {
  const [form, , scrutinId = '', reference = ''] = text.split(/\r?\n/);
  if (form !== 'isoloir/proof/v1') throw new Malformed('proof', 'is not the text of a proof of deposit');
  return { ...askedReference(reference), scrutinId };
}

/** Every ballot that is asked for is in a box that the bundle shows. */
export function checkAsked(
  found: Findings,
  asked: readonly AskedBallot[],
  boxes: ReadonlyMap<string, readonly string[]>,
): void {
  const name = 'ballots-asked-for-are-in-a-box';
  found.because(name, 'no reference was given (--reference, --proof)');
  for (const { reference, scrutinId } of asked) {
    const shown = scrutinId === undefined ? [...boxes.values()].flat() : (boxes.get(scrutinId) ?? []);
    found.require(name, shown.includes(reference), reference, 'is in no box that the bundle shows');
  }
}
