/**
 * Verifies a whole archived election from its file alone, more strictly than belenios-tool: also the grammar of
 * events, one ballot per credential, no replay, the counts, and the tally event itself.
 */
import { readArchive } from './archive.js';
import { openPoll, parseElection, type Poll } from './election.js';
import type { Group, GroupName } from './group.js';
import { checkKeyHolders } from './key-holders-check.js';
import { electionKey, parseKeyHolders, type KeyHolders } from './key-holders.js';
import { orReport, verifyFrame, type ArchivedElection, type Located } from './verify-archive.js';
import { verifyBallots, verifyCredentials, type CheckBallots } from './verify-ballots.js';
import { Report, type Check } from './verify-report.js';
import { verifyDecryption, verifyTally } from './verify-tally.js';

/** Where arithmetic comes from: a back-end for each group, and whoever checks ballots (here, when absent). */
export interface VerifyOptions {
  readonly groupOf: (name: GroupName) => Promise<Group>;
  readonly checkBallots?: CheckBallots;
}

/** The outcome: sound when every check has passed. */
export interface ElectionReport {
  readonly sound: boolean;
  readonly uuid: string | undefined;
  /** Ballots in the archive. */
  readonly ballots: number;
  /** Some of them count for several votes: Belenios has weights, our elections have none. */
  readonly weighted: boolean;
  /** Votes for each choice of each question, when they are what was decrypted. */
  readonly result: readonly (readonly number[])[] | undefined;
  readonly checks: readonly Check[];
}

/** Verifies the bytes of a `.bel` file. Throws `Malformed` only when they are not an archive at all. */
export async function verifyElection(bytes: Uint8Array, options: VerifyOptions): Promise<ElectionReport> {
  const { records } = readArchive(bytes);
  const report = new Report();
  const archived = verifyFrame(records, report);
  const {
    uuid,
    result,
    weighted = false,
  } = archived.setup ? await verifyContents(archived, report, options) : {};
  const checks = report.checks();
  return {
    sound: checks.every(({ verdict }) => verdict === 'passed'),
    uuid,
    ballots: archived.ballots.length,
    weighted,
    result,
    checks,
  };
}

async function verifyContents(
  archived: ArchivedElection,
  report: Report,
  { groupOf, checkBallots }: VerifyOptions,
): Promise<{ uuid?: string; result?: number[][] | undefined; weighted?: boolean }> {
  const { election: text, trustees, credentials } = archived.setup as NonNullable<ArchivedElection['setup']>;
  report.examine('election-is-well-formed');
  const election = orReport(report, 'election-is-well-formed', () => parseElection(text.text));
  if (election === undefined) return {};
  const group = await groupOf(election.group);
  const poll = orReport(report, 'election-is-well-formed', () => openPoll(group, election));
  if (poll === undefined) return { uuid: election.uuid };
  const holders = verifyHolders(poll, trustees, report);
  const listed = verifyCredentials(group, credentials, report);
  const tally = await verifyBallots(poll, listed, archived.ballots, report, checkBallots);
  const weight = archived.tally && verifyTally(poll, archived.tally, tally, report);
  const result = holders && verifyDecryption(poll, holders, archived, weight, report);
  const weighted = tally !== undefined && tally.weight !== BigInt(tally.count);
  return { uuid: election.uuid, result, weighted };
}

function verifyHolders({ group, key }: Poll, { text }: Located, report: Report): KeyHolders | undefined {
  report.examine('key-holders-prove-their-keys');
  const holders = orReport(report, 'key-holders-prove-their-keys', () => parseKeyHolders(group, text));
  if (holders === undefined) return undefined;
  for (const { holder, step, reason } of checkKeyHolders(group, holders)) {
    report.fail('key-holders-prove-their-keys', `key holder ${holder}, ${step}`, reason);
  }
  report.examine('election-key-is-that-of-the-key-holders');
  if (!group.equal(electionKey(group, holders), key.element)) {
    const reason = 'is not the product of the keys of trustees';
    report.fail('election-key-is-that-of-the-key-holders', 'election.public_key', reason);
  }
  return holders;
}
