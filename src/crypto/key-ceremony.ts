/**
 * The ceremony that makes a Pedersen group of `trustees.json`: five rounds of signed messages, each begun when all
 * messages of the round before are in. Certificates and what ends in the file are Belenios' own.
 *
 *   certificates   keys to sign with and to receive shares with
 *   commitments    a hash of the polynomial to come
 *   openings       the published polynomial, which the hash must be of
 *   deals          a share for each holder, encrypted to it
 *   completions    a verification key; or a complaint, which lets everyone open one share
 *
 * Nobody reveals a polynomial before all have committed to theirs. Without that, the last to speak sees the other
 * polynomials and chooses its own to bias the election key (the rushing adversary; Gennaro, Jarecki, Krawczyk and
 * Rabin 1999). A holder who does not like the others' openings can only stay silent, and is then named. A board of
 * several groups takes their rounds side by side, so that no group opens before every group has committed.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { pokPrefix } from './basic-key.js';
import { draw, modulo, randomScalar, type RandomBytes } from './group.js';
import { readTranscript, shareFits, stepOf, type Proceedings } from './key-ceremony-check.js';
import {
  commitmentOf,
  rounds,
  shareContext,
  writeMessage,
  type Ceremony,
  type Round,
  type Transcript,
} from './key-ceremony-messages.js';
import { certsMessage, type HolderFault } from './key-holders-check.js';
import { MAX_HOLDERS, verificationKeyJson, type Certificate, type PedersenGroup } from './key-holders.js';
import { commitments, evaluate, randomPolynomial, type Polynomial } from './pedersen.js';
import { proofJson, proveKnowledge, type Proof } from './proof-of-knowledge.js';
import {
  exposedShareJson,
  exposeShare,
  sealedShareJson,
  sealShare,
  unsealShare,
  type SealedShare,
} from './share-encryption.js';
import { sign, signedJson, signMessage, type Signed } from './signed-message.js';

/** What a holder keeps from the certificate to the end: its place, from 1, and two private keys. */
export interface Holder {
  readonly index: number;
  readonly signing: bigint;
  readonly decryption: bigint;
}

/** What a holder keeps between its commitment and its deal. */
export interface Draft {
  readonly polynomial: Polynomial;
  readonly nonce: string;
  readonly signed: Signed;
  readonly signature: Proof;
}

/** Holders who cheated, or who have not spoken when it was their turn: the ceremony cannot go on. */
export class CeremonyFault extends Error {
  constructor(readonly faults: readonly HolderFault[]) {
    super(faults.map(({ holder, step, reason }) => `holder ${holder}, ${step}: ${reason}`).join('; '));
    this.name = 'CeremonyFault';
  }
}

/**
 * Round 1: draws a holder's keys and certifies them for one place of this group. Throws `RangeError` for a group that
 * no file of key holders can say: the ceremony would end in a key that nobody can use.
 */
export function certify(
  { group, size, threshold }: Ceremony,
  index: number,
  random: RandomBytes,
): { holder: Holder; certificate: Signed } {
  if (!(1 <= threshold && threshold <= size && size <= MAX_HOLDERS && 1 <= index && index <= size)) {
    throw new RangeError(`no holder ${index} in a group of ${threshold} of ${size}`);
  }
  const holder = { index, signing: randomScalar(group, random), decryption: randomScalar(group, random) };
  const message = JSON.stringify({
    context: { group: group.name, size, threshold, index },
    verification: group.print(group.g.exp(holder.signing)),
    encryption: group.print(group.g.exp(holder.decryption)),
  });
  return { holder, certificate: sign(group, holder.signing, message, random) };
}

/** Round 2: draws the polynomial and says its hash. Throws `CeremonyFault`, like all that follow. */
export function commit(
  ceremony: Ceremony,
  transcript: Transcript,
  holder: Holder,
  random: RandomBytes,
): { draft: Draft; commitment: Signed } {
  requireRound(ceremony, transcript, 'certificates', holder);
  const { group, threshold } = ceremony;
  const polynomial = randomPolynomial(group, threshold, random);
  const coefexps = commitments(group, polynomial);
  const message = JSON.stringify({ coefexps: coefexps.map((element) => group.print(element)) });
  const draft: Draft = {
    polynomial,
    nonce: bytesToHex(draw(random, 32)),
    signed: sign(group, holder.signing, message, random),
    signature: signMessage(
      group,
      holder.signing,
      certsMessage(group, transcript.certificates, coefexps),
      random,
    ),
  };
  const commitment = commitmentOf(ceremony, transcript, holder.index, message, draft.nonce);
  return { draft, commitment: say(ceremony, transcript, holder, 'commitments', { commitment }, random) };
}

