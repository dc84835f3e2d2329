/** Fields that several families of events share: what names a scrutin, an elector's tag, a ballot. */
import { integer, pattern, record, sha256 } from './fields.js';

/** The uuid of a Belenios election: base58, fourteen digits at least. */
export const beleniosUuid = pattern('14 to 64 base58 digits', /^[1-9A-HJ-NP-Za-km-z]{14,64}$/);

/** The public half of an Ed25519 key: gate keys (protocol V6), acknowledgement and checkpoint keys. */
export const ed25519Key = pattern('64 lower-case hex digits', /^[0-9a-f]{64}$/);

/** An elector's tag in one scrutin: HMAC-SHA-256 of the electorId under its register key, in hex (design 3). */
export const tag = pattern('64 lower-case hex digits', /^[0-9a-f]{64}$/);

/** The seat of a board, from 1: president, secretary, then the delegates. */
export const seat = integer(1, 200);

/** A list that is public later: how many lines, and the RFC 6962 root over them, sorted (protocol T1). */
export const sealedList = record({ root: sha256, count: integer(0, 100_000_000) });
/** See `sealedList`. */
export type SealedList = ReturnType<typeof sealedList.parse>;

/** A message of the key ceremony or of the tally as Belenios or docs/protocol.md writes it: compact JSON, 700,000 characters at most. */
export const message = pattern(
  'compact JSON of at most 700,000 characters',
  /^(?=[^]{2,700000}$)[[{][^]*[\]}]$/,
);
