import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { auditBundle } from '../auditor/audit.js';
import { describeReport } from '../auditor/report-text.js';
import { writeBundle } from '../bundle/bundle-file.js';
import { readConfig } from '../config.js';
import { parseElection } from '../crypto/election.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { VotingCode } from '../crypto/voting-code.js';
import { verifyElection } from '../crypto/verify-election.js';
import { Notebook } from '../demonstration/notebook.js';
import { decode } from '../events/codec.js';
import { Archiving } from '../modules/counting/archiving.js';
import { CountViews, type ResultView } from '../modules/counting/count-views.js';
import { Log } from '../operations/log.js';
import { everyElectorIdOfScrutin } from '../projections/electors.projection.js';
import { sealedScrutins } from '../projections/boards.projection.js';
import { start } from '../start.js';
import { removeStorage } from '../storage/postgres-place.js';
import { AcknowledgementKey } from '../vault/acknowledgement-key.js';
import type { CopiedSetUp } from './copied-set-up.js';
import { count } from './count.js';
import { setTheStage, type Stage } from './stage.js';
import { TestElector } from './test-elector.js';

export interface DryRunOptions {
  /** Where results, minutes, archives and the audit report are left. */
  readonly out: string;
  readonly electors: number;
  /** A database of its own; an embedded one, which is removed afterwards, when absent. */
  readonly database?: { readonly url: string; readonly ownerUrl?: string };
  readonly say?: (line: string) => void;
}

export interface DryRunReport {
  readonly electionId: string;
  /** The name of its log, which no checkpoint of the election itself has. */
  readonly origin: string;
  readonly results: readonly ResultView[];
  readonly archives: readonly string[];
  readonly audited: boolean;
}

/** The name of the log of every dry run. */
export const ORIGIN = 'scrutin-a-blanc.invalid/transparence';

/**
 * A « scrutin à blanc » (B.2): the set-up of an election is cloned under other ids, in a service, a ledger and a log of its
 * own, run by this very build. Test electors vote through the gate; test keys count; what comes out is compared with what
 * went in, verified and audited. Nothing of it is ever written to the ledger of the election.
 */
export async function dryRun(setUp: CopiedSetUp, options: DryRunOptions): Promise<DryRunReport> {
  const { electors, database, say = () => undefined } = options;
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  const data = join(out, 'data');
  const running = await start(
    readConfig({
      ...{ ISOLOIR_DATA: data, ISOLOIR_CLOCK: new Date().toISOString(), DEMONSTRATION: 'empty', PORT: '0' },
      ...{ TRANSPARENCY_ORIGIN: ORIGIN, BATCH_WAIT_MS: '50', THIN_BATCH_WAIT_MS: '50' },
      ...(database && { ISOLOIR_MODE: 'demonstration', DATABASE_URL: database.url }),
      ...(database?.ownerUrl !== undefined && { DATABASE_OWNER_URL: database.ownerUrl }),
    }),
    new Log('error'),
  );
  try {
    const stage = await setTheStage(running, await Notebook.open(data), setUp, electors);
    say(
      `${stage.scrutinIds.length} scrutins are cloned, sealed and open; ${electors} test electors have codes`,
    );
    const expected = await castAll(stage);
    say('all votes are acknowledged');
    await count(stage);
    say('counted, proclaimed, and the minutes are signed');
    return await publish(stage, out, expected, say);
  } finally {
    await running.stop();
    await removeStorage(data); // codes, shares and ledger: nothing of them is of use again
  }
}

/** Everybody but the last elector votes, in each scrutin of theirs, for answers in turn. Gives the votes of each answer. */
async function castAll(stage: Stage): Promise<ReadonlyMap<string, readonly number[]>> {
  const { running, scrutinIds, codes } = stage;
  const { database, documents, vaultKeys } = running.foundation;
  const register = database.pool('register');
  const key = await new AcknowledgementKey(vaultKeys).publicKey();
  const texts = new Map<string, string>();
  for (const { scrutinId, electionFile } of await sealedScrutins(register, scrutinIds))
    texts.set(scrutinId, (await documents.get(electionFile))?.content.toString() ?? '');
  const expected = new Map<string, number[]>();
  for (const [id, text] of texts)
    expected.set(
      id,
      (parseElection(text).questions[0]?.answers ?? []).map(() => 0),
    );
  const rolls = new Map<string, string[]>();
  for (const scrutinId of scrutinIds)
    for await (const ids of everyElectorIdOfScrutin(register, scrutinId))
      for (const electorId of ids) rolls.set(electorId, [...(rolls.get(electorId) ?? []), scrutinId]);
  for (const [number, [electorId, own]] of [...rolls].slice(0, -1).entries()) {
    const voter = new TestElector(running, electorId, await codeOf(stage, electorId, codes));
    await voter.enter();
    for (const scrutinId of own) {
      const votes = expected.get(scrutinId) ?? [];
      const choice = number % votes.length;
      await voter.vote(scrutinId, texts.get(scrutinId) ?? '', choice, key);
      votes[choice] = (votes[choice] ?? 0) + 1;
    }
  }
  return expected;
}

async function codeOf({ running }: Stage, electorId: string, codes: Stage['codes']): Promise<VotingCode> {
  for await (const { type, data } of running.foundation.store.readStream(`elector-${electorId}`)) {
    const event = decode(type, data);
    const code = event.type === 'VotingCodeIssued' ? codes.get(event.data.gateKey) : undefined;
    if (code !== undefined) return code;
  }
  throw new Error('an elector has no voting code');
}

/** Results, minutes, archives and the bundle, each verified before it is believed. */
async function publish(
  { running, electionId, scrutinIds }: Stage,
  out: string,
  expected: ReadonlyMap<string, readonly number[]>,
  say: (line: string) => void,
): Promise<DryRunReport> {
  const { app, foundation, url } = running;
  const { store, documents, transparency } = foundation;
  const archives: string[] = [];
  for (const scrutinId of scrutinIds) {
    const { name, pieces } = await app.get(Archiving, { strict: false }).archive(scrutinId);
    await pipeline(Readable.from(pieces), createWriteStream(join(out, name)));
    archives.push(name);
    const report = await verifyElection(await readFile(join(out, name)), { groupOf: serverGroup });
    if (!report.sound || JSON.stringify(report.result) !== JSON.stringify([expected.get(scrutinId)]))
      throw new Error(`${name}: the result is not what was voted`);
    const minutes = await fetch(`${url}/api/scrutins/${scrutinId}/minutes.pdf`);
    await writeFile(
      join(out, `proces-verbal-${name.replace(/bel$/, 'pdf')}`),
      Buffer.from(await minutes.arrayBuffer()),
    );
  }
  say(`${archives.length} archives hold what was voted`);
  const results = await app.get(CountViews, { strict: false }).results(electionId);
  await writeFile(join(out, 'results.json'), JSON.stringify(results, null, 2));
  await transparency.signWhenCaughtUp();
  const { origin, vkey: key } = transparency.signer;
  const bundle = join(out, 'bundle.jsonl');
  await writeBundle(bundle, 'public', { store, documents, origin, key });
  const audit = await auditBundle(createReadStream(bundle), { key });
  await writeFile(join(out, 'audit.txt'), describeReport(audit, 'fr'));
  say(audit.sound ? 'the audit finds it sound' : 'THE AUDIT FINDS FAULTS: audit.txt');
  return { electionId, origin, results, archives, audited: audit.sound };
}
