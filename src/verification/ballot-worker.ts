/** The worker's side of `BallotVerifier`: one thread, its own back-end, the polls it has met. */
import type { BallotVerdict } from '../crypto/ballot-checks.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { serverChecks, type VerifierName } from '../crypto/server-checks.js';
import { serverGroup } from '../crypto/server-groups.js';

/** One ballot to check: texts only, because a poll does not cross to another thread. */
export interface BallotTask {
  readonly election: string;
  readonly ballot: string;
  readonly verifier: VerifierName;
}

/** A thread keeps this many polls, the last ones used: a deployment has a few hundred. */
const MAX_POLLS = 500;

const polls = new Map<string, Promise<Poll>>();

function pollOf(election: string): Promise<Poll> {
  const poll = polls.get(election) ?? open(election);
  polls.delete(election);
  polls.set(election, poll); // a Map keeps the order of insertion: the first key is the one longest unused
  const [oldest] = polls.keys();
  if (polls.size > MAX_POLLS && oldest !== undefined) polls.delete(oldest);
  return poll;
}

async function open(raw: string): Promise<Poll> {
  const election = parseElection(raw);
  return openPoll(await serverGroup(election.group), election);
}

/** What Piscina calls. Rejects with `Malformed` when the election itself cannot be read. */
export async function check({ election, ballot, verifier }: BallotTask): Promise<BallotVerdict> {
  const checks = await serverChecks(verifier);
  return checks(await pollOf(election), [ballot])[0] as BallotVerdict;
}
