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

/** Keys whose tables a thread keeps, half a megabyte each from when it is met: more boards than vote at once. */
const KEYS = 128;

let started: Promise<Kernel> | undefined;

/** The kernel of this thread. */
function kernel(): Promise<Kernel> {
  started ??= kernelModule().then((module) => Kernel.start(module, KEYS));
  return started;
}

/**
 * How a thread of a server or of an auditor checks ballots. Where the kernel cannot start, or traps, the group judges: slower,
 * and the same. What a kernel that trapped left in its memory is not used again; the next call starts another.
 */
export async function serverChecks(verifier: VerifierName): Promise<Checks> {
  if (verifier === 'sodium') return alone;
  try {
    const own = await kernel();
    return (poll, texts) => (isOurs(poll) ? withKernel(own, poll, texts) : alone(poll, texts));
  } catch (error) {
    giveUp(error);
    return alone;
  }
}

function withKernel(own: Kernel, poll: Poll, texts: readonly string[]): BallotVerdict[] {
  try {
    return checkBallots(own, poll, texts);
  } catch (error) {
    giveUp(error);
    return alone(poll, texts);
  }
}

let warned = false;

/** Says so once a thread, on the standard error: by the name of the error, which holds nothing of a ballot. */
function giveUp(error: unknown): void {
  started = undefined;
  const name = error instanceof Error ? error.name : 'an error';
  if (!warned) process.emitWarning(`${name} in the kernel: libsodium verifies in its place`, 'KernelWarning');
  warned = true;
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
