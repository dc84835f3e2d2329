import { listIdOf, titleOf } from '../../crypto/answers.js';
import { canonicalJson, type Json } from '../../crypto/canonical-json.js';
import { parseElection } from '../../crypto/election.js';
import type { SeatStep } from '../../crypto/seats.js';
import { Refusal } from '../../ledger/refusal.js';
import type { Board } from './board-fold.js';
import type { Office } from './counting.commands.js';
import type { Counted } from './counting.decider.js';
import type { Figures, Stated } from './discrepancy.decider.js';
import type { ElectedOfList, JointList } from './list-papers.js';

/** Whoever of the board did something: an office and a seat; names are in no event. */
export interface Sitting {
  readonly staffId: string;
  readonly seat?: number;
  readonly office?: Office;
}

/** An entry of the election's journal: what happened, or who touched what. Its text is a restricted document. */
export interface JournalLine {
  readonly type: 'IncidentLogged' | 'InterventionLogged' | 'BuildReplaced';
  readonly at: string;
  /** Who wrote it; absent of a replaced build, which several decide. */
  readonly staffId?: string;
  readonly component?: string;
  readonly build?: string;
  readonly booth?: string;
  /** Who decided, each with a seat in a board of the election. */
  readonly decidedBy?: readonly {
    readonly boardId: string;
    readonly seat: number;
    readonly staffId: string;
  }[];
  /** SHA-256 of the text. */
  readonly text: string;
}

/** What somebody of the board has to say. */
export interface Observation extends Sitting {
  readonly at: string;
  readonly text: string;
}

/** What two of the board stated where names, signatures and ballots do not agree (CGFP R. 211-574). */
export interface DiscrepancyRemark extends Figures {
  readonly at: string;
  readonly text: string;
  readonly decidedBy: readonly Sitting[];
}

/** Everything that the minutes say, in the words of events (CGFP 577). It is this text that is signed. */
export interface MinutesContent {
  readonly scrutinId: string;
  readonly electionId: string;
  /** The title of the election, and that of the scrutin. */
  readonly election: string;
  readonly title: string;
  readonly board: string;
  /** Absent in minutes of before it was said. */
  readonly listsClosedAt?: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly graceMinutes: number;
  readonly frozenAt: string;
  readonly proclaimedAt: string;
  readonly seal: string;
  readonly sealApprovedBy: readonly Sitting[];
  readonly roll: number;
  readonly signatures: number;
  readonly ballots: number;
  readonly tallied: number;
  readonly batches: number;
  readonly thinBatches: number;
  readonly reassorts: number;
  readonly boxRoot: string;
  readonly registerRoot: string;
  readonly reconciledBy: readonly Sitting[];
  readonly blank: number;
  readonly places: number;
  readonly lists: readonly {
    readonly listId: string;
    readonly title: string;
    readonly votes: number;
    readonly seats: number;
  }[];
  /** The document with each step, and what it says. */
  readonly seats: string;
  readonly steps: readonly SeatStep[];
  /** Joint lists: whom the votes count for, by the key that was filed. */
  readonly joint: readonly JointList[];
  /** Of each list that has seats; absent where the result was proclaimed before it said so. */
  readonly elected?: readonly ElectedOfList[];
  readonly draws: readonly { step: number; among: readonly string[]; drawn: string; seed: string }[];
  readonly decryptedBy: readonly (Sitting & { readonly at: string })[];
  readonly rejectedDecryptions: readonly { seat: number; reason: string; at: string }[];
  readonly interruptions: readonly {
    readonly type: 'BoxSuspended' | 'BoxResumed' | 'BoxExtended';
    readonly at: string;
    readonly closesAt?: string;
    readonly reason?: string;
    readonly approvedBy: readonly Sitting[];
  }[];
  readonly journal: readonly JournalLine[];
  /** What counter, register and tally say of themselves where they disagree. */
  readonly remarks: readonly string[];
  /** What the board stated before the register key was destroyed; absent in minutes of before it could. */
  readonly discrepancies?: readonly DiscrepancyRemark[];
  /** What members of the board wrote; absent in minutes of before they could. */
  readonly observations?: readonly Observation[];
}

/** What the minutes take from documents that events name, and from the journal of the election. */
export interface MinutesSources {
  readonly board: Board;
  readonly electionFile: string;
  /** The document that `ResultProclaimed` names. */
  readonly seatSteps: string;
  readonly election: string;
  readonly listsClosedAt: string | undefined;
  readonly journal: readonly JournalLine[];
  readonly observations: readonly { readonly at: string; readonly staffId: string; readonly text: string }[];
  /** With the texts in the place of their hashes. */
  readonly discrepancies: readonly Stated[];
}

