import { checkBallot, type BallotVerdict } from './ballot-checks.js';
import type { Poll } from './election.js';
import { kernelModule } from './kernel-file.js';
import { checkBallots, compared } from './kernel/kernel-checks.js';
import { Kernel } from './kernel/kernel.js';

/** What verifies ballots of Ed25519: our WebAssembly kernel, or libsodium. Other groups have one back-end. */
export type VerifierName = 'kernel' | 'sodium';

/** The verdicts on texts as ballots of a poll, in order. */
export type Checks = (poll: Poll, texts: readonly string[]) => BallotVerdict[];

const alone: Checks = (poll, texts) => texts.map((text) => checkBallot(poll, text));

let started: Promise<Kernel> | undefined;

/** The kernel of this thread. */
function kernel(): Promise<Kernel> {
  started ??= kernelModule().then((module) => Kernel.start(module));
  return started;
}

/** How a thread of a server or of an auditor checks ballots. */
export async function serverChecks(verifier: VerifierName): Promise<Checks> {
  if (verifier === 'sodium') return alone;
  const own = await kernel();
  return (poll, texts) => (isOurs(poll) ? checkBallots(own, poll, texts) : alone(poll, texts));
}

/** Both, each for itself; see `compared`. */
export async function bothChecks(): Promise<(...of: Parameters<Checks>) => ReturnType<typeof compared>> {
  const own = await kernel();
  return (poll, texts) =>
    isOurs(poll)
      ? compared(own, poll, texts)
      : alone(poll, texts).map((verdict) => ({ verdict, agreed: true }));
}

function isOurs({ election }: Poll): boolean {
  return election.group === 'Ed25519';
}
