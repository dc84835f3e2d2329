import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * The lists of a scrutin in the order that a public seed draws: by SHA-256(`isoloir/list-order/v1\n` ‖ seed ‖ `\n` ‖
 * scrutin ‖ `\n` ‖ list), lowest first. Anyone draws it again; whoever filed a list could not know its place if the seed
 * was not known then.
 */
export function drawnOrder(seed: string, scrutinId: string, listIds: readonly string[]): string[] {
  const lot = (listId: string) =>
    bytesToHex(sha256(utf8ToBytes(`isoloir/list-order/v1\n${seed}\n${scrutinId}\n${listId}`)));
  return listIds
    .map((listId) => ({ listId, lot: lot(listId) }))
    .sort((one, other) => (one.lot < other.lot ? -1 : 1))
    .map(({ listId }) => listId);
}
