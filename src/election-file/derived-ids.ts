import { createHash } from 'node:crypto';
import type { FormReader } from '../http/form-reader.js';

/** An id that is always the same for the same thing of the same election, in the form of a random one. Names no person. */
export function derivedId(domain: string, electionId: string, key: string): string {
  const bytes = createHash('sha256').update(`${domain}\n${electionId}\n${key}`).digest();
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x40;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * The id of what a form makes, of this place: sent twice, by a double click or again after no answer, it makes one thing.
 * Filled in otherwise, after a step back in the browser, it makes another and changes nothing of the first.
 */
export function idOfForm(form: FormReader, place: string, fields: readonly string[]): string {
  return derivedId('isoloir/form/v1', place, JSON.stringify([form.id(), form.values(fields)]));
}

const DOMAIN = 'isoloir/election-file/v1';

/** The id of what the file of an election calls so, where it does not say another. */
export function idOf(electionId: string, key: string): string {
  return derivedId(DOMAIN, electionId, key);
}

/** The id of the scrutin of a code. */
export function scrutinIdOf(electionId: string, code: string): string {
  return idOf(electionId, `scrutin/${code}`);
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The uuid of the Belenios election of a scrutin: 22 digits, as many bits as a UUID has. */
export function beleniosUuidOf(scrutinId: string): string {
  const hash = createHash('sha256').update(`isoloir/belenios-uuid/v1\n${scrutinId}`).digest('hex');
  let number = BigInt(`0x${hash}`);
  let digits = '';
  for (let place = 0; place < 22; place++) {
    digits += BASE58.charAt(Number(number % 58n));
    number /= 58n;
  }
  return digits;
}
