import type { INestApplicationContext } from '@nestjs/common';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { auditBundle } from '../auditor/audit.js';
import { describeReport } from '../auditor/report-text.js';
import { writeBundle } from '../bundle/bundle-file.js';
import { erasableFrom } from '../erasure/erasure.js';
import type { Foundation } from '../foundation.js';
import { Refusal } from '../ledger/refusal.js';
import { Archiving } from '../modules/counting/archiving.js';
import { Boxes } from '../modules/counting/boxes.js';
import { CountViews } from '../modules/counting/count-views.js';
import { minutesBlocks } from '../modules/counting/minutes-wording.js';
import { minutesPdf } from '../modules/counting/minutes-pdf.js';
import { Minutes } from '../modules/counting/minutes.js';
import { Journal } from '../modules/election/journal.js';
import { StaffAccounts } from '../modules/staff/staff-accounts.js';
import type { ElectionRow } from '../projections/elections.projection.js';
import { scrutinsOfElection, type ScrutinRow } from '../projections/scrutins.projection.js';
import { folderOf, printCheckList } from './check-list.js';
import { sumUp } from './sums.js';

/** What was written. */
export interface ClosingSet {
  /** SHA-256 of SHA256SUMS, and so of everything: to be written down elsewhere. */
  readonly sha256: string;
  readonly files: number;
  /** What the law names and is not in it, in the words of the check-list. */
  readonly lacking: readonly string[];
  /** Whether the audit of what was written finds no fault. */
  readonly sound: boolean;
}

/** Where a set comes from. */
export interface ClosingSource {
  readonly app: INestApplicationContext;
  readonly foundation: Foundation;
  /** The files of the release, by their path in it. */
  readonly release: () => AsyncIterable<{ readonly path: string; readonly content: Buffer }>;
}

/**
 * Writes what is kept for two years after the closing into a new folder (CGFP R. 211-580): the ledger with all that it
 * names, and per scrutin box, register, minutes and candidates as files that people open, each summed up; audits it from
 * what was written; and says in a check-list what is there, what is not, and what others must add or destroy.
 */
export async function writeClosingSet(
  source: ClosingSource,
  election: ElectionRow,
  folder: string,
  say: (line: string) => void = () => undefined,
): Promise<ClosingSet> {
  const { app, foundation } = source;
  await mkdir(folder); // a new one: what is kept is not mixed with what was
  const scrutins = (
    await scrutinsOfElection(foundation.database.pool('register'), election.electionId)
  ).filter(({ held }) => held === 'here');
  const lacking: string[] = [];
  for (const scrutin of scrutins) {
    lacking.push(...(await writeScrutin(source, scrutin, join(folder, 'scrutins', folderOf(scrutin)))));
    say(scrutin.title);
  }
  const results = await app.get(CountViews, { strict: false }).results(election.electionId);
  await writeFile(join(folder, 'resultats.json'), JSON.stringify(results, null, 2));
  await writeJournal(app, election.electionId, folder);
  if (!(await writeRelease(source, folder))) lacking.push('les programmes sources (`logiciel/src`)');
  say('audit');
  const sound = await writeLedger(foundation, folder);
  if (!sound) lacking.push('un audit sans défaut : voir audit.txt');
  const closed = election.calendar?.votingClosesAt.toISOString();
  const until = closed === undefined ? undefined : new Date(erasableFrom(closed));
  await writeFile(join(folder, 'LISTE.md'), printCheckList({ election, scrutins, lacking, until }));
  return { ...(await sumUp(folder)), lacking, sound };
}

const EXTENSIONS = new Map([
  ['application/json', '.json'],
  ['application/pdf', '.pdf'],
  ['image/png', '.png'],
  ['image/svg+xml', '.svg'],
]);

/** One scrutin; gives what it lacks. */
async function writeScrutin(
  { app, foundation }: ClosingSource,
  scrutin: ScrutinRow,
  folder: string,
): Promise<string[]> {
  const { scrutinId, title } = scrutin;
  const { documents } = foundation;
  await mkdir(join(folder, 'listes'), { recursive: true });
  const keep = async (path: string, sha256: string | undefined) => {
    const found = sha256 === undefined ? undefined : await documents.get(sha256);
    if (found)
      await writeFile(join(folder, `${path}${EXTENSIONS.get(found.mediaType) ?? ''}`), found.content);
    return found !== undefined;
  };
  for (const { listId, content, logo, statement } of scrutin.lists) {
    await keep(`listes/${listId}`, content);
    await keep(`listes/${listId}-profession-de-foi`, statement);
    await keep(`listes/${listId}-logo`, logo);
  }
  const lacks = (what: string) => `${what} : ${title}`;
  const box = await app.get(Boxes, { strict: false }).of(scrutinId).catch(neverOpened);
  if (!box?.result) return [lacks('une urne dépouillée, son résultat et son procès-verbal')];
  const { pieces } = await app.get(Archiving, { strict: false }).archive(scrutinId);
  await pipeline(Readable.from(pieces), createWriteStream(join(folder, 'urne.bel')));
  const { text, content, ...signatures } = await app.get(Minutes, { strict: false }).of(scrutinId);
  await writeFile(join(folder, 'proces-verbal.json'), text);
  const at = new Date(signatures.signed.at(-1)?.at ?? content.proclaimedAt);
  const pdf = await minutesPdf(title, at, minutesBlocks(content, signatures));
  await writeFile(join(folder, 'proces-verbal.pdf'), pdf);
  const lacking: string[] = [];
  const signed = new Set(signatures.signed.map(({ office }) => office));
  if (!signed.has('secretary') || !signed.has('president'))
    lacking.push(lacks('un procès-verbal signé du secrétaire et du président'));
  if (!(await keep('emargements', box.frozen?.register))) lacking.push(lacks('la liste d’émargement'));
  return lacking;
}

function neverOpened(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'counting.not-opened') return undefined;
  throw error;
}

/** The release that runs this; gives whether its sources are in it: an image may hold only what was built. */
async function writeRelease({ release }: ClosingSource, folder: string): Promise<boolean> {
  let sources = false;
  for await (const { path, content } of release()) {
    const to = join(folder, 'logiciel', path);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, content);
    sources ||= path.startsWith('src/');
  }
  return sources;
}

/** Incidents and interventions with their texts, and who the staff are that events name by an id. */
async function writeJournal(app: INestApplicationContext, electionId: string, folder: string): Promise<void> {
  const entries = await app.get(Journal, { strict: false }).of(electionId);
  const staff = await app.get(StaffAccounts, { strict: false }).list();
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFile(join(folder, 'journal.jsonl'), lines([...entries].reverse()));
  const named = staff.map(({ staffId, login, roles }) => ({ staffId, login, roles }));
  await writeFile(join(folder, 'personnel.jsonl'), lines(named));
}

/** The whole ledger as auditors read it, and what the audit of that very file says. */
async function writeLedger({ store, documents, transparency }: Foundation, folder: string): Promise<boolean> {
  await transparency.signWhenCaughtUp();
  const { origin, vkey: key } = transparency.signer;
  const bundle = join(folder, 'dossier.jsonl');
  await writeBundle(bundle, 'auditor', { store, documents, origin, key });
  const report = await auditBundle(createReadStream(bundle), { key });
  await writeFile(join(folder, 'audit.txt'), describeReport(report, 'fr'));
  return report.sound;
}
