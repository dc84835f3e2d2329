/** The ballot of Belenios protocol version 1: its one text, its parts, and its reference. */
import { base64 } from './digest.js';
import type { Election, Poll, Question } from './election.js';
import type { Element, Group } from './group.js';
import { Malformed } from './malformed.js';
import type { Ciphertext } from './or-proof.js';
import { parseProof, proofJson, type Proof } from './proof-of-knowledge.js';
import { fields, items, parseCompactJson, string } from './strict-json.js';

/** A ciphertext with its text, `α,β`, which is what proofs hash. */
export interface Choice extends Ciphertext {
  readonly text: string;
}

/** The encrypted answer to one question. With `blank`, the first choice is the blank vote. */
export interface EncryptedAnswer {
  readonly choices: readonly Choice[];
  /** For each choice: it encrypts 0 or 1. */
  readonly individualProofs: readonly (readonly Proof[])[];
  /** The sum of the answers lies between min and max (or, with `blank`, the vote is blank). */
  readonly overallProof: readonly Proof[];
  /** With `blank`: the vote is not blank, or no answer is chosen. */
  readonly blankProof?: readonly Proof[];
}

/** What a ballot says before it is signed. */
export interface UnsignedBallot {
  /** The elector's public credential, g^s, and its text. */
  readonly credential: Element;
  readonly credentialText: string;
  readonly answers: readonly EncryptedAnswer[];
}

/** A ballot as it was cast. `parseBallot(poll, ballot.text)` gives it back. */
export interface Ballot extends UnsignedBallot {
  readonly text: string;
  /** sha256_b64 of the text without its signature, which is what is signed. */
  readonly hash: string;
  readonly signature: Proof;
}

/** What an elector keeps: sha256_b64 of the text of the ballot (43 characters). */
export function ballotReference(group: Pick<Group, 'sha256'>, text: string): string {
  return base64(group.sha256(text));
}

/**
 * Reads a ballot of this poll: canonical text, right shape, scalars in [0, q), elements of the group other than the
 * identity, no half of a ciphertext twice. Proofs and signature are `checkBallot`'s to verify. Throws `Malformed` naming the field.
 */
export function parseBallot(poll: Poll, text: string): Ballot {
  return readBallot(poll, text, (value, path) => poll.group.parse(value, path));
}

/** What the form of a ballot depends on: a verifier of its own may bring no more than this. */
export interface BallotForm {
  readonly election: Election;
  readonly group: Pick<Group, 'order' | 'identity' | 'equal' | 'sha256'>;
}

/** `parseBallot` with elements made by `read`, for the verifier that raises each of them to a power. */
export function readBallot(
  poll: BallotForm,
  text: string,
  read: (text: string, path: string) => Element,
): Ballot {
  const root = fields(parseCompactJson(text, '$'), '$', [
    ...['election_uuid', 'election_hash', 'credential', 'answers', 'signature'],
  ]);
  const { uuid, fingerprint, questions } = poll.election;
  if (root['election_uuid'] !== uuid) throw new Malformed('$.election_uuid', 'another election');
  if (root['election_hash'] !== fingerprint) throw new Malformed('$.election_hash', 'another election');
  const element = (value: unknown, path: string): Element => {
    const found = read(string(value, path), path);
    if (poll.group.equal(found, poll.group.identity)) throw new Malformed(path, 'identity of the group');
    return found;
  };
  const signature = fields(root['signature'], '$.signature', ['hash', 'proof']);
  const hash = string(signature['hash'], '$.signature.hash');
  if (hash !== base64(poll.group.sha256(`${text.slice(0, text.lastIndexOf(',"signature":'))}}`))) {
    throw new Malformed('$.signature.hash', 'not the hash of this ballot');
  }
  const proof = parseProof(poll.group, signature['proof'], '$.signature.proof');
  const answers = items(root['answers'], '$.answers', (answer, path) => ({ answer, path }), {
    of: questions.length,
    what: 'answers',
  });
  const ballot = {
    text,
    credentialText: string(root['credential'], '$.credential'),
    credential: element(root['credential'], '$.credential'),
    answers: answers.map(({ answer, path }, i) =>
      readAnswer(poll, questions[i] as Question, answer, path, element),
    ),
    hash,
    signature: proof,
  };
  requireDistinct(ballot.answers);
  return ballot;
}

/** Randomness is drawn for each choice anew (T4): who uses some twice makes a ballot that looks like a copy. */
function requireDistinct(answers: readonly EncryptedAnswer[]): void {
  const halves = new Set<string>();
  for (const [i, { choices }] of answers.entries()) {
    for (const [k, { text }] of choices.entries()) {
      for (const [j, half] of text.split(',').entries()) {
        const path = `$.answers[${i}].choices[${k}].${j === 0 ? 'alpha' : 'beta'}`;
        if (halves.has(half)) throw new Malformed(path, 'occurs twice in this ballot');
        halves.add(half);
      }
    }
  }
}

function readAnswer(
  { group }: BallotForm,
  { answers, blank, min, max }: Question,
  value: unknown,
  path: string,
  element: (value: unknown, path: string) => Element,
): EncryptedAnswer {
  const names = ['choices', 'individual_proofs', 'overall_proof'];
  const found = fields(value, path, blank ? [...names, 'blank_proof'] : names);
  const proofs = (value: unknown, path: string, count: number) =>
    items(value, path, (proof, at) => parseProof(group, proof, at), { of: count, what: 'proofs' });
  const count = answers.length + (blank ? 1 : 0);
  const readChoice = (choice: unknown, at: string): Choice => {
    const { alpha, beta } = fields(choice, at, ['alpha', 'beta']);
    const text = `${string(alpha, `${at}.alpha`)},${string(beta, `${at}.beta`)}`;
    return { alpha: element(alpha, `${at}.alpha`), beta: element(beta, `${at}.beta`), text };
  };
  const choices = items(found['choices'], `${path}.choices`, readChoice, { of: count, what: 'choices' });
  const individualProofs = items(
    found['individual_proofs'],
    `${path}.individual_proofs`,
    (pair, at) => proofs(pair, at, 2),
    { of: count, what: 'proofs' },
  );
  const overallProof = proofs(found['overall_proof'], `${path}.overall_proof`, max - min + (blank ? 2 : 1));
  if (!blank) return { choices, individualProofs, overallProof };
  const blankProof = proofs(found['blank_proof'], `${path}.blank_proof`, 2);
  return { choices, individualProofs, overallProof, blankProof };
}

/** The text that is hashed and signed: the ballot without its signature. */
export function printUnsigned(
  { election, group }: Poll,
  { credentialText, answers }: UnsignedBallot,
): string {
  return JSON.stringify({
    election_uuid: election.uuid,
    election_hash: election.fingerprint,
    credential: credentialText,
    answers: answers.map(({ choices, individualProofs, overallProof, blankProof }) => ({
      choices: choices.map(({ alpha, beta }) => ({ alpha: group.print(alpha), beta: group.print(beta) })),
      individual_proofs: individualProofs.map((pair) => pair.map(proofJson)),
      overall_proof: overallProof.map(proofJson),
      ...(blankProof && { blank_proof: blankProof.map(proofJson) }),
    })),
  });
}

/** The text of a ballot, from its text without the signature. */
export function printSigned(unsigned: string, hash: string, signature: Proof): string {
  return `${unsigned.slice(0, -1)},"signature":${JSON.stringify({ hash, proof: proofJson(signature) })}}`;
}
