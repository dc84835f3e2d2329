/** One thread of an audit: checks ballots of one election and adds up those that it can read. */
import { checkBallot } from '../crypto/ballot-checks.js';
import { readBallot } from '../crypto/ballot.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import { printTally, RunningTally } from '../crypto/tally.js';

/** Ballots of one election, as texts: a poll does not cross to another thread. */
export interface AuditTask {
  readonly election: string;
  readonly ballots: readonly string[];
}

/** What is known of one ballot. */
export interface BallotFound {
  /** Where it is wrong, and how. */
  readonly flaw?: { readonly path: string; readonly reason: string };
  readonly credential?: string;
  /** Half of a ciphertext of each choice, which nobody draws twice. */
  readonly halves?: string;
}

export interface AuditAnswer {
  readonly ballots: readonly BallotFound[];
  /** The product of those that could be read, as Belenios writes it. */
  readonly sum: string;
}

const polls = new Map<string, Promise<Poll>>();

async function open(raw: string): Promise<Poll> {
  const election = parseElection(raw);
  return openPoll(await serverGroup(election.group), election);
}

/** What Piscina calls. */
export async function audit({ election, ballots }: AuditTask): Promise<AuditAnswer> {
  const known = polls.get(election) ?? open(election);
  polls.set(election, known);
  const poll = await known;
  const tally = new RunningTally(poll.group, poll.election);
  const found = ballots.map((text) => examine(poll, text, tally));
  return { ballots: found, sum: printTally(poll.group, tally.sum()) };
}

function examine(poll: Poll, text: string, tally: RunningTally): BallotFound {
  const verdict = checkBallot(poll, text);
  const flaw = verdict.valid ? {} : { flaw: { path: verdict.path, reason: verdict.reason } };
  try {
    const read = verdict.valid ? poll.group.read.bind(poll.group) : poll.group.parse.bind(poll.group);
    const { credentialText, answers } = readBallot(poll, text, read);
    tally.add(answers);
    const halves = answers.flatMap(({ choices }) => choices.map((choice) => choice.text)).join(' ');
    return { ...flaw, credential: credentialText, halves };
  } catch (error) {
    if (error instanceof Malformed) return flaw;
    throw error;
  }
}