/** Round 3: publishes the polynomial, once every commitment is in. */
export function open(
  ceremony: Ceremony,
  transcript: Transcript,
  holder: Holder,
  { nonce, signed, signature }: Draft,
  random: RandomBytes,
): Signed {
  requireRound(ceremony, transcript, 'commitments', holder);
  const body = { polynomial: signedJson(signed), signature: proofJson(signature), nonce };
  return say(ceremony, transcript, holder, 'openings', body, random);
}

/** Round 4: sends each holder, itself included, its share of the polynomial. */
export function deal(
  ceremony: Ceremony,
  transcript: Transcript,
  holder: Holder,
  { polynomial }: Draft,
  random: RandomBytes,
): Signed {
  const { certificates } = requireRound(ceremony, transcript, 'openings', holder);
  const { group } = ceremony;
  const shares = certificates.map(({ encryption }, i) => {
    const context = shareContext(ceremony, transcript, holder.index, i + 1);
    const share = evaluate(group, polynomial, i + 1);
    return sealedShareJson(group, sealShare(group, encryption, context, share, random));
  });
  return say(ceremony, transcript, holder, 'deals', { shares }, random);
}

/**
 * Round 5: adds up the shares received. `share` is the holder's private key for decryption, to be kept when all is
 * over. When a share is wrong, the holder complains instead, of each dealer who sent a wrong one.
 */
export function complete(
  ceremony: Ceremony,
  transcript: Transcript,
  holder: Holder,
  random: RandomBytes,
): { share: bigint; completion: Signed } | { complaints: Signed[] } {
  const proceedings = requireRound(ceremony, transcript, 'deals', holder);
  const { group } = ceremony;
  let share = 0n;
  const complaints: Signed[] = [];
  proceedings.deals.forEach((sent, i) => {
    const dealer = i + 1;
    const sealed = sent[holder.index - 1] as SealedShare;
    const context = shareContext(ceremony, transcript, dealer, holder.index);
    const part = unsealShare(group, holder.decryption, context, sealed);
    if (part !== undefined && shareFits(ceremony, proceedings, dealer, holder.index, part)) {
      share = modulo(share + part, group.order);
    } else {
      const exposed = exposeShare(group, holder.decryption, context, sealed, random);
      const body = { dealer, exposed: exposedShareJson(group, exposed) };
      complaints.push(say(ceremony, transcript, holder, 'complaint', body, random));
    }
  });
  if (complaints.length > 0) return { complaints };
  const publicKey = group.g.exp(share);
  const key = {
    pok: proveKnowledge(group, pokPrefix(group, publicKey), share, random),
    publicKey,
    signature: signMessage(group, holder.signing, group.print(publicKey), random),
  };
  const body = { key: verificationKeyJson(group, key) };
  return { share, completion: say(ceremony, transcript, holder, 'completions', body, random) };
}

/** The group's part of `trustees.json`, when every round is complete and nobody cheated. */
export function assembleGroup(ceremony: Ceremony, transcript: Transcript): PedersenGroup {
  const { certificates, openings, completions } = requireRound(ceremony, transcript, 'completions');
  return {
    kind: 'Pedersen',
    threshold: ceremony.threshold,
    certificates,
    polynomials: openings.map(({ polynomial }) => polynomial),
    signatures: openings.map(({ signature }) => signature),
    verificationKeys: completions,
  };
}

function say(
  ceremony: Ceremony,
  transcript: Transcript,
  holder: Holder,
  round: Round | 'complaint',
  body: object,
  random: RandomBytes,
): Signed {
  const message = writeMessage(ceremony, transcript, round, holder.index, body);
  return sign(ceremony.group, holder.signing, message, random);
}

/**
 * What was said up to a round, when all have spoken in it and nobody cheated. A holder who asks must find its own keys
 * at its place: whoever carries the messages could certify other keys there, and speak to the others in its name.
 */
function requireRound(ceremony: Ceremony, transcript: Transcript, last: Round, holder?: Holder): Proceedings {
  const { faults, proceedings } = readTranscript(ceremony, transcript);
  if (holder && !isOwnCertificate(ceremony, holder, proceedings.certificates[holder.index - 1])) {
    faults.push({ holder: holder.index, step: 'certificate', reason: 'is not what this holder certified' });
  }
  const silent = rounds.slice(0, rounds.indexOf(last) + 1).flatMap((round) =>
    Array.from({ length: ceremony.size }, (_, i) => i + 1)
      .slice(transcript[round].length)
      .map((holder): HolderFault => ({ holder, step: stepOf[round], reason: 'has not spoken' })),
  );
  if (faults.length + silent.length > 0) throw new CeremonyFault([...faults, ...silent]);
  return proceedings;
}

/** True also where there is no certificate yet: that is another fault. */
function isOwnCertificate(
  { group }: Ceremony,
  holder: Holder,
  certificate: Certificate | undefined,
): boolean {
  if (certificate === undefined) return true;
  const { verification, encryption } = certificate;
  return (
    group.equal(verification, group.g.exp(holder.signing)) &&
    group.equal(encryption, group.g.exp(holder.decryption))
  );
}
