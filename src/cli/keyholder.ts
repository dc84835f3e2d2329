import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { BallotPool } from '../auditor/ballot-pool.js';
import { linesOf } from '../auditor/bundle-lines.js';
import { notAudited, parseAuditedTallies, tallyHash, type AuditedTally } from '../crypto/audited-tallies.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { decryptPart, placesOf, shareFrom } from '../crypto/holder.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { CountedScrutin } from '../modules/counting/count-views.js';
import { participateCommand } from './participate.js';
import { rehearseCommand } from './rehearse.js';
import { objectionToStream } from './streamed-box.js';

interface Count {
  /** The seat of each key holder, in the order of their file. */
  readonly owners: readonly number[];
  readonly keyHolders: string | null;
  readonly scrutins: readonly CountedScrutin[];
}

interface Options {
  readonly url: string;
  readonly board: string;
  readonly share: string;
  readonly passphrase?: string;
  readonly audited?: string;
  readonly out: string;
}

/** `isoloir keyholder`: what a key holder does on a machine of their own. */
export function keyholderCommand(): Command {
  return new Command('keyholder')
    .description('the work of a key holder')
    .addCommand(participateCommand())
    .addCommand(rehearseCommand())
    .addCommand(
      new Command('decrypt')
        .description('verify the tallies of a board, decrypt them, and write the parts to be filed')
        .requiredOption('--url <url>', 'where the portal is')
        .requiredOption('--board <id>', 'the board')
        .requiredOption('--share <file>', 'the file of the private share')
        .option('--passphrase <file>', 'the file of its passphrase, where it has one')
        .option(
          '--audited <file>',
          'what your own `isoloir audit --tallies` wrote: boxes it speaks of are not read again',
        )
        .requiredOption('--out <file>', 'where to write the parts: { "parts": […] }')
        .action(async (options: Options, command: Command) => {
          await decrypt(options, (line) => command.configureOutput().writeOut?.(`${line}\n`));
        }),
    );
}

async function decrypt(options: Options, say: (line: string) => void): Promise<void> {
  const { url, board, out } = options;
  const file = await readFile(options.share, 'utf8');
  const passphrase = options.passphrase ? (await readFile(options.passphrase, 'utf8')).trimEnd() : '';
  const count = (await (await fetched(`${url}/api/boards/${board}/count`)).json()) as Count;
  const audited = options.audited ? await auditedOf(options.audited, count.scrutins) : [];
  const pool = new BallotPool();
  const parts = [];
  try {
    for (const scrutin of count.scrutins) {
      const { scrutinId, title, tally, ballots } = scrutin;
      if (tally === null || scrutin.phase !== 'encrypted') continue;
      const election = parseElection(scrutin.election);
      const poll = openPoll(await serverGroup(election.group), election);
      const share = await shareFrom(poll, file, passphrase);
      const places = placesOf(poll, count.keyHolders ?? '', share);
      if (places.length === 0) throw new Error(`${options.share}: this share is none of the board's`);
      const seats = places.map((place) => count.owners[place - 1]).join(' or ');
      await verify(poll, { ...scrutin, tally }, { url, audited, pool });
      parts.push({ scrutinId, ...decryptPart(poll, tally, share, (length) => randomBytes(length)) });
      say(`${title}: ${ballots} ballots verified, tally ${tallyHash(tally)}, decrypted for seat ${seats}`);
    }
  } finally {
    await pool.close();
  }
  await writeFile(out, JSON.stringify({ parts }), { flag: 'wx', mode: 0o600 });
  say(`${out}: ${parts.length} parts`);
}

const differences = {
  'other-election': 'in the audited tallies, it is that of another election or board',
  'other-count': 'the audited tallies have another number of ballots',
  'other-tally': 'its tally is not the one that was audited',
} as const;

/** A tally that the file of the holder's own audit has, or else that of the ballots of the box, each verified as it comes. */
async function verify(
  poll: Poll,
  scrutin: CountedScrutin & { readonly tally: string },
  { url, audited, pool }: { url: string; audited: readonly AuditedTally[]; pool: BallotPool },
): Promise<void> {
  const { scrutinId, title } = scrutin;
  const difference = notAudited(audited, poll.election, scrutin);
  if (difference === undefined) return;
  if (difference !== 'not-in-file')
    throw new Error(`${title}: ${differences[difference]}; nothing decrypted`);
  const { body } = await fetched(`${url}/api/scrutins/${scrutinId}/ballots`);
  if (!body) throw new Error(`${title}: no ballots came`);
  const objection = await objectionToStream(poll, scrutin, linesOf(body), pool);
  if (objection === 'proofs') throw new Error(`${title}: proofs of a ballot do not hold; nothing decrypted`);
  if (objection === 'twice') throw new Error(`${title}: a ballot is there twice; nothing decrypted`);
  if (objection) throw new Error(`${title}: the ${objection} is not what the box holds; nothing decrypted`);
}

async function auditedOf(path: string, scrutins: readonly CountedScrutin[]): Promise<AuditedTally[]> {
  let audited: AuditedTally[];
  try {
    audited = parseAuditedTallies(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Malformed)
      throw new Error(`${path}: no file of isoloir audit --tallies: ${error.message}`);
    throw error;
  }
  if (scrutins.some(({ scrutinId }) => audited.some((one) => one.scrutinId === scrutinId))) return audited;
  const titles = scrutins.map(({ title }) => title).join(', ');
  throw new Error(`${path}: of another election or board: it does not speak of ${titles}`);
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}
