/**
 * One seat in the ceremony of a board: what it has to say now, given what all have said. The same for the browser of a
 * holder and for the command line; whoever runs it keeps the secrets and carries the messages.
 */
import { parseScalar, type Group, type RandomBytes } from './group.js';
import { certify, commit, complete, deal, open, type Draft, type Holder } from './key-ceremony.js';
import {
  emptyTranscript,
  rounds,
  type Ceremony,
  type Round,
  type Transcript,
} from './key-ceremony-messages.js';
import { Malformed } from './malformed.js';
import { parseProof, proofJson } from './proof-of-knowledge.js';
import { parseSigned, signedJson, type Signed } from './signed-message.js';
import { fields, items, parseCompactJson, string } from './strict-json.js';

/** What was said in the ceremony of a board, as anybody may know it. */
export interface BoardCeremony {
  readonly ceremonyId: string;
  readonly groups: readonly { readonly threshold: number; readonly seats: readonly number[] }[];
  /** The texts of each round by seat: `said.certificates[3]`. */
  readonly said: Readonly<Record<Round, Readonly<Record<number, string>>>>;
}

/** What a seat does next. `secrets` are to be kept, safely and before the message is sent. */
export type Turn =
  | {
      readonly kind: 'speak';
      readonly round: Round;
      readonly message: string;
      readonly secrets: string;
      /** In the last round: the private share of the seat, to be kept before the message is sent. */
      readonly share?: bigint;
    }
  | { readonly kind: 'complain'; readonly complaint: string }
  /** Somebody else has not spoken yet. */
  | { readonly kind: 'wait'; readonly round: Round; readonly silent: readonly number[] }
  /** All have completed: the private share of the seat, to be kept under a passphrase. */
  | { readonly kind: 'done'; readonly share: bigint };

/** What a seat keeps between two rounds. */
interface Secrets {
  readonly holder: Holder;
  readonly draft?: Draft;
  readonly share?: bigint;
  /** What was said last. It is said again in the same words as long as nobody has heard it. */
  readonly pending?: { readonly round: Round; readonly message: string };
}

/** The ceremony of one group of a board: each has an identifier of its own (K2). */
export function groupCeremony(group: Group, { ceremonyId, groups }: BoardCeremony, place: number): Ceremony {
  const { threshold, seats } = groups[place] as BoardCeremony['groups'][number];
  return { group, id: `${ceremonyId}/${place + 1}`, size: seats.length, threshold };
}

/** What a group said in the rounds in which all its seats have spoken, up to `last`. Throws `Malformed`. */
export function groupTranscript(
  group: Group,
  { groups, said }: BoardCeremony,
  place: number,
  last: Round = 'completions',
): Transcript {
  const { seats } = groups[place] as BoardCeremony['groups'][number];
  const transcript: Record<Round, readonly Signed[]> = { ...emptyTranscript };
  for (const round of rounds.slice(0, rounds.indexOf(last) + 1)) {
    if (seats.some((seat) => said[round][seat] === undefined)) break;
    transcript[round] = seats.map((seat) =>
      readSaid(group, said[round][seat] as string, `${round}[${seat}]`),
    );
  }
  return transcript;
}

/** A message as it was sent. Throws `Malformed`. */
export function readSaid(group: Group, text: string, path: string): Signed {
  return parseSigned(group, parseCompactJson(text, path), path);
}

/** The round in which somebody has not spoken, and who; undefined when all have spoken in all. */
export function roundOf({ groups, said }: BoardCeremony): { round: Round; silent: number[] } | undefined {
  for (const round of rounds) {
    const silent = groups.flatMap(({ seats }) => seats).filter((seat) => said[round][seat] === undefined);
    if (silent.length > 0) return { round, silent };
  }
  return undefined;
}

/**
 * What a seat does next. Checks first all that the others of its group have said: throws `CeremonyFault` and names who
 * cheated, or `Malformed`. `kept` are the secrets of its last turn, undefined before the first.
 */
