import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPoll, parseElection } from '../crypto/election.js';
import { decryptPart, objectionTo, shareFrom } from '../crypto/holder.js';
import { serverGroup } from '../crypto/server-groups.js';
import { boardOf } from '../demonstration/staff.js';
import type { MovedClock } from '../ledger/clock.js';
import { Closing } from '../modules/counting/closing.js';
import { Boxes } from '../modules/counting/boxes.js';
import { CountViews, type CountedScrutin } from '../modules/counting/count-views.js';
import { Decrypting } from '../modules/counting/decrypting.js';
import { Freezing } from '../modules/counting/freezing.js';
import { Minutes } from '../modules/counting/minutes.js';
import { Reconciling } from '../modules/counting/reconciling.js';
import { stepAt, totp } from '../modules/staff/totp.js';
import { caughtUp, PASSPHRASE, type Stage } from './stage.js';

const MINUTE = 60_000;
const random = (length: number) => randomBytes(length);
/** The secretary and two delegates: a quorum of each part of the key, and no more (CGFP 573). */
const HOLDERS = [2, 3, 4];

/** Closes, freezes, reconciles, decrypts with the test keys, proclaims, and signs the minutes. */
export async function count(stage: Stage): Promise<void> {
  const { running, notebook, boardId, closesAt, graceMinutes } = stage;
  const { app, foundation } = running;
  const clock = foundation.clock as MovedClock;
  const of = <T>(kind: abstract new (...args: never[]) => T): T => app.get(kind as never, { strict: false });
  clock.moveTo(new Date(Date.parse(closesAt) + (graceMinutes + 2) * MINUTE).toISOString());
  await of(Closing).closeWhatIsDue();
  await caughtUp(running);
  await of(Freezing).freezeDue();
  await caughtUp(running);
  const members = boardOf(notebook);
  const compared = await of(Reconciling).reconcile(boardId, members[0]?.staffId ?? '');
  const apart = compared.find((one) => one.names !== one.ballots || one.signatures !== one.ballots);
  if (apart) throw new Error(`scrutin ${apart.scrutinId}: names, signatures and ballots do not agree`);
  await caughtUp(running);
  const { scrutins } = await of(CountViews).count(boardId);
  for (const seat of HOLDERS) {
    const file = await readFile(join(notebook.folder, `part-${seat}.json`), 'utf8');
    const parts = [];
    for (const scrutin of scrutins) parts.push(await partOf(of(Boxes), scrutin, file));
    const filed = await of(Decrypting).file(boardId, members[seat - 1]?.staffId ?? '', parts);
    const wrong = filed.find(({ verdict }) => verdict !== 'valid');
    if (wrong)
      throw new Error(`scrutin ${wrong.scrutinId}: a part was not taken (${wrong.code ?? wrong.verdict})`);
  }
  const ids = scrutins.map(({ scrutinId }) => scrutinId);
  for (const seat of [2, 1]) {
    const { staffId, totpKey } = members[seat - 1] as (typeof members)[number];
    const code = totp(totpKey, stepAt(clock.now()));
    await of(Minutes).signAll(boardId, ids, staffId, { code, browser: 'dry-run' });
  }
  await caughtUp(running);
}

/** What the holder's page does: adds the ballots up again, and only then decrypts. */
async function partOf(boxes: Boxes, scrutin: CountedScrutin, file: string) {
  const election = parseElection(scrutin.election);
  const poll = openPoll(await serverGroup(election.group), election);
  const { scrutinId, tally } = scrutin;
  if (tally === null) throw new Error(`scrutin ${scrutinId}: no tally was stated`);
  const ballots: string[] = [];
  for await (const event of boxes.events(scrutinId))
    if (event.type === 'VotesCast') ballots.push(...event.data.ballots);
  const objection = objectionTo(poll, { ...scrutin, tally }, ballots);
  if (objection) throw new Error(`scrutin ${scrutinId}: ${objection} does not agree with the ballots`);
  return { scrutinId, ...decryptPart(poll, tally, await shareFrom(poll, file, PASSPHRASE), random) };
}
