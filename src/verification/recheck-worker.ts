/** The worker's side of `Rechecker`: ballots of a box verified a second time, by libsodium, when a core has nothing better to do. */
import { constants, setPriority } from 'node:os';
import { checkBallot } from '../crypto/ballot-checks.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { serverGroup } from '../crypto/server-groups.js';

/** Ballots of one election: texts, because a poll does not cross to another thread. */
export interface RecheckTask {
  readonly election: string;
  readonly ballots: readonly string[];
}

// Linux gives each thread its own priority; elsewhere this would slow the whole process down.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

let last: { raw: string; poll: Promise<Poll> } | undefined;

/** What Piscina calls: the places of the ballots that libsodium refuses. */
export async function recheck({ election, ballots }: RecheckTask): Promise<number[]> {
  if (last?.raw !== election) last = { raw: election, poll: open(election) };
  const poll = await last.poll;
  if (poll.election.group !== 'Ed25519') return []; // the kernel knows no other group: OpenSSL has verified these already
  return ballots.flatMap((text, i) => (checkBallot(poll, text).valid ? [] : [i]));
}

async function open(raw: string): Promise<Poll> {
  const election = parseElection(raw);
  return openPoll(await serverGroup(election.group), election);
}
