import { bytesToHex } from '@noble/hashes/utils.js';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { auditBundle, type AuditReport } from '../auditor/audit.js';
import type { AuditVerifier } from '../auditor/audit-worker.js';
import { askedProof, askedReference, type AskedBallot } from '../auditor/asked-ballots.js';
import { Unreadable } from '../auditor/bundle-lines.js';
import { piecesOf } from '../auditor/pieces.js';
import {
  describeBooth,
  describeFinding,
  describeReport,
  type BoothFound,
  type Language,
} from '../auditor/report-text.js';
import { printAuditedTallies } from '../crypto/audited-tallies.js';
import { parseSignedCheckpoint } from '../crypto/checkpoint.js';
import { parseLogPolicy } from '../crypto/log-policy.js';
import { Malformed } from '../crypto/malformed.js';
import { followAudit } from './follow-audit.js';
import { linesOfInput, PortalRefusal, PortalSession } from './portal-session.js';
import { progressBar } from './progress.js';

interface Options {
  readonly json?: true;
  readonly lang: Language;
  readonly key?: string;
  readonly policy?: string;
  readonly checkpoint?: string;
  readonly reference?: string[];
  readonly proof?: string[];
  readonly tallies?: string;
  readonly threads?: string;
  readonly verifier: AuditVerifier;
  readonly login?: string;
  readonly follow: string;
  readonly once?: true;
  readonly booth?: string;
  readonly boothHash?: string;
}

/** `isoloir audit`: exit 0 sound, 1 findings, 2 unreadable, 3 not the whole election. docs/audit.md tells how, and what each claim proves. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('check a whole election from its bundle alone, or while it is held, claim by claim')
    .argument('<bundle>', 'a file of isoloir export, or the address of a service')
    .option('--json', 'print the report as JSON')
    .addOption(new Option('--lang <language>', 'language of the report').choices(['fr', 'en']).default('fr'))
    .option('--key <vkey>', 'the key of the log, from elsewhere than the bundle')
    .option('--policy <file>', 'witnesses and their quorum (c2sp.org/tlog-policy)')
    .option('--checkpoint <file>', 'a checkpoint that you kept: the bundle must continue it')
    .option(
      '--tallies <file>',
      'with --policy or --checkpoint: write the tallies of the boxes in which everything held, for a key holder to decrypt',
    )
    .option(
      '--reference <reference>',
      'a ballot that must be in a box of the bundle, by the reference of its receipt; may be repeated',
      repeated,
    )
    .option('--proof <file>', 'the same, from the text of the QR code of a proof of deposit', repeated)
    .option('--threads <count>', 'threads for ballots; all cores by default')
    .addOption(
      new Option('--verifier <name>', 'what verifies ballots; both: each for itself, and compared')
        .choices(['kernel', 'sodium', 'both'])
        .default('sodium'),
    )
    .option(
      '--login <name>',
      'follow the ledger of a service as an auditor; reads password and code, a line each',
    )
    .option('--follow <folder>', 'with --login: where the copy of the ledger is kept', 'ledger-followed')
    .option('--once', 'with --login: end when all that is signed by now was checked')
    .option(
      '--booth <url>',
      'also fetch the script of the booth from this service, compare it with what was sealed',
    )
    .option('--booth-hash <sha256>', 'compare with this one instead')
    .action(async (bundle: string, options: Options, command: Command) => {
      const output = command.configureOutput();
      if (options.tallies !== undefined && !options.policy && !options.checkpoint)
        command.error(
          'error: --tallies needs --policy or --checkpoint: what is decrypted is what others saw too',
        );
      try {
        const report = await run(bundle, options, (text) => output.writeErr?.(text));
        const booth =
          options.booth === undefined
            ? undefined
            : await compareBooth(options.booth, report, options.boothHash);
        const text = options.json
          ? `${JSON.stringify({ ...report, ...(booth && { booth }) }, null, 2)}\n`
          : describeReport(report, options.lang) + (booth ? describeBooth(booth, options.lang) : '');
        output.writeOut?.(text);
        if (options.tallies !== undefined) {
          await writeFile(options.tallies, printAuditedTallies(report.origin, report.tallies));
          output.writeErr?.(`${options.tallies}: ${report.tallies.length} tallies\n`);
        }
        process.exitCode = !report.sound || booth?.same === false ? 1 : report.finished ? 0 : UNFINISHED;
      } catch (error) {
        const known = [Unreadable, Malformed, PortalRefusal].some((kind) => error instanceof kind);
        if (!known && !isMissing(error)) throw error;
        output.writeErr?.(`${bundle}: ${(error as Error).message}\n`);
        process.exitCode = 2;
      }
    });
}

async function run(bundle: string, options: Options, say: (text: string) => void): Promise<AuditReport> {
  const { key, policy, checkpoint, threads, verifier, login, lang } = options;
  const bar = progressBar('Audit', 0);
  const checks = {
    key,
    policy: policy === undefined ? undefined : parseLogPolicy(await readFile(policy, 'utf8')),
    asked: await askedOf(options),
    elsewhere: checkpoint === undefined ? undefined : rootOf(await readFile(checkpoint, 'utf8')),
    threads: threads === undefined ? undefined : Number(threads),
    verifier,
    onProgress: bar.update,
  };
  try {
    if (login === undefined) return await auditBundle(await piecesOf(bundle), checks);
    const [password = '', code = ''] = await linesOfInput(ASKED[lang]);
    const portal = new PortalSession(bundle.replace(/\/+$/, ''));
    await portal.signIn(login, password, code);
    return await followAudit(portal, {
      ...checks,
      ...{ folder: options.follow, once: options.once === true, signal: interruption() },
      onFinding: (name, place, reason) => {
        say(`${describeFinding({ name, place, reason }, lang)}\n`);
      },
    });
  } finally {
    bar.stop();
  }
}

const UNFINISHED = 3;

const ASKED = {
  fr: 'Mot de passe et code à usage unique, une ligne chacun, puis Ctrl-D (sous Windows Ctrl-Z, Entrée) :',
  en: 'Password and one-time code, a line each, then Ctrl-D (on Windows Ctrl-Z, Enter):',
} as const;

/** An option that may be given several times. */
function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}

async function askedOf({ reference = [], proof = [] }: Options): Promise<AskedBallot[]> {
  const proofs = await Promise.all(proof.map(async (file) => askedProof(await readFile(file, 'utf8'))));
  return [...reference.map(askedReference), ...proofs];
}

/** The first Ctrl-C ends the following, and what has come is reported. */
function interruption(): AbortSignal {
  const over = new AbortController();
  process.once('SIGINT', () => {
    over.abort();
  });
  return over.signal;
}

function rootOf(text: string): { size: number; root: string } {
  const { size, root } = parseSignedCheckpoint(text);
  return { size, root: bytesToHex(root) };
}

/** Compares what is served with what was sealed: the part of the booth that no bundle can show. */
async function compareBooth(
  address: string,
  { booths }: AuditReport,
  given: string | undefined,
): Promise<BoothFound> {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/assets/booth.js';
  const response = await fetch(url).catch((error: unknown) => {
    throw new Unreadable(`${url.href}: ${(error as Error).message}`);
  });
  if (!response.ok) throw new Unreadable(`${url.href}: answered ${response.status}`);
  const served = createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex');
  const sealed = given === undefined ? booths.map(({ sha256 }) => sha256) : [given];
  return { url: url.href, served, sealed, same: sealed.length > 0 && sealed.every((one) => one === served) };
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'EISDIR'].includes((error as { code?: string }).code ?? '');
}
