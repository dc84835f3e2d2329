/** The worker's side of `Rechecker`: ballots of a box verified a second time, by libsodium, and added up, when a core has nothing better to do. */
import { constants, setPriority } from 'node:os';
import { readBallot } from '../crypto/ballot.js';
import { checkBallot } from '../crypto/ballot-checks.js';
import { sha256Base64 } from '../crypto/digest.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { serverGroup } from '../crypto/server-groups.js';
import { printTally, RunningTally } from '../crypto/tally.js';
import { castBallots, type BoxedEvent } from './cast-ballots.js';

/** Events of one box: texts, because a poll does not cross to another thread. */
export interface RecheckTask {
  readonly election: string;
  readonly events: readonly BoxedEvent[];
}

/** How many ballots they hold, the references of those that libsodium refuses, and the product of the others. */
export interface Verdicts {
  readonly ballots: number;
  readonly refused: readonly string[];
  readonly tally: string;
}

// Linux gives each thread its own priority; elsewhere this would slow the whole process down.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

let last: { raw: string; poll: Promise<Poll> } | undefined;

/** What Piscina calls. */
export async function recheck({ election, events }: RecheckTask): Promise<Verdicts> {
  if (last?.raw !== election) last = { raw: election, poll: open(election) };
  const poll = await last.poll;
  const ballots = castBallots(events);
  const running = new RunningTally(poll.group, poll.election);
  const refused: string[] = [];
  for (const text of ballots) {
    // The kernel knows no other group: OpenSSL has verified those of BELENIOS-2048 already.
    const valid = poll.election.group !== 'Ed25519' || checkBallot(poll, text).valid;
    if (valid) running.add(readBallot(poll, text, (x, path) => poll.group.again(x, path)).answers);
    else refused.push(sha256Base64(text));
  }
  return { ballots: ballots.length, refused, tally: printTally(poll.group, running.sum()) };
}

async function open(raw: string): Promise<Poll> {
  const election = parseElection(raw);
  return openPoll(await serverGroup(election.group), election);
}
