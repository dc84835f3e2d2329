/** The ballots of an archived election: each by itself, against the list of credentials, and against each other. */
import { parseBallot, readBallot, type Ballot } from './ballot.js';
import { checkBallot, type BallotVerdict } from './ballot-checks.js';
import type { Poll } from './election.js';
import type { Group } from './group.js';
import { parsePublic } from './group.js';
import { Malformed } from './malformed.js';
import { decodeUtf8, items, parseCompactJson, string } from './strict-json.js';
import { RunningTally } from './tally.js';
import { orReport, type ArchivedElection, type Located } from './verify-archive.js';
import type { CheckName, Report } from './verify-report.js';

/** Checks ballots of the election whose text is given, in order; by default here, in a server on all cores. */
export type CheckBallots = (
  election: string,
  ballots: readonly string[],
) => Promise<readonly BallotVerdict[]>;

/** The weight of each credential, by its text. */
export type Credentials = ReadonlyMap<string, bigint>;

const batch = 1_000; // texts decoded at once: an archive may hold more than strings should

/** Reads the list of public credentials, `["C","C,weight",…]`. A credential outside the group or twice is reported. */
export function verifyCredentials(
  group: Group,
  { text, place }: Located,
  report: Report,
): Credentials | undefined {
  const name: CheckName = 'credentials-are-well-formed-and-distinct';
  report.examine(name);
  const credentials = new Map<string, bigint>();
  const at = `${place}.credentials`;
  const list = orReport(report, name, () => items(parseCompactJson(text, at), at, string));
  for (const [i, entry] of list?.entries() ?? []) {
    orReport(report, name, () => {
      const [, credential, weight] = /^([0-9a-f]+)(?:,([1-9][0-9]{0,14}))?$/.exec(entry) ?? [];
      if (credential === undefined) throw new Malformed(`${at}[${i}]`, 'not a credential');
      parsePublic(group, credential, `${at}[${i}]`);
      if (credentials.has(credential)) throw new Malformed(`${at}[${i}]`, 'is listed twice');
      credentials.set(credential, BigInt(weight ?? 1));
    });
  }
  return list && credentials;
}

/**
 * Checks every ballot and adds it up. The tally is that of all ballots, also of those that should not be there, so
 * that it can be compared with what was tallied; undefined when one of them cannot be read.
 */
export async function verifyBallots(
  poll: Poll,
  credentials: Credentials | undefined,
  ballots: ArchivedElection['ballots'],
  report: Report,
  check: CheckBallots = (_, texts) => Promise.resolve(texts.map((text) => checkBallot(poll, text))),
): Promise<RunningTally | undefined> {
  report.examine('every-ballot-is-well-formed', 'every-ballot-is-signed', 'every-ballot-has-valid-proofs');
  report.examine('one-ballot-per-credential', 'no-ballot-is-replayed');
  if (credentials) report.examine('every-ballot-has-a-listed-credential');
  const tally = new RunningTally(poll.group, poll.election);
  const seen = new Seen(report);
  let readable = true;
  for (let start = 0; start < ballots.length; start += batch) {
    const found = ballots.slice(start, start + batch).map(({ place, bytes }) => ({
      place,
      text: orReport(report, 'every-ballot-is-well-formed', () => decodeUtf8(bytes, place)) ?? '',
    }));
    const verdicts = await check(
      poll.election.raw,
      found.map(({ text }) => text),
    );
    for (const [i, { place, text }] of found.entries()) {
      const verdict = verdicts[i] as BallotVerdict;
      reportVerdict(verdict, place, report);
      const ballot = readAgain(poll, text, verdict.valid);
      if (ballot === undefined) {
        readable = false;
        continue;
      }
      if (credentials && !credentials.has(ballot.credentialText)) {
        report.fail('every-ballot-has-a-listed-credential', place, 'its credential is not on the list');
      }
      seen.add(ballot, place);
      tally.add(ballot.answers, credentials?.get(ballot.credentialText));
    }
  }
  return readable ? tally : undefined;
}

function reportVerdict(verdict: BallotVerdict, place: string, report: Report): void {
  if (verdict.valid) return;
  const { path, reason } = verdict;
  let name: CheckName = 'every-ballot-is-well-formed';
  if (/^\$\.signature\.(?:hash|proof)$/.test(path)) name = 'every-ballot-is-signed';
  if (/_proofs?(?:\[\d+\])?$/.test(path)) name = 'every-ballot-has-valid-proofs';
  report.fail(name, `${place}.ballot${path.slice(1)}`, reason);
}

/** The parts of a ballot; of one that was found valid, without checking its elements again. */
function readAgain(poll: Poll, text: string, valid: boolean): Ballot | undefined {
  try {
    return valid
      ? readBallot(poll, text, (element, path) => poll.group.again(element, path))
      : parseBallot(poll, text);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** What earlier ballots used: a credential, or half of a ciphertext, which nobody draws twice. */
class Seen {
  private readonly credentials = new Map<string, string>();
  private readonly halves = [new Map<string, string>(), new Map<string, string>()];

  constructor(private readonly report: Report) {}

  add({ credentialText, answers }: Ballot, place: string): void {
    const other = this.credentials.get(credentialText);
    if (other !== undefined)
      this.report.fail('one-ballot-per-credential', place, `votes again after ${other}`);
    else this.credentials.set(credentialText, place);
    const texts = answers.flatMap(({ choices }) => choices.map(({ text }) => text.split(',')));
    const repeated = texts.flatMap((pair) =>
      pair.flatMap((half, i) => {
        const before = this.halves[i]?.get(half);
        if (before === undefined) this.halves[i]?.set(half, place);
        return before ?? [];
      }),
    );
    if (repeated.length > 0) {
      this.report.fail('no-ballot-is-replayed', place, `repeats a ciphertext of ${repeated[0] ?? ''}`);
    }
  }
}