/** The content, from what happened to the box. Refuses before the result. */
export function minutesContent(
  box: Counted,
  {
    board,
    electionFile,
    seatSteps,
    election,
    listsClosedAt,
    journal,
    observations,
    discrepancies,
  }: MinutesSources,
): MinutesContent {
  const { opened, closesAt, interruptions, filed, rejected, draws, frozen, reconciled, tally, result } = box;
  if (!frozen || !reconciled || !tally || !result)
    throw new Refusal('counting.no-result', 'No result was proclaimed yet.');
  const poll = parseElection(electionFile);
  const titles = new Map(
    poll.questions.flatMap(({ answers }) => answers.map((one) => [listIdOf(one) ?? '', titleOf(one)])),
  );
  const { places, steps, joint = [], elected } = JSON.parse(seatSteps) as Partial<MinutesContent>;
  return {
    ...{ scrutinId: opened.scrutinId, electionId: opened.electionId },
    ...{ election, title: poll.name, board: board.title, opensAt: opened.opensAt, closesAt },
    ...(listsClosedAt !== undefined && { listsClosedAt }),
    ...{ graceMinutes: opened.graceMinutes, frozenAt: frozen.at, proclaimedAt: result.at },
    ...{ seal: opened.seal, sealApprovedBy: board.approvedBy.map((id) => sitting(board, id)) },
    ...{ roll: opened.roll.count, signatures: frozen.signatures, ballots: frozen.ballots },
    ...{ tallied: tally.ballots, batches: frozen.batches, thinBatches: frozen.thinBatches },
    ...{ reassorts: frozen.reassorts, boxRoot: frozen.boxRoot, registerRoot: frozen.registerRoot },
    reconciledBy: reconciled.reconciledBy.map((id) => sitting(board, id)),
    ...{ blank: result.blank, places: places ?? 0, seats: result.seats, steps: steps ?? [], joint },
    ...(elected && { elected }),
    lists: result.votes.map((one) => ({ ...one, title: titles.get(one.listId) ?? '' })),
    draws: draws.map(({ step, among, drawn, seed }) => ({ step, among, drawn, seed })),
    decryptedBy: [...filed.values()].map(({ staffId, at }) => ({ ...sitting(board, staffId), at })),
    rejectedDecryptions: rejected.map(({ seat, reason, at }) => ({ seat, reason, at })),
    interruptions: interruptions.map(({ type, data }) => ({
      ...{ type, at: data.at, approvedBy: data.staffIds.map((id) => sitting(board, id)) },
      ...('closesAt' in data && { closesAt: data.closesAt }),
      ...('reason' in data && { reason: data.reason }),
    })),
    ...{ journal, remarks: remarksOn(box) },
    discrepancies: discrepancies.map(({ at, names, matched, signatures, ballots, text, staffIds }) => ({
      ...{ at, names, matched, signatures, ballots, text },
      decidedBy: staffIds.map((id) => sitting(board, id)),
    })),
    observations: observations.map(({ at, staffId, text }) => ({ ...sitting(board, staffId), at, text })),
  };
}

/** The text that is signed: the same events make the same bytes. */
export function printMinutes(content: MinutesContent): string {
  return canonicalJson(JSON.parse(JSON.stringify(content)) as Json);
}

/** What the board must say where counter, register and tally do not agree (CGFP 574). */
export function remarksOn({ frozen, tally, result }: Counted): string[] {
  const counted = result && result.blank + result.votes.reduce((sum, { votes }) => sum + votes, 0);
  const remarks: string[] = [];
  if (frozen && frozen.ballots !== frozen.signatures)
    remarks.push(`${frozen.ballots} bulletins pour ${frozen.signatures} émargements.`);
  if (frozen && tally && tally.ballots !== frozen.ballots)
    remarks.push(`${tally.ballots} bulletins additionnés sur ${frozen.ballots}.`);
  if (frozen && counted !== frozen.ballots)
    remarks.push(`${counted ?? 0} suffrages dépouillés pour ${frozen.ballots} bulletins.`);
  return remarks;
}

function sitting({ seats }: Board, staffId: string): Sitting {
  const found = [...seats].find(([, { holder }]) => holder === staffId);
  return found ? { staffId, seat: found[0], office: found[1].office } : { staffId };
}
