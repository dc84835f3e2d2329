import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { acknowledgementMessage } from '../../src/crypto/acknowledgement.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { AcknowledgementKey } from '../../src/vault/acknowledgement-key.js';
import {
  arrived,
  choose,
  enter,
  participate,
  passGate,
  verifyProof,
  vote,
  votesIn,
} from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { openPollingPlace, type PollingPlace } from '../support/polling-place.js';
import { heading, press, shown } from '../support/walk.js';

jest.setTimeout(300_000);

const VOTES = '**/api/scrutins/*/votes';

let browser: Browser;
let place: PollingPlace;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, place] = await Promise.all([openBrowser(), openPollingPlace({ voters: 7 })]);
});
afterAll(async () => {
  await browser.close();
  await place.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
});
afterEach(() => context.close());

describe('an evil server (DH-1)', () => {
  it('gets no receipt out of the booth', async () => {
    await enter(page, place);
    const { electionId } = place.election;
    const scrutinId = place.election.scrutins[0]?.scrutinId ?? '';
    const key = new AcknowledgementKey(place.foundation.vaultKeys);
    const at = '2022-12-01T11:46:00.000Z';
    const stale = 'Stale'.padEnd(43, 'A');
    const truly = (reference: string) =>
      key.sign(acknowledgementMessage({ electionId, scrutinId, reference, batch: 1 }));
    const other = { reference: stale, batch: 1, at, acknowledgement: await truly(stale) };
    const lies: readonly ((mine: string) => Promise<object>)[] = [
      () => Promise.resolve(other), // of another elector, or a stale one: really signed
      (reference) => Promise.resolve({ ...other, reference }), // mine, with the signature of another
      async (reference) => ({ reference, batch: 2, at, acknowledgement: await truly(reference) }),
      () => Promise.resolve({}),
    ];
    for (const lie of lies) {
      await page.route(VOTES, async (route) => {
        const mine = await page.locator('.reference code').innerText();
        await route.fulfill({ json: await lie(mine) });
      });
      await participate(page, 1);
      await choose(page, 'Liste A');
      await vote(page);
      await arrived(page, 'ATTENTION : votre vote n’est pas confirmé');
      expect(await page.locator('body').innerText()).not.toContain('Vous venez de voter');
      expect(await page.getByRole('button', { name: /preuve de dépôt/ }).count()).toBe(0);
      if (lie === lies[0]) await shown(page, 'e14-reponse-fausse');
      await press(page, 'Retour au choix du scrutin');
      await page.waitForSelector('.scrutins');
      await page.unroute(VOTES);
    }
    expect(await votesIn(place, 1)).toBe(0);
  });

  it('cannot make anybody vote with another election file than the sealed one', async () => {
    await enter(page, place);
    const scrutin = place.election.scrutins[1];
    const forged = scrutin?.poll.election.raw.replace('Liste A', 'Liste Z') ?? '';
    await page.route(`**/documents/${scrutin?.sealed.electionFile ?? ''}`, (route) =>
      route.fulfill({ contentType: 'application/json', body: forged }),
    );
    await page.getByRole('button', { name: /scrutin CSA ministériel n° 2/ }).click();
    await arrived(page, 'Ce scrutin ne peut pas être affiché');
    expect(await page.locator('main').innerText()).toContain('n’est pas ce qui a été scellé');
    expect(await page.locator('button.choice').count()).toBe(0);
  });
});

describe('a connection that is cut (DH-6)', () => {
  it('before the append: the same ballot is sent again and counted', async () => {
    const before = await votesIn(place, 2);
    await enter(page, place);
    const ballots = await cutOnce((route) => route.abort());
    await participate(page, 2);
    await choose(page, 'Liste B');
    const reference = await vote(page);
    await arrived(page, 'Accusé de réception');
    await verifyProof(page, place, reference);
    expect(new Set(ballots).size).toBe(1);
    expect(await votesIn(place, 2)).toBe(before + 1);
  });

  it('after the append: the answer is had by asking again, and the vote is counted once', async () => {
    const before = await votesIn(place, 3);
    await enter(page, place);
    const ballots = await cutOnce(async (route) => {
      await route.fetch();
      await route.abort();
    });
    await participate(page, 3);
    await choose(page, 'Vote Blanc');
    const reference = await vote(page);
    await arrived(page, 'Accusé de réception');
    await verifyProof(page, place, reference);
    expect(ballots).toHaveLength(2);
    expect(await votesIn(place, 3)).toBe(before + 1);
  });

  it('for good: nothing is said to be done, and the same ballot can be sent later', async () => {
    await enter(page, place);
    const ballots: string[] = [];
    await page.route(VOTES, async (route) => {
      ballots.push(route.request().postData() ?? '');
      await route.abort();
    });
    await participate(page, 1);
    await choose(page, 'Liste C');
    const reference = await vote(page);
    await page
      .getByRole('heading', { name: 'Votre vote n’est pas encore confirmé' })
      .waitFor({ timeout: 60_000 });
    expect(await page.locator('body').innerText()).not.toContain('Vous venez de voter');
    expect(await page.locator('code.reference').innerText()).toBe(reference);
    await shown(page, 'e14-sans-reponse');
    await page.unroute(VOTES);
    await press(page, 'Demander de nouveau');
    await arrived(page, 'Accusé de réception');
    await verifyProof(page, place, reference);
    expect(new Set(ballots).size).toBe(1);
  });
});

