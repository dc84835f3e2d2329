import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import type { VotingCode } from '../../src/crypto/voting-code.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { Decrypting } from '../../src/modules/counting/decrypting.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { arrived, choose, participate, passGate, tryGate, vote } from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { caughtUp, moveClock, partOf } from '../support/counted-election.js';
import { openPollingPlace, type PlaceVoter, type PollingPlace } from '../support/polling-place.js';
import { ANSWER } from '../support/portal.js';
import { holds, sealedCopy } from '../support/sealed-copy.js';
import type { TestScrutin } from '../support/sealed-election.js';
import { press } from '../support/walk.js';

jest.setTimeout(300_000);

const CLOSES = '2022-12-08T16:00:00.000Z'; // 17 h in Paris
const found = spawnSync('belenios-tool', ['--version'], { encoding: 'utf8' });
const withTool = found.status === 0 ? it : it.skip;

let browser: Browser;
let place: PollingPlace;
let scrutin: TestScrutin;
let ann: PlaceVoter;
let bob: PlaceVoter;
let carl: PlaceVoter;
let newCode: VotingCode;

beforeAll(async () => {
  [browser, place] = await Promise.all([
    openBrowser(),
    openPollingPlace(
      {
        ...{ voters: 4, scrutins: 1, lists: 2, group: 'BELENIOS-2048' },
        ...{ now: '2022-12-08T15:30:00.000Z', closesAt: CLOSES },
      },
      { ISOLOIR_CLOCK: '2022-12-08T15:30:00.000Z' },
    ),
  ]);
  scrutin = place.election.scrutins[0] as TestScrutin;
  [ann, bob, carl] = [place.voter(), place.voter(), place.voter()];
});
afterAll(async () => {
  await browser.close();
  await place.close();
});

async function signedIn(voter: PlaceVoter): Promise<Page> {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await place.signIn(context, voter);
  return page;
}

async function castInBrowser(page: Page, list: string): Promise<void> {
  await participate(page, 1);
  await choose(page, list);
  await vote(page);
  await arrived(page, 'Accusé de réception');
}

/** Nothing that anybody holds in secret, and no number of votes, is in what the server wrote. */
async function searchTheCopy(): Promise<{ secrets: string[]; counted: boolean }> {
  await caughtUp(place);
  await place.foundation.documents.put(Buffer.from('a word to be found'), 'text/plain', 'restricted');
  const copy = await sealedCopy(place);
  for (const there of ['BoxOpened.v1', '"scrutinId":"', 'a word to be found'])
    expect([there, holds(copy, there)]).toEqual([there, true]); // it looks where there is something
  const { group, shares, electors } = place.election;
  const codes = [...electors.map(({ code }) => code), newCode];
  const secrets = [
    ...shares.flatMap((share) => [String(share), share.toString(16)]),
    ...codes.flatMap((code) => {
      const credential = deriveCredential(group, scrutin.poll.election.uuid, code);
      return [code, code.replaceAll('-', ''), String(credential), credential.toString(16)];
    }),
    ...electors.map(({ gateKey }) => Buffer.from(gateKey.seed).toString('hex')),
  ].filter((secret) => holds(copy, secret));
  const counted = ['"result":[[', '"result": [[', 'ResultProclaimed', 'ProclaimResult'].some((text) =>
    holds(copy, text),
  );
  const { rows } = await place.foundation.database
    .pool('register')
    .query<{ known: boolean }>(
      'select (votes is not null or blank is not null) as known from read_register.tallies',
    );
  return { secrets, counted: counted || rows.some(({ known }) => known) };
}

const untold = { secrets: [], counted: false };
const staff = (seat: number) => place.election.staffIds[seat - 1] as string;
async function decrypts(seat: number) {
  const part = await partOf(place, place.election, scrutin, seat);
  return place.app.get(Decrypting, { strict: false }).file(place.election.boardId, staff(seat), [part]);
}
const result = () => place.client().get(`/api/elections/${place.election.electionId}/results`);

