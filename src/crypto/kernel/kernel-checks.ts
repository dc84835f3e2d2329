/** Ballots checked by the kernel: every commitment of every proof of several ballots in one call, hashed here. */
import {
  ballotReference,
  readBallot,
  type Ballot,
  type BallotForm,
  type EncryptedAnswer,
} from '../ballot.js';
import { checkBallot, type BallotVerdict } from '../ballot-checks.js';
import {
  answerContext,
  ballotContext,
  blankPrefix,
  individualPrefix,
  overallBlankPrefix,
  signaturePrefix,
} from '../ballot-contexts.js';
import { readEd25519 } from '../ed25519-text.js';
import type { Poll, Question } from '../election.js';
import { bytesToInteger, modulo, type Element } from '../group.js';
import { Malformed } from '../malformed.js';
import { range } from '../or-proof.js';
import type { Proof } from '../proof-of-knowledge.js';
import type { Job, Kernel, Outcome } from './kernel.js';

/** Ballots in one call of the kernel: more would share little more. */
export const BATCH = 4;

/**
 * The verdict on each text, as `checkBallot` gives it. The kernel only accepts; what it does not accept, the group of
 * the poll judges again, so that the field that is named, and the refusal itself, never rest on the kernel.
 */
export function checkBallots(kernel: Kernel, poll: Poll, texts: readonly string[]): BallotVerdict[] {
  return kernelAccepts(kernel, poll, texts).map((credential, i) => {
    const text = texts[i] as string;
    if (credential === undefined) return checkBallot(poll, text);
    return { valid: true, reference: ballotReference(poll.group, text), credential };
  });
}

/** Both verify, each for itself: the verdict of the group, and whether the kernel came to the same. */
export function compared(
  kernel: Kernel,
  poll: Poll,
  texts: readonly string[],
): { readonly verdict: BallotVerdict; readonly agreed: boolean }[] {
  const accepted = kernelAccepts(kernel, poll, texts);
  return texts.map((text, i) => {
    const verdict = checkBallot(poll, text);
    return { verdict, agreed: accepted[i] === (verdict.valid ? verdict.credential : undefined) };
  });
}

/** For each text, its credential when the kernel finds it a valid ballot of the poll; otherwise nothing. */
export function kernelAccepts(kernel: Kernel, poll: Poll, texts: readonly string[]): (string | undefined)[] {
  const key = poll.election.publicKey;
  const keyBytes = readEd25519(key, '$.public_key');
  const accepted: (string | undefined)[] = [];
  for (let start = 0; start < texts.length; start += BATCH) {
    const plan = new Plan(poll);
    const ballots = texts.slice(start, start + BATCH).map((text) => plan.add(text));
    const outcome = kernel.compute(key, keyBytes, plan);
    for (const ballot of ballots) {
      const holds = ballot !== undefined && plan.holds(ballot, outcome);
      accepted.push(holds ? ballot.credential : undefined);
    }
  }
  return accepted;
}

/** A hash to compare: challenges must add up to H(prefix; results of these jobs). */
interface Claim {
  readonly prefix: string;
  /** The sum that the prefix ends with, printed as α,β. */
  readonly sum?: Pair;
  readonly jobs: readonly [from: number, to: number];
  readonly challenges: bigint;
}

interface Planned {
  readonly credential: string;
  readonly points: readonly [from: number, to: number];
  readonly claims: readonly Claim[];
}

/** Two bases by their names in a job. */
interface Pair {
  readonly alpha: number;
  readonly beta: number;
}

/** An element that is only its bytes, for reading a ballot. */
const form = {
  identity: Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)),
  equal: (a: Uint8Array, b: Uint8Array) => a.every((byte, i) => byte === b[i]),
};

/** The work of some ballots, and what their proofs claim of its results. */
class Plan {
  readonly points: Uint8Array[] = [];
  readonly sums: [number, number][] = [];
  readonly jobs: Job[] = [];
  private readonly shape: BallotForm;

  constructor(private readonly poll: Poll) {
    const { order } = poll.group;
    const sha256 = (text: string) => poll.group.sha256(text);
    const { identity, equal } = form as unknown as Pick<Poll['group'], 'identity' | 'equal'>;
    this.shape = { election: poll.election, group: { identity, equal, order, sha256 } };
  }

  /** Lays out a ballot; nothing when it cannot be read. */
  add(text: string): Planned | undefined {
    try {
      const read = (element: string, path: string) => readEd25519(element, path) as unknown as Element;
      return this.lay(readBallot(this.shape, text, read));
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    }
  }