describe('back, reload and two tabs (F89)', () => {
  it('lose no vote and make no second one', async () => {
    const before = await votesIn(place, 1);
    const voter = await enter(page, place);
    const other = await context.newPage();
    await other.goto(`${place.url}/vote`);
    expect(await other.locator('main').innerText()).toContain('saisissez-le de nouveau');
    await passGate(other, voter.code);
    await participate(other, 1);
    await choose(other, 'Liste B');

    await participate(page, 1);
    await page.goBack();
    await arrived(page, 'Choix du scrutin');
    await page.goForward();
    await arrived(page, 'CSA ministériel n° 1');
    await choose(page, 'Liste A');
    await page.goBack();
    await arrived(page, 'CSA ministériel n° 1');
    await choose(page, 'Liste C');
    await page.reload(); // the code was in the memory of the page
    await arrived(page, 'Saisie du code de vote');
    expect(await page.locator('main').innerText()).toContain('saisissez-le de nouveau');
    await passGate(page, voter.code);
    await participate(page, 1);
    await choose(page, 'Liste A');
    await vote(page);
    await arrived(page, 'Accusé de réception');
    await page.goBack(); // not to a ballot (F85)
    await arrived(page, 'Choix du scrutin');
    await page.goForward(); // nor to the receipt, which is shown once
    await arrived(page, 'Choix du scrutin');
    expect(await page.getByRole('button', { name: /PARTICIPER/ }).count()).toBe(2);

    await vote(other); // a second ballot of the same elector
    await arrived(other, 'Votre bulletin n’a pas été accepté');
    expect(await other.locator('main').innerText()).toContain('Un vote est déjà enregistré pour vous');
    expect(await other.locator('body').innerText()).not.toContain('Vous venez de voter');
    await press(other, 'Retour au choix du scrutin');
    await other.getByText('✓ Choix enregistré').waitFor();
    expect(await votesIn(place, 1)).toBe(before + 1);

    await participate(page, 2);
    await choose(page, 'Liste B');
    await vote(page);
    await arrived(page, 'Accusé de réception');
    await page.reload();
    await passGate(page, voter.code);
    expect(await page.getByText('✓ Choix enregistré').count()).toBe(2);
  });
});

describe('the closing (F91)', () => {
  it('lets who was signed in finish, and nobody after the grace period', async () => {
    await enter(page, place);
    const clock = place.foundation.clock as MovedClock;
    const now = Date.parse(clock.now());
    const closes = Date.parse(place.election.scrutins[0]?.boxOpened.data.closesAt ?? '');
    // The sign-in was a minute ago; the session itself would end long before: its clock moves along with it.
    await participate(page, 1);
    await choose(page, 'Liste A');
    clock.moveTo(new Date(closes - 60_000).toISOString());
    await keepSignedIn(now);
    clock.moveTo(new Date(closes + 5 * 60_000).toISOString());
    await vote(page);
    await arrived(page, 'Accusé de réception');
    await participate(page, 2);
    await choose(page, 'Liste A');
    clock.moveTo(new Date(closes + 20 * 60_000).toISOString());
    await vote(page);
    await arrived(page, 'Votre bulletin n’a pas été accepté');
    expect(await page.locator('main').innerText()).toContain('clos');
    await page.goto(`${place.url}/vote`);
    expect(await heading(page)).toBe('Je Vote');
    expect(await page.locator('main').innerText()).toContain('Le vote est clos.');
  });
});

/** The session of this test is made to have begun just now, and to last: a day went by in a second. */
async function keepSignedIn(began: number): Promise<void> {
  const now = place.foundation.clock.now();
  await place.database.asOwner(
    `update vault.sessions set expires_at = '${new Date(Date.parse(now) + 3_600_000).toISOString()}',
       data = regexp_replace(data, '"signedInAt":"[^"]*"', '"signedInAt":"${now.slice(0, 16)}:00.000Z"')
     where expires_at > '${new Date(began).toISOString()}'`,
  );
}

/** Cuts the first answer to a ballot in this way; gives all bodies that were sent. */
async function cutOnce(cut: (route: Route) => Promise<void>): Promise<string[]> {
  const bodies: string[] = [];
  await page.route(VOTES, async (route) => {
    bodies.push(route.request().postData() ?? '');
    if (bodies.length === 1) await cut(route);
    else await route.continue();
  });
  return bodies;
}
