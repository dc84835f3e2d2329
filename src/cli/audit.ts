import { bytesToHex } from '@noble/hashes/utils.js';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { auditBundle, type AuditReport } from '../auditor/audit.js';
import type { AuditVerifier } from '../auditor/audit-worker.js';
import { Unreadable } from '../auditor/bundle-lines.js';
import { piecesOf } from '../auditor/pieces.js';
import { describeReport, type Language } from '../auditor/report-text.js';
import { parseSignedCheckpoint } from '../crypto/checkpoint.js';
import { parseLogPolicy } from '../crypto/log-policy.js';
import { Malformed } from '../crypto/malformed.js';
import { progressBar } from './progress.js';

interface Options {
  readonly json?: true;
  readonly lang: Language;
  readonly key?: string;
  readonly policy?: string;
  readonly checkpoint?: string;
  readonly threads?: string;
  readonly verifier: AuditVerifier;
  readonly booth?: string;
  readonly boothHash?: string;
}

/** `isoloir audit`: exit 0 sound, 1 findings, 2 unreadable. docs/audit.md tells how, and what each claim proves. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('check a whole election from its bundle alone, claim by claim')
    .argument('<bundle>', 'a file of isoloir export, or the address of a service')
    .option('--json', 'print the report as JSON')
    .addOption(new Option('--lang <language>', 'language of the report').choices(['fr', 'en']).default('fr'))
    .option('--key <vkey>', 'the key of the log, from elsewhere than the bundle')
    .option('--policy <file>', 'witnesses and their quorum (c2sp.org/tlog-policy)')
    .option('--checkpoint <file>', 'a checkpoint that you kept: the bundle must continue it')
    .option('--threads <count>', 'threads for ballots; all cores by default')
    .addOption(
      new Option('--verifier <name>', 'what verifies ballots; both: each for itself, and compared')
        .choices(['kernel', 'sodium', 'both'])
        .default('sodium'),
    )
    .option('--booth <url>', 'also fetch this script of the booth and compare it')
    .option('--booth-hash <sha256>', 'with the SHA-256 that was sealed')
    .action(async (bundle: string, options: Options, command: Command) => {
      const output = command.configureOutput();
      try {
        const report = await run(bundle, options);
        const booth =
          options.booth === undefined ? undefined : await boothFlaw(options.booth, options.boothHash);
        const text = options.json
          ? `${JSON.stringify({ ...report, ...(options.booth && { booth: booth ?? 'same' }) }, null, 2)}\n`
          : describeReport(report, options.lang) + (booth === undefined ? '' : `${booth}\n`);
        output.writeOut?.(text);
        process.exitCode = report.sound && booth === undefined ? 0 : 1;
      } catch (error) {
        if (!(error instanceof Unreadable || error instanceof Malformed || isMissing(error))) throw error;
        output.writeErr?.(`${bundle}: ${(error as Error).message}\n`);
        process.exitCode = 2;
      }
    });
}

async function run(
  bundle: string,
  { key, policy, checkpoint, threads, verifier }: Options,
): Promise<AuditReport> {
  const bar = progressBar('Audit', 0);
  try {
    return await auditBundle(await piecesOf(bundle), {
      key,
      policy: policy === undefined ? undefined : parseLogPolicy(await readFile(policy, 'utf8')),
      elsewhere: checkpoint === undefined ? undefined : rootOf(await readFile(checkpoint, 'utf8')),
      threads: threads === undefined ? undefined : Number(threads),
      verifier,
      onProgress: bar.update,
    });
  } finally {
    bar.stop();
  }
}

function rootOf(text: string): { size: number; root: string } {
  const { size, root } = parseSignedCheckpoint(text);
  return { size, root: bytesToHex(root) };
}

/** Compares what is served with what was sealed: the part of the booth that no bundle can show. */
async function boothFlaw(url: string, sealed: string | undefined): Promise<string | undefined> {
  const response = await fetch(url);
  if (!response.ok) throw new Unreadable(`${url}: answered ${response.status}`);
  const served = createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex');
  if (sealed === undefined) return `${url}: ${served} (give --booth-hash to compare)`;
  return served === sealed ? undefined : `${url}: is ${served}, ${sealed} was sealed`;
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'EISDIR'].includes((error as { code?: string }).code ?? '');
}
