import {
  boolean,
  documentHash,
  instant,
  integer,
  list,
  oneOf,
  optional,
  record,
  sha256,
  text,
  uuid,
} from './fields.js';
import { beleniosUuid, ed25519Key, message, seat, sealedList } from './identifiers.js';
import { wire, type EventsOf } from './wire.js';

/** The rounds of a key ceremony, in their order (docs/protocol.md, K1). */
export const ceremonyRounds = ['certificate', 'commitment', 'opening', 'deal', 'completion'] as const;

/** The pair of a scrutin and what sealing fixed for it. */
const sealedScrutin = record({
  scrutinId: uuid,
  uuid: beleniosUuid,
  electionFile: documentHash, // election.json, to the byte
  fingerprint: text(43), // its hash in Belenios: sha256_b64
  roll: sealedList,
  rollFile: documentHash, // the sorted tags, one a line; restricted until the freeze
  credentials: sealedList,
  credentialsFile: documentHash, // the sorted public credentials, one a line; restricted until the freeze
});
/** See `ScrutinsSealed`. */
export type SealedScrutin = ReturnType<typeof sealedScrutin.parse>;

/** What can happen to one board and to its key (stream `board-<id>`). A member is one of the staff. */
export const boardWires = [
  wire('BoardDeclared.v1', { boardId: uuid, electionId: uuid, title: text(200), at: instant }),
  wire('BoardRenamed.v1', { boardId: uuid, title: text(200), by: optional(uuid), at: instant }), // until the seal
  wire('BoardMemberAppointed.v1', {
    boardId: uuid,
    seat, // 1 the president, 2 the secretary, then the delegates
    office: oneOf('president', 'secretary', 'delegate'),
    substitute: boolean, // of the titular of the same seat
    staffId: uuid,
    listId: optional(uuid), // whom a delegate stands for
    at: instant,
  }),
  // The substitute takes the seat; a share belongs to the seat (design 5).
  wire('BoardMemberReplaced.v1', { boardId: uuid, seat, staffId: uuid, by: uuid, at: instant }),
  wire('CeremonyStarted.v1', {
    boardId: uuid,
    ceremonyId: uuid,
    practice: boolean, // its key is never published, so no scrutin can be sealed with it
    group: oneOf('Ed25519', 'BELENIOS-2048'),
    groups: list(record({ threshold: seat, seats: list(seat, 1, 200) }), 1, 10),
    at: instant,
  }),
  wire('KeyHolderCertified.v1', { boardId: uuid, ceremonyId: uuid, seat, certificate: message, at: instant }),
  wire('KeySharesCommitted.v1', { boardId: uuid, ceremonyId: uuid, seat, commitment: message, at: instant }),
  wire('KeySharesOpened.v1', { boardId: uuid, ceremonyId: uuid, seat, opening: message, at: instant }),
  wire('KeySharesDealt.v1', { boardId: uuid, ceremonyId: uuid, seat, deal: message, at: instant }),
  wire('KeyHolderCompleted.v1', { boardId: uuid, ceremonyId: uuid, seat, completion: message, at: instant }),
  // The accused or the accuser cheated: the fault says who (K5).
  wire('KeyComplaintFiled.v1', { boardId: uuid, ceremonyId: uuid, seat, complaint: message, at: instant }),
  wire('CeremonyAborted.v1', {
    boardId: uuid,
    ceremonyId: uuid,
    reason: oneOf('cheated', 'absent', 'given-up'),
    seats: list(seat, 0, 200), // who is named
    round: optional(oneOf(...ceremonyRounds)),
    at: instant,
  }),
  // Every round was sound. What was made is good for nothing and nobody keeps it.
  wire('PracticeCompleted.v1', { boardId: uuid, ceremonyId: uuid, at: instant }),
  wire('BoardKeyPublished.v1', {
    boardId: uuid,
    ceremonyId: uuid,
    keyHolders: documentHash, // trustees.json
    owners: list(seat, 1, 200), // the seat of each owner of the file, in its order
    publicKey: text(700),
    at: instant,
  }),
  // A tally of votes that everybody knows, encrypted to the key of the board: what holders decrypt on the eve.
  wire('RehearsalStarted.v1', {
    boardId: uuid,
    rehearsalId: uuid,
    tally: message,
    votes: list(integer(0, 1000), 1, 20),
    at: instant,
  }),
  wire('RehearsalDecrypted.v1', {
    boardId: uuid,
    rehearsalId: uuid,
    seat,
    decryption: message, // proved
    at: instant,
  }),
  wire('DecryptionRehearsed.v1', {
    boardId: uuid,
    rehearsalId: uuid,
    seats: list(seat, 1, 200),
    at: instant,
  }),
  // What the members are asked to approve. Nothing is sealed yet; proposing again voids the approvals of the former.
  wire('SealProposed.v1', {
    boardId: uuid,
    electionId: uuid,
    seal: documentHash, // all that counts, canonical JSON
    keyHolders: documentHash,
    acknowledgementKey: ed25519Key,
    scrutins: list(sealedScrutin, 1, 500),
    opensAt: instant, // from then on the boxes open by themselves, and the seal cannot be broken
    by: uuid,
    at: instant,
  }),
  wire('SealApproved.v1', { boardId: uuid, seal: sha256, staffId: uuid, seat, at: instant }),
  // CGFP 528, 552. `seal` is the document of all that counts, whose hash the members approved.
  wire('ScrutinsSealed.v1', {
    boardId: uuid,
    electionId: uuid,
    seal: documentHash,
    keyHolders: documentHash,
    acknowledgementKey: ed25519Key,
    scrutins: list(sealedScrutin, 1, 500),
    approvedBy: list(uuid, 1, 50),
    at: instant,
  }),
  // One person alone breaks no seal: somebody else must agree.
  wire('SealBreakAsked.v1', {
    boardId: uuid,
    seal: sha256,
    reason: documentHash,
    staffId: uuid,
    at: instant,
  }),
  wire('SealBroken.v1', {
    boardId: uuid,
    seal: sha256,
    reason: documentHash,
    staffIds: list(uuid, 1, 10),
    at: instant,
  }),
] as const;

export type BoardEvent = EventsOf<typeof boardWires>;