describe('the end of a vote, with BELENIOS-2048', () => {
  it('an elector with a code made anew votes, and the code of the notice is refused', async () => {
    const page = await signedIn(ann);
    await page.goto(`${place.url}/vote/reassort`);
    await page.fill('#answer', ANSWER);
    await page.fill('#proof', '2750675123');
    await page.check('input[value=mail]');
    await page.fill('#address', 'ann@personnelle.example');
    await press(page, 'ENVOYER');
    await page.waitForSelector('text=Un lien vient de vous être envoyé');
    const mails = (await place.mails.catchAll?.newest(50)) ?? [];
    const mail = mails.find(({ to }) => to.includes('ann@personnelle.example'));
    await page.goto(/https?:\/\/\S+\/reassort\/[\w-]{80}/.exec(mail?.text ?? '')?.[0] ?? '');
    await press(page, 'OBTENIR MON NOUVEAU CODE');
    newCode = ((await page.textContent('[data-code]')) ?? '') as VotingCode;
    await page.goto(`${place.url}/vote`);
    await tryGate(page, ann.code);
    await page.waitForSelector('#code-erreur');
    await page.goto(`${place.url}/vote`);
    await passGate(page, newCode);
    await castInBrowser(page, 'Liste A');
    await page.context().close();
    expect(await searchTheCopy()).toEqual(untold);
  });

  it('who signed in before the hour may finish in the grace period; who comes after it is too late (CGFP 563)', async () => {
    moveClock(place, '2022-12-08T15:59:00.000Z');
    const page = await signedIn(bob);
    await page.goto(`${place.url}/vote`);
    await passGate(page, bob.code);
    moveClock(place, '2022-12-08T16:10:00.000Z');
    await castInBrowser(page, 'Liste B');
    await page.context().close();

    const late = await signedIn(carl);
    await late.goto(`${place.url}/vote`);
    expect(await late.textContent('main')).toMatch(/clos|terminé|fermé/);
    expect(await late.locator('#code').count()).toBe(0);
    await late.context().close();
  });

  it('tells no result and no secret at any stage before the quorums', async () => {
    moveClock(place, '2022-12-08T16:22:00.000Z');
    await caughtUp(place);
    await place.app.get(Freezing, { strict: false }).freezeDue();
    expect(await searchTheCopy()).toEqual(untold);
    await place.app.get(Reconciling, { strict: false }).reconcile(place.election.boardId, staff(1));
    expect(await searchTheCopy()).toEqual(untold);
    for (const seat of [3, 4]) {
      expect(await decrypts(seat)).toMatchObject([{ verdict: 'valid', proclaimed: false }]);
      expect(await searchTheCopy()).toEqual(untold);
      expect((await result()).body).toMatchObject([{ phase: 'encrypted', lists: [], blank: null }]);
    }
  });

  it('has its result with the secretary and two delegates', async () => {
    expect(await decrypts(2)).toMatchObject([{ verdict: 'valid', proclaimed: true }]);
    expect(await searchTheCopy()).toEqual({ secrets: [], counted: true }); // and the search finds it now
    const { result: proclaimed, frozen } = await place.app
      .get(Boxes, { strict: false })
      .of(scrutin.scrutinId);
    expect(proclaimed?.votes.map(({ votes }) => votes)).toEqual([1, 1]);
    expect(frozen).toMatchObject({ ballots: 2, signatures: 2, reassorts: 1 });
  });

  withTool(
    'has an archive that verify-archive and belenios-tool find sound, with the new code in it',
    async () => {
      const answer = await fetch(`${place.url}/api/scrutins/${scrutin.scrutinId}/archive`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const report = await verifyElection(bytes, { groupOf: serverGroup });
      expect(report.sound).toBe(true);
      expect(report.result).toEqual([[1, 1, 0]]);
      const { group } = place.election;
      const { uuid } = scrutin.poll.election;
      const added = publicCredential(group, deriveCredential(group, uuid, newCode));
      expect(Buffer.from(bytes).toString('latin1')).toContain(`"credential":"${added}"`);
      const folder = await mkdtemp(join(tmpdir(), 'isoloir-archive-'));
      await mkdir(join(folder, uuid));
      await writeFile(join(folder, uuid, `${uuid}.bel`), bytes);
      const { status, stderr } = spawnSync(
        'belenios-tool',
        ['election', 'verify', '--dir', join(folder, uuid)],
        { encoding: 'utf8' },
      );
      await rm(folder, { recursive: true });
      expect({ status, refused: status === 0 ? '' : stderr }).toEqual({ status: 0, refused: '' });
    },
  );
});