export function takeTurn(
  group: Group,
  board: BoardCeremony,
  seat: number,
  kept: string | undefined,
  random: RandomBytes,
): Turn {
  const place = board.groups.findIndex(({ seats }) => seats.includes(seat));
  if (place === -1) throw new RangeError(`seat ${seat} has no part in the ceremony`);
  const ceremony = groupCeremony(group, board, place);
  const index = (board.groups[place]?.seats.indexOf(seat) as number) + 1;
  const secrets = kept === undefined ? undefined : readSecrets(group, kept);
  const now = roundOf(board);
  if (now === undefined) {
    if (secrets?.share === undefined) throw new RangeError('the share of this seat is not here');
    return { kind: 'done', share: secrets.share };
  }
  const { round, silent } = now;
  if (!silent.includes(seat)) return { kind: 'wait', round, silent };
  const transcript = groupTranscript(group, board, place);
  if (secrets?.pending?.round === round) {
    const { pending, share } = secrets;
    const again = { kind: 'speak', ...pending, secrets: printSecrets(secrets) } as const;
    return { ...again, ...(share !== undefined && { share }) };
  }
  const spoken = (signed: Signed, secret: Secrets): Turn => {
    const { share } = secret;
    const message = JSON.stringify(signedJson(signed));
    const printed = printSecrets({ ...secret, pending: { round, message } });
    return { kind: 'speak', round, message, secrets: printed, ...(share !== undefined && { share }) };
  };
  if (round === 'certificates') {
    const { holder, certificate } = certify(ceremony, index, random);
    return spoken(certificate, { holder });
  }
  if (!secrets) throw new RangeError('the private keys of this seat are not here');
  const { holder, draft } = secrets;
  if (round === 'commitments') {
    const made = commit(ceremony, transcript, holder, random);
    return spoken(made.commitment, { holder, draft: made.draft });
  }
  if (!draft) throw new RangeError('the polynomial of this seat is not here');
  if (round === 'openings') return spoken(open(ceremony, transcript, holder, draft, random), secrets);
  if (round === 'deals') return spoken(deal(ceremony, transcript, holder, draft, random), secrets);
  const made = complete(ceremony, transcript, holder, random);
  if ('complaints' in made)
    return { kind: 'complain', complaint: JSON.stringify(signedJson(made.complaints[0] as Signed)) };
  return spoken(made.completion, { ...secrets, share: made.share });
}

function printSecrets({ holder, draft, share, pending }: Secrets): string {
  return JSON.stringify({
    index: String(holder.index),
    signing: String(holder.signing),
    decryption: String(holder.decryption),
    ...(draft && {
      draft: {
        polynomial: draft.polynomial.map(String),
        nonce: draft.nonce,
        signed: signedJson(draft.signed),
        signature: proofJson(draft.signature),
      },
    }),
    ...(share !== undefined && { share: String(share) }),
    ...(pending && { pending }),
  });
}

function readSecrets(group: Group, text: string): Secrets {
  const path = 'secrets';
  const names = ['index', 'signing', 'decryption', 'draft?', 'share?', 'pending?'];
  const found = fields(parseCompactJson(text, path), path, names);
  const scalar = (value: unknown, at: string) => parseScalar(group, value, at);
  const index = Number(string(found['index'], `${path}.index`));
  if (!Number.isSafeInteger(index)) throw new Malformed(`${path}.index`, 'not a number');
  const holder = {
    index,
    signing: scalar(found['signing'], `${path}.signing`),
    decryption: scalar(found['decryption'], `${path}.decryption`),
  };
  const share = found['share'];
  return {
    holder,
    ...(found['draft'] !== undefined && { draft: readDraft(group, found['draft'], `${path}.draft`) }),
    ...(share !== undefined && { share: scalar(share, `${path}.share`) }),
    ...(found['pending'] !== undefined && { pending: readPending(found['pending'], `${path}.pending`) }),
  };
}

function readPending(value: unknown, path: string): { round: Round; message: string } {
  const { round, message } = fields(value, path, ['round', 'message']);
  const known = rounds.find((one) => one === round);
  if (!known) throw new Malformed(`${path}.round`, 'not a round');
  return { round: known, message: string(message, `${path}.message`) };
}

function readDraft(group: Group, value: unknown, path: string): Draft {
  const found = fields(value, path, ['polynomial', 'nonce', 'signed', 'signature']);
  return {
    polynomial: items(found['polynomial'], `${path}.polynomial`, (item, at) => parseScalar(group, item, at)),
    nonce: string(found['nonce'], `${path}.nonce`),
    signed: parseSigned(group, found['signed'], `${path}.signed`),
    signature: parseProof(group, found['signature'], `${path}.signature`),
  };
}
