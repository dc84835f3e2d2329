import { sha256Base64 } from '../../crypto/digest.js';
import type { BoxEvent } from '../../events/box.events.js';
import { ballotClaims, type BallotClaims } from '../../events/ballot-claims.js';
import { Corruption, isOf, type LedgerEvent } from '../../events/codec.js';

/** What a `VotesCast` says. */
export type Cast = Extract<BoxEvent, { type: 'VotesCast' }>['data'];

/** A box and its register as far as a decision needs them: phase and times, and what was used since a known revision. */
export type Box = { readonly phase: 'absent' } | OpenedBox;

export interface OpenedBox {
  readonly phase: 'open' | 'suspended' | 'frozen';
  readonly scrutinId: string;
  readonly electionId: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly graceMinutes: number;
  /** How many `VotesCast` there are. */
  readonly batches: number;
  /** Documents by which votes are judged. */
  readonly files: BoxFiles;
  /** The votes of the events that were read, the last ones first. What came before them is asked of `box_index`. */
  readonly recent: Recent | undefined;
}

export interface BoxFiles {
  readonly electionFile: string;
  readonly roll: { readonly root: string; readonly count: number };
  readonly rollFile: string;
  readonly credentials: { readonly root: string; readonly count: number };
  readonly credentialsFile: string;
}

/** A chain, not a list: adding to it copies nothing, however many events are read. */
interface Recent {
  readonly cast: Cast;
  readonly before: Recent | undefined;
}

export const absentBox: Box = { phase: 'absent' };

/** Folds the events of a box stream. Judges nothing; other events are of other streams and change nothing. */
export function evolveBox(state: Box, event: LedgerEvent): Box {
  if (!isOf(event, 'box')) throw new TypeError(`${event.type} is no event of a box`);
  if (event.type === 'BoxOpened') {
    const { scrutinId, electionId, opensAt, closesAt, graceMinutes, ...rest } = event.data;
    const { electionFile, roll, rollFile, credentials, credentialsFile } = rest;
    return {
      phase: 'open',
      ...{ scrutinId, electionId, opensAt, closesAt, graceMinutes, batches: 0, recent: undefined },
      files: { electionFile, roll, rollFile, credentials, credentialsFile },
    };
  }
  if (state.phase === 'absent') throw new Corruption('ledger.out-of-order', `${event.type} before BoxOpened`);
  switch (event.type) {
    case 'BoxSuspended':
      return { ...state, phase: 'suspended' };
    case 'BoxResumed':
      return { ...state, phase: 'open' };
    case 'BoxExtended':
      return { ...state, closesAt: event.data.closesAt };
    case 'VotesCast':
      return {
        ...state,
        batches: event.data.batch,
        recent: { cast: event.data, before: state.recent },
      };
    case 'BoxFrozen':
      return { ...state, phase: 'frozen' };
    case 'DiscrepancyStated':
    case 'RegisterKeyDestroyed':
    case 'TallyEncrypted':
    case 'PartialDecryptionFiled':
    case 'PartialDecryptionRejected':
    case 'TieDrawn':
    case 'ResultProclaimed':
    case 'ObservationWritten':
    case 'MinutesSigned':
      return state; // after the freeze
  }
}

/** Where a ballot is: the batch, and the minute that its elector is told. */
export interface Deposit {
  readonly batch: number;
  readonly at: string;
}

/** What votes have used: tags, credentials, randomness, and references with the place of their ballots. */
export interface UsedUp {
  readonly tags: Set<string>;
  readonly credentials: Set<string>;
  readonly alphas: Set<string>;
  readonly references: Map<string, Deposit>;
}

/** What the events that were read used up. */
export function usedRecently(box: Box): UsedUp {
  const used: UsedUp = {
    ...{ tags: new Set(), credentials: new Set(), alphas: new Set(), references: new Map() },
  };
  for (let link = box.phase === 'absent' ? undefined : box.recent; link; link = link.before) {
    const { signatures, ballots, batch, at } = link.cast;
    for (const tag of signatures) used.tags.add(tag);
    for (const ballot of ballots) {
      const { credential, alphas } = claimsOf(ballot);
      used.credentials.add(credential);
      for (const alpha of alphas) used.alphas.add(alpha);
      used.references.set(sha256Base64(ballot), { batch, at });
    }
  }
  return used;
}

/** What a ballot of the box says. Throws `Corruption` where it names no credential. */
function claimsOf(ballot: string): BallotClaims {
  const claims = ballotClaims(ballot);
  if (claims) return claims;
  throw new Corruption('ledger.bad-event', 'a ballot of the box names no credential');
}