  /** Whether every point is a member, and every claim holds. */
  holds({ points, claims }: Planned, outcome: Outcome): boolean {
    for (let i = points[0]; i < points[1]; i++) if (outcome.states[i] !== 0) return false;
    return claims.every((claim) => this.isTrue(claim, outcome));
  }

  private isTrue({ prefix, sum, jobs, challenges }: Claim, { results }: Outcome): boolean {
    const { group } = this.poll;
    const ofSum = (name: number) => results[this.jobs.length + ~name] as string;
    const before = sum === undefined ? prefix : `${prefix}${ofSum(sum.alpha)},${ofSum(sum.beta)}|`;
    const text = before + results.slice(jobs[0], jobs[1]).join(',');
    return bytesToInteger(group.sha256(text)) % group.order === challenges % group.order;
  }

  private lay(ballot: Ballot): Planned {
    const from = this.points.length;
    const { challenge: c, response: g } = ballot.signature;
    const signer = this.point(ballot.credential);
    this.jobs.push({ base: signer, c, g });
    const end = this.jobs.length;
    const claims: Claim[] = [{ prefix: signaturePrefix(ballot.hash), jobs: [end - 1, end], challenges: c }];
    const context = ballotContext(this.poll, ballot.credentialText);
    for (const [i, answer] of ballot.answers.entries()) {
      claims.push(...this.answer(this.poll.election.questions[i] as Question, context, answer));
    }
    return { credential: ballot.credentialText, points: [from, this.points.length], claims };
  }

  /** As `answerFlaw` of ballot-checks: the same proofs, over the same statements and prefixes. */
  private answer(question: Question, context: string, answer: EncryptedAnswer): Claim[] {
    const { choices, individualProofs, overallProof, blankProof } = answer;
    const alphas = choices.map(({ alpha }) => this.point(alpha));
    const betas = choices.map(({ beta }) => this.point(beta));
    const pairs = choices.map((_, k) => ({ alpha: alphas[k] as number, beta: betas[k] as number }));
    const claims = pairs.map((pair, k) => {
      const prefix = individualPrefix(context, choices[k] as { text: string });
      return this.oneOf(prefix, range(pair, 0, 1), individualProofs[k] ?? []);
    });
    const all = answerContext(context, choices);
    const [first] = pairs;
    if (!question.blank || first === undefined) {
      const sum = this.sum(alphas, betas, 0);
      const statements = range(sum, question.min, question.max);
      claims.push({ ...this.oneOf(`prove|${all}|`, statements, overallProof), sum });
      return claims;
    }
    const sum = this.sum(alphas, betas, 1);
    const blankOrAnswers = [{ of: first, value: 1 }, ...range(sum, question.min, question.max)];
    claims.push(this.oneOf(overallBlankPrefix(all), blankOrAnswers, overallProof));
    const notBlankOrEmpty = [...range(first, 0, 0), ...range(sum, 0, 0)];
    claims.push(this.oneOf(blankPrefix(all), notBlankOrEmpty, blankProof ?? []));
    return claims;
  }

  /** The commitments of `verifyOneOf`: g^r α^c, and y^r (β / g^i)^c as β^c · y^r · g^(−i c). */
  private oneOf(
    prefix: string,
    statements: readonly { readonly of: Pair; readonly value: number }[],
    proofs: readonly Proof[],
  ): Claim {
    const from = this.jobs.length;
    let challenges = 0n;
    for (const [k, { of, value }] of statements.entries()) {
      const { challenge: c, response: r } = proofs[k] as Proof; // readBallot has counted them
      const shift = value === 0 ? {} : { g: modulo(-BigInt(value) * c, this.poll.group.order) };
      this.jobs.push({ base: of.alpha, c, g: r }, { base: of.beta, c, y: r, ...shift });
      challenges += c;
    }
    return { prefix, jobs: [from, this.jobs.length], challenges };
  }

  private point(element: Element): number {
    return this.points.push(element as unknown as Uint8Array) - 1;
  }

  /** The sums of the halves, from the choice at `from` on. */
  private sum(alphas: readonly number[], betas: readonly number[], from: number): Pair {
    const half = (points: readonly number[]) => {
      const first = points[0] ?? 0;
      return ~(this.sums.push([first + from, first + points.length]) - 1);
    };
    return { alpha: half(alphas), beta: half(betas) };
  }
}
