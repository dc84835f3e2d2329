import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { checkBallot } from '../crypto/ballot-checks.js';
import { openPoll, parseElection } from '../crypto/election.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import { verifyElection, type ElectionReport } from '../crypto/verify-election.js';
import type { CheckBallots } from '../crypto/verify-ballots.js';
import { BallotVerifier } from '../verification/ballot-verifier.js';

/** What a file turned out to be: an election with its checks, or something that cannot be read. */
type FileReport = { file: string } & (ElectionReport | { unreadable: string });

/** Below this many ballots, threads take longer to start than the ballots to check. */
const worthThreads = 200;

/**
 * `isoloir verify-archive FILE.bel…`: verifies finished elections from their archives alone. Exits 0 when all are
 * sound, 1 when something is wrong with one, 2 when a file cannot be read as an archive.
 */
export function verifyArchiveCommand(): Command {
  return new Command('verify-archive')
    .description('verify finished elections from their Belenios archives, more strictly than belenios-tool')
    .argument('<files...>', 'archives, FILE.bel')
    .option('--json', 'print reports as JSON')
    .action(async (files: string[], { json }: { json?: true }, command: Command) => {
      const output = command.configureOutput();
      const threads = lazyVerifier();
      const reports: FileReport[] = [];
      try {
        for (const file of files) {
          const report = await reportOn(file, threads.check);
          if (!json) output.writeOut?.(describe(report));
          reports.push(report);
        }
      } finally {
        await threads.close();
      }
      if (json) output.writeOut?.(`${JSON.stringify(reports, null, 2)}\n`);
      process.exitCode = Math.max(0, ...reports.map(exitCodeOf));
    });
}

async function reportOn(file: string, checkBallots: CheckBallots): Promise<FileReport> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { file, unreadable: (error as Error).message };
  }
  try {
    return { file, ...(await verifyElection(bytes, { groupOf: serverGroup, checkBallots })) };
  } catch (error) {
    if (error instanceof Malformed) return { file, unreadable: error.message };
    throw error;
  }
}

function exitCodeOf(report: FileReport): number {
  if ('unreadable' in report) return 2;
  return report.sound ? 0 : 1;
}

function describe(report: FileReport): string {
  if ('unreadable' in report) return `${report.file}: cannot be read: ${report.unreadable}\n`;
  const { file, uuid, ballots, weighted, result, checks, sound } = report;
  const lines = [`${file}: election ${uuid ?? 'unknown'}, ${ballots} ballots`];
  for (const { name, verdict, count, findings } of checks) {
    lines.push(`  ${(verdict === 'failed' ? 'FAILED' : verdict).padEnd(9)}  ${name}`);
    lines.push(...findings.map(({ place, reason }) => `${' '.repeat(13)}${place}: ${reason}`));
    if (count > findings.length) lines.push(`${' '.repeat(13)}and ${count - findings.length} more`);
  }
  if (weighted)
    lines.push('  weights    some ballots count for several votes, which no election of Isoloir allows');
  if (result) lines.push(`  result     ${JSON.stringify(result)}`);
  lines.push(sound ? '  sound' : '  NOT SOUND', '');
  return lines.join('\n');
}

/** Checks a few ballots here, and many on all cores: threads start when they are first worth it. */
function lazyVerifier(): { check: CheckBallots; close: () => Promise<void> } {
  let verifier: Promise<BallotVerifier> | undefined;
  return {
    async check(election, ballots) {
      if (verifier === undefined && ballots.length < worthThreads) return checkHere(election, ballots);
      verifier ??= BallotVerifier.start();
      const pool = await verifier;
      return Promise.all(ballots.map((ballot) => pool.check(election, ballot)));
    },
    async close() {
      await (await verifier)?.close();
    },
  };
}

async function checkHere(raw: string, ballots: readonly string[]) {
  const election = parseElection(raw);
  const poll = openPoll(await serverGroup(election.group), election);
  return ballots.map((ballot) => checkBallot(poll, ballot));
}
