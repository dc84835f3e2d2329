import type { Json } from '../crypto/canonical-json.js';
import type { EventOf } from '../events/codec.js';
import type { Opened } from './election-check.js';
import type { Standing } from './election-journal.js';
import type { ElectedOfList } from './list-papers.js';
import type { DueSeats } from './seats-check.js';

export type Box<T> = Extract<EventOf<'box'>, { type: T }>['data'];
export type Interruption = Extract<EventOf<'box'>, { type: 'BoxSuspended' | 'BoxResumed' | 'BoxExtended' }>;

/** What the stream of a box says that minutes repeat. */
export interface Course {
  readonly opened: Opened;
  readonly closesAt: string;
  readonly interruptions: readonly Interruption[];
  readonly reconciled: Box<'RegisterKeyDestroyed'> | undefined;
  readonly decrypted: readonly Box<'PartialDecryptionFiled'>[];
  readonly rejected: readonly Box<'PartialDecryptionRejected'>[];
  readonly discrepancies: readonly Box<'DiscrepancyStated'>[];
  readonly observations: readonly Box<'ObservationWritten'>[];
}

/** What this audit counted and allocated itself, and the hours of freeze and proclamation. */
export interface OwnCount {
  readonly title: string;
  readonly frozenAt: string;
  readonly result: Box<'ResultProclaimed'>;
  readonly roll: number;
  readonly signatures: number;
  readonly ballots: number;
  readonly tallied: number;
  readonly batches: number;
  readonly thinBatches: number;
  /** Those that electors had; as the freeze says where these are not shown. */
  readonly reassorts: number;
  readonly electorsShown: boolean;
  readonly boxRoot: string;
  readonly registerRoot: string;
  readonly blank: number;
  readonly lists: readonly { readonly listId: string; readonly title: string; readonly votes: number }[];
  readonly places: number;
  /** Undefined where they could not be allocated. */
  readonly seats: DueSeats | undefined;
  readonly seed: string | undefined;
  /** Undefined where the document of a list is not there. */
  readonly elected: readonly ElectedOfList[] | undefined;
}

/**
 * What minutes must say (docs/protocol.md, M2), field by field; undefined stands for what nothing here gives. Observations and
 * discrepancies are texts by their hashes.
 */
export function minutesDue(course: Course, own: OwnCount, standing: Standing): Record<string, unknown> {
  const { opened, closesAt, interruptions, reconciled, decrypted, rejected } = course;
  const { seats, result, seed } = own;
  const { board, journal } = standing;
  const sitting = (staffId: string) => sittingIn(board.seats, staffId);
  const seatsOf = (listId: string) => seats?.lists.find(({ id }) => id === listId)?.seats ?? 0;
  const { scrutinId, electionId, seal, opensAt, graceMinutes } = opened;
  const { frozenAt, title, roll, signatures, ballots, tallied, batches, thinBatches, reassorts } = own;
  return {
    ...{ scrutinId, electionId, election: standing.title, title, board: board.title },
    ...{ listsClosedAt: standing.listsClosedAt, opensAt, closesAt, graceMinutes, frozenAt },
    ...{ proclaimedAt: result.at, seal, sealApprovedBy: board.approvedBy.map(sitting) },
    ...{ roll, signatures, ballots, tallied, batches, thinBatches, reassorts },
    ...{ boxRoot: own.boxRoot, registerRoot: own.registerRoot },
    reconciledBy: reconciled?.reconciledBy.map(sitting) ?? [],
    ...{ blank: own.blank, places: own.places, seats: result.seats },
    lists: seats && own.lists.map((one) => ({ ...one, seats: seatsOf(one.listId) })),
    steps: seats?.steps,
    draws: seats?.draws.map((draw) => ({ ...draw, seed })),
    ...{ joint: seats?.joint, elected: own.elected },
    decryptedBy: decrypted.map(({ staffId, at }) => ({ ...sitting(staffId), at })),
    rejectedDecryptions: rejected.map(({ seat, reason, at }) => ({ seat, reason, at })),
    interruptions: interruptions.map(({ type, data }) => ({
      ...{ type, at: data.at, approvedBy: data.staffIds.map(sitting) },
      closesAt: type === 'BoxExtended' ? data.closesAt : undefined,
      reason: type === 'BoxResumed' ? undefined : data.reason,
    })),
    journal: journal.filter((one) => (one.scrutinId ?? scrutinId) === scrutinId).map(({ line }) => line),
    remarks: remarksDue(own),
    discrepancies: course.discrepancies.map(({ at, names, matched, staffIds, text, ...of }) => ({
      ...{ at, names, matched, signatures: of.signatures, ballots: of.ballots, text },
      decidedBy: staffIds.map(sitting),
    })),
    observations: course.observations.map(({ at, staffId, text }) => ({ ...sitting(staffId), at, text })),
  };
}

/** Where counter, register and tally do not agree (CGFP R. 211-574). */
function remarksDue({ ballots, signatures, tallied, blank, lists }: OwnCount): string[] {
  const counted = lists.reduce((sum, { votes }) => sum + votes, blank);
  return [
    ...(ballots === signatures ? [] : [`${ballots} bulletins pour ${signatures} émargements.`]),
    ...(ballots === tallied ? [] : [`${tallied} bulletins additionnés sur ${ballots}.`]),
    ...(ballots === counted ? [] : [`${counted} suffrages dépouillés pour ${ballots} bulletins.`]),
  ];
}

/** Whoever of the board it is, by the seat that is held when the minutes are signed. */
function sittingIn(seats: Standing['board']['seats'], staffId: string): Record<string, Json> {
  const [seat, sits] = [...seats].find(([, one]) => one.staffId === staffId) ?? [];
  return seat === undefined || !sits ? { staffId } : { staffId, seat, office: sits.office };
}
