/**
 * A thread of the audit of a box in a browser: the first one reads the archive and judges it, its helpers check ballots,
 * with the kernel. Nothing but the archive is asked for, and nothing leaves the machine.
 */
import plainKernel from 'kernel.wasm';
import simdKernel from 'kernel-simd.wasm';
import { ballotReference } from '../../crypto/ballot.js';
import type { BallotVerdict } from '../../crypto/ballot-checks.js';
import { readArchive, type ArchiveRecord } from '../../crypto/archive.js';
import { belenios2048BigInt } from '../../crypto/belenios-2048.js';
import { checkBallot } from '../../crypto/ballot-checks.js';
import { ed25519Noble } from '../../crypto/ed25519-noble.js';
import { openPoll, parseElection, type Poll } from '../../crypto/election.js';
import type { Group, GroupName } from '../../crypto/group.js';
import { checkBallots } from '../../crypto/kernel/kernel-checks.js';
import { hasSimd, Kernel } from '../../crypto/kernel/kernel.js';
import { rootOfLines, sortedLines } from '../../crypto/line-list.js';
import { Malformed } from '../../crypto/malformed.js';
import { verifyElection } from '../../crypto/verify-election.js';
import type { Answer, Asked, Audited, Portion, Told } from './box-audit/messages.js';

/** What a worker has of its own; the types of a page stand in for those of a worker. */
interface Scope {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(told: Told): void;
}
const scope = self as unknown as Scope;

/** Ballots given to a helper at once: some tenths of a second. */
const PORTION = 40;

scope.onmessage = ({ data }) => {
  if (data.kind === 'serve') serve(data.port);
  else void conduct(data.archive, data.helpers).catch(refuse);
};

function refuse(error: unknown): void {
  if (error instanceof Malformed) scope.postMessage({ kind: 'unreadable' });
  else reportError(error); // to the page
}

let kernel: Promise<Kernel> | undefined;
let polled: { readonly raw: string; readonly poll: Poll } | undefined;

/** As a helper: answers with the verdicts on the ballots that come. */
function serve(port: MessagePort): void {
  port.onmessage = ({ data }: MessageEvent<Portion>) => {
    void check(data).then((verdicts) => {
      port.postMessage(verdicts satisfies Answer);
    }, reportError);
  };
}

async function check({ election, ballots }: Portion): Promise<BallotVerdict[]> {
  if (polled?.raw !== election) {
    const parsed = parseElection(election);
    polled = { raw: election, poll: openPoll(groupOf(parsed.group), parsed) };
  }
  return verdictsOn(polled.poll, ballots);
}

async function verdictsOn(poll: Poll, ballots: readonly string[]): Promise<BallotVerdict[]> {
  if (poll.election.group !== 'Ed25519') return ballots.map((text) => checkBallot(poll, text));
  kernel ??= WebAssembly.compile(hasSimd() ? simdKernel : plainKernel).then((module) =>
    Kernel.start(module, 1),
  );
  return checkBallots(await kernel, poll, ballots);
}

function groupOf(name: GroupName): Group {
  return name === 'BELENIOS-2048' ? belenios2048BigInt : ed25519Noble;
}

async function conduct(archive: ArrayBuffer, helpers: readonly MessagePort[]): Promise<void> {
  const bytes = new Uint8Array(archive);
  const { records } = readArchive(bytes);
  const ballots = records.filter((record) => startsWith(record, '{"election_uuid":'));
  let done = 0;
  const progress = (count: number) => {
    done += count;
    scope.postMessage({ kind: 'progress', done, total: ballots.length });
  };
  progress(0);
  const report = await verifyElection(bytes, {
    groupOf: (name) => Promise.resolve(groupOf(name)),
    checkBallots: (election, some) => shared(helpers, election, some, progress),
  });
  // one text at a time: a box may be larger than strings should be
  const root = rootOfLines(sortedLines(ballots.map((one) => ballotReference(ed25519Noble, textOf(one)))));
  scope.postMessage({ kind: 'audited', report, root, ...namesIn(records) });
}

const utf8 = new TextDecoder();
const textOf = ({ bytes }: ArchiveRecord) => utf8.decode(bytes);
const startsWith = ({ bytes }: ArchiveRecord, text: string) =>
  utf8.decode(bytes.subarray(0, text.length)) === text;

/** The name of the scrutin, and what could be voted for, question by question, in the order of a result. */
function namesIn(records: readonly ArchiveRecord[]): Pick<Audited, 'name' | 'answers'> {
  const election = records.find((record) => startsWith(record, '{"version":'));
  try {
    const { name, questions } = parseElection(election ? textOf(election) : '');
    const answers = questions.map(({ answers, blank }) => (blank ? ['Vote blanc', ...answers] : answers));
    return { name, answers };
  } catch (error) {
    if (error instanceof Malformed) return { name: '', answers: [] };
    throw error;
  }
}

/** Has helpers check ballots, a portion at a time each; the verdicts come in the order of the ballots. */
async function shared(
  helpers: readonly MessagePort[],
  election: string,
  ballots: readonly string[],
  progress: (count: number) => void,
): Promise<BallotVerdict[]> {
  const verdicts: BallotVerdict[] = [];
  let next = 0;
  await Promise.all(
    helpers.map(async (helper) => {
      while (next < ballots.length) {
        const from = next;
        next += PORTION;
        const portion = ballots.slice(from, from + PORTION);
        for (const [i, verdict] of (await ask(helper, { election, ballots: portion })).entries())
          verdicts[from + i] = verdict;
        progress(portion.length);
      }
    }),
  );
  return verdicts;
}

function ask(helper: MessagePort, portion: Portion): Promise<Answer> {
  return new Promise((resolve) => {
    helper.onmessage = ({ data }: MessageEvent<Answer>) => {
      resolve(data);
    };
    helper.postMessage(portion);
  });
}
