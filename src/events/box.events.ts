import {
  documentHash,
  instant,
  integer,
  list,
  minute,
  oneOf,
  optional,
  record,
  sha256,
  text,
  uuid,
} from './fields.js';
import { message, seat, sealedList, tag } from './identifiers.js';
import { wire, type EventsOf } from './wire.js';

/** A batch with fewer votes hides less than it should: it is thin, and the freeze says how many there were. */
export const minBatch = 5;

const count = integer(0, 100_000_000);

/** What can happen to one box and its register (stream `box-<scrutinId>`), from the opening to the minutes. */
export const boxWires = [
  // Empty box, blank register. It repeats what was sealed, so that the stream can be judged by itself.
  wire('BoxOpened.v1', {
    scrutinId: uuid,
    electionId: uuid,
    boardId: uuid,
    seal: documentHash,
    electionFile: documentHash,
    keyHolders: documentHash,
    roll: sealedList,
    rollFile: documentHash,
    credentials: sealedList,
    credentialsFile: documentHash,
    opensAt: instant,
    closesAt: instant,
    graceMinutes: integer(0, 60),
    at: instant,
  }),
  wire('BoxSuspended.v1', {
    scrutinId: uuid,
    reason: documentHash,
    staffIds: list(uuid, 1, 10),
    at: instant,
  }),
  wire('BoxResumed.v1', { scrutinId: uuid, staffIds: list(uuid, 1, 10), at: instant }),
  wire('BoxExtended.v1', {
    scrutinId: uuid,
    closesAt: instant,
    reason: documentHash,
    staffIds: list(uuid, 1, 10),
    at: instant,
  }),
  // Many votes at once, and no order among them: signatures sorted, ballots sorted by reference (design 3).
  wire('VotesCast.v1', {
    scrutinId: uuid,
    batch: integer(1, 100_000_000),
    signatures: list(tag, 1, 10_000),
    ballots: list(text(500_000), 1, 10_000), // each its canonical JSON
    at: minute,
  }),
  wire('BoxFrozen.v1', {
    scrutinId: uuid,
    ballots: count,
    signatures: count,
    batches: count,
    thinBatches: count, // with fewer votes than the least that hides
    boxRoot: sha256, // RFC 6962 over the references, sorted
    registerRoot: sha256, // RFC 6962 over the tags that signed, sorted
    register: documentHash, // who signed, by name and day; restricted
    turnout: optional(documentHash), // by unit, cells under ten merged
    credentials: sealedList, // the final list: initial ⊂ final, growth ≤ réassorts
    credentialsFile: documentHash,
    reassorts: count,
    at: instant,
  }),
  // Names, signatures and ballots do not agree, and two of the board have the count go on (CGFP R. 211-574). The text is
  // public; whose names these are is in no event.
  wire('DiscrepancyStated.v1', {
    scrutinId: uuid,
    names: count, // of the register that the freeze names
    matched: count, // those whose tag, made again, is a signature of the box
    signatures: count,
    ballots: count,
    text: documentHash,
    staffIds: list(uuid, 2, 2),
    at: instant,
  }),
  // After the board's tool reconciled tags, names and counts; nothing is decrypted before it.
  wire('RegisterKeyDestroyed.v1', { scrutinId: uuid, reconciledBy: list(uuid, 1, 10), at: instant }),
  wire('TallyEncrypted.v1', { scrutinId: uuid, tally: message, ballots: count, at: instant }),
  wire('PartialDecryptionFiled.v1', {
    scrutinId: uuid,
    seat,
    owner: integer(1, 200), // the place in the file of key holders
    decryption: message,
    binding: message, // our proof, which also hashes ciphertexts and factors (protocol T5)
    staffId: uuid,
    at: instant,
  }),
  wire('PartialDecryptionRejected.v1', {
    scrutinId: uuid,
    seat,
    staffId: uuid,
    reason: oneOf('malformed', 'proof', 'binding', 'disagrees'),
    at: instant,
  }),
  wire('TieDrawn.v1', {
    scrutinId: uuid,
    step: integer(1, 1000), // which seat
    seed: sha256, // of the frozen root and the decryptions (docs/protocol.md, S2)
    among: list(uuid, 2, 200),
    drawn: uuid,
    at: instant,
  }),
  wire('ResultProclaimed.v1', {
    scrutinId: uuid,
    result: message, // result.json of Belenios
    votes: list(record({ listId: uuid, votes: count, seats: integer(0, 200) }), 1, 200),
    blank: count,
    seats: documentHash, // each step of the allocation
    at: instant,
  }),
  // What the board has to say in the minutes, from the freeze until they are signed (CGFP 577); the text is public.
  wire('ObservationWritten.v1', {
    scrutinId: uuid,
    observationId: uuid,
    text: documentHash,
    seat,
    staffId: uuid,
    at: instant,
  }),
  wire('MinutesSigned.v1', {
    scrutinId: uuid,
    minutes: documentHash,
    office: oneOf('president', 'secretary', 'delegate'),
    seat,
    staffId: uuid,
    at: instant,
  }),
] as const;

export type BoxEvent = EventsOf<typeof boxWires>;
