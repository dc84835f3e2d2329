/** One thread of an audit: checks ballots of one election and adds up those that it can read. */
import type { BallotVerdict } from '../crypto/ballot-checks.js';
import { readBallot } from '../crypto/ballot.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { Malformed } from '../crypto/malformed.js';
import { bothChecks, serverChecks, type VerifierName } from '../crypto/server-checks.js';
import { serverGroup } from '../crypto/server-groups.js';
import { printTally, RunningTally } from '../crypto/tally.js';

/** Ballots of one election, as texts: a poll does not cross to another thread. */
export interface AuditTask {
  readonly election: string;
  readonly ballots: readonly string[];
  readonly verifier: AuditVerifier;
}

/** The kernel, libsodium, or each for itself and compared. */
export type AuditVerifier = VerifierName | 'both';

/** What is known of one ballot. */
export interface BallotFound {
  /** Where it is wrong, and how. */
  readonly flaw?: { readonly path: string; readonly reason: string };
  /** Both verified it, and came to different verdicts: one of them is broken. */
  readonly disputed?: true;
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
export async function audit({ election, ballots, verifier }: AuditTask): Promise<AuditAnswer> {
  const known = polls.get(election) ?? open(election);
  polls.set(election, known);
  const poll = await known;
  const tally = new RunningTally(poll.group, poll.election);
  const verdicts = await judge(verifier, poll, ballots);
  const found = ballots.map((text, i) => examine(poll, text, verdicts[i] as Judged, tally));
  return { ballots: found, sum: printTally(poll.group, tally.sum()) };
}

interface Judged {
  readonly verdict: BallotVerdict;
  readonly agreed: boolean;
}

async function judge(verifier: AuditVerifier, poll: Poll, ballots: readonly string[]): Promise<Judged[]> {
  if (verifier === 'both') return (await bothChecks())(poll, ballots);
  const checks = await serverChecks(verifier);
  return checks(poll, ballots).map((verdict) => ({ verdict, agreed: true }));
}

function examine(poll: Poll, text: string, { verdict, agreed }: Judged, tally: RunningTally): BallotFound {
  const flaw: BallotFound = {
    ...(!verdict.valid && { flaw: { path: verdict.path, reason: verdict.reason } }),
    ...(!agreed && { disputed: true }),
  };
  try {
    const read = verdict.valid ? poll.group.again.bind(poll.group) : poll.group.parse.bind(poll.group);
    const { credentialText, answers } = readBallot(poll, text, read);
    tally.add(answers);
    const halves = answers.flatMap(({ choices }) => choices.map((choice) => choice.text)).join(' ');
    return { ...flaw, credential: credentialText, halves };
  } catch (error) {
    if (error instanceof Malformed) return flaw;
    throw error;
  }
}
