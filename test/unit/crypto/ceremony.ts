import { randomBytes } from 'node:crypto';
import type { RandomBytes } from '../../../src/crypto/group.js';
import {
  assembleGroup,
  certify,
  commit,
  complete,
  deal,
  open,
  type Draft,
  type Holder,
} from '../../../src/crypto/key-ceremony.js';
import {
  emptyTranscript,
  type Ceremony,
  type Transcript,
} from '../../../src/crypto/key-ceremony-messages.js';
import type { PedersenGroup } from '../../../src/crypto/key-holders.js';
import type { Signed } from '../../../src/crypto/signed-message.js';

export const random: RandomBytes = (length) => randomBytes(length);

/** A ceremony in progress, with what its holders keep to themselves. */
export interface Board {
  readonly ceremony: Ceremony;
  readonly holders: Holder[];
  readonly drafts: Draft[];
  transcript: Transcript;
}

export function certified(ceremony: Ceremony): Board {
  const made = Array.from({ length: ceremony.size }, (_, i) => certify(ceremony, i + 1, random));
  const certificates = made.map(({ certificate }) => certificate);
  return {
    ceremony,
    holders: made.map(({ holder }) => holder),
    drafts: [],
    transcript: { ...emptyTranscript, certificates },
  };
}

export function committed(ceremony: Ceremony): Board {
  const board = certified(ceremony);
  const made = board.holders.map((holder) => commit(ceremony, board.transcript, holder, random));
  const commitments = made.map(({ commitment }) => commitment);
  return {
    ...board,
    drafts: made.map(({ draft }) => draft),
    transcript: { ...board.transcript, commitments },
  };
}

export function opened(ceremony: Ceremony): Board {
  const board = committed(ceremony);
  const openings = board.holders.map((holder, i) =>
    open(ceremony, board.transcript, holder, board.drafts[i] as Draft, random),
  );
  return { ...board, transcript: { ...board.transcript, openings } };
}

export function dealt(ceremony: Ceremony): Board {
  const board = opened(ceremony);
  const deals = board.holders.map((holder, i) =>
    deal(ceremony, board.transcript, holder, board.drafts[i] as Draft, random),
  );
  return { ...board, transcript: { ...board.transcript, deals } };
}

/** The whole ceremony among honest holders: the group, and the private share of each. */
export function completed(ceremony: Ceremony): { group: PedersenGroup; shares: bigint[]; board: Board } {
  const board = dealt(ceremony);
  const shares: bigint[] = [];
  const completions: Signed[] = [];
  for (const holder of board.holders) {
    const done = complete(ceremony, board.transcript, holder, random);
    if ('complaints' in done) throw new Error('an honest holder was complained of');
    shares.push(done.share);
    completions.push(done.completion);
  }
  board.transcript = { ...board.transcript, completions };
  return { group: assembleGroup(ceremony, board.transcript), shares, board };
}
