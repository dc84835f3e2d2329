import { CommandBus } from '@nestjs/cqrs';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { IssueVotingCode } from '../../src/modules/notices/notices.commands.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, someone, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { written } from '../support/service.js';
import { heading, press, shown } from '../support/walk.js';

const UNIT = 'Collège Anne-Frank – 0750656G (Paris)';

let portal: Portal;
let client: PortalClient;
let staffId: string;
let browser: Browser;
let electors: { electorId: string; lastName: string }[];
beforeAll(async () => {
  portal = await openPortal();
  browser = await openBrowser();
  const login = randomUUID();
  const made = await portal.app
    .get(StaffAccounts, { strict: false })
    .add(login, 'un mot de passe', 'administrator');
  staffId = made.staffId;
  client = portal.client();
  const code = totp(made.totpKey, stepAt(portal.foundation.clock.now()));
  const answer = await client.post('/api/staff/sign-in', { login, password: 'un mot de passe', code });
  if (answer.status !== 204) throw new Error(JSON.stringify(answer.body));
  electors = await Promise.all(
    ['Ahmed', 'Bernard', 'Cohen'].map((lastName) => portal.register(someone({ lastName }))),
  );
  await portal.foundation.noticeUnits.note(
    DEMONSTRATION_ELECTION,
    electors.map(({ electorId }) => ({ electorId, unit: UNIT, channel: 'hand' })),
  );
  for (const { electorId } of electors.slice(0, 2)) await issue(electorId);
  await portal.foundation.projections.waitFor('notices', await portal.foundation.store.head(), 20_000);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

const issue = (electorId: string) =>
  portal.app.get(CommandBus).execute(new IssueVotingCode(electorId, randomBytes(32).toString('hex'), []));

async function eventsOf(electorId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { type, data } of portal.foundation.store.readStream(`elector-${electorId}`))
    if (type === 'NoticeDelivered.v1') found.push(data);
  return found;
}

/** A window in which the administrator is signed in. */
async function window() {
  const context = await browser.newContext({ baseURL: portal.url });
  const value = client.cookie('isoloir-session') ?? '';
  await context.addCookies([{ name: 'isoloir-session', value, url: portal.url }]);
  return context.newPage();
}

describe('the delivery of notices', () => {
  it('is recorded unit by unit, from the signed register', async () => {
    const page = await window();
    await page.goto('/personnel');
    await press(page, 'Notices de vote');
    expect(await heading(page)).toBe('Notices de vote');
    await page.getByLabel('Unité').fill('anne-frank');
    await shown(page, 'personnel-notices');
    await press(page, 'CHERCHER');
    await press(page, UNIT);
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/Ahmed.*non remise/),
      expect.stringMatching(/Bernard.*non remise/),
      expect.stringMatching(/Cohen.*pas encore imprimée/),
    ]);
    await page.getByLabel(/Remise à Ahmed/).check();
    await page.getByLabel('Mode de remise').selectOption('registered');
    await shown(page, 'personnel-notices-unite');
    await press(page, 'ENREGISTRER LES REMISES');
    expect(await page.locator('tbody tr').first().innerText()).toMatch(/Ahmed.*remise en recommandé le /);
    const [delivered] = await eventsOf(electors[0]?.electorId ?? '');
    expect(JSON.parse(delivered ?? '{}')).toMatchObject({ channel: 'registered', staffId });

    await page.goto('/personnel/notices/non-remises');
    await shown(page);
    const names = await page.locator('tbody tr').allInnerTexts();
    expect(names.join()).toContain('Bernard');
    expect(names.join()).not.toMatch(/Ahmed|Cohen/);
    await page.context().close();
  });

  it('is recorded by programs, each elector by itself', async () => {
    const ids = electors.map(({ electorId }) => electorId);
    const record = (electorIds: string[], channel = 'hand') =>
      client.post('/api/notices/deliveries', { electorIds, channel });
    expect((await record([...ids, randomUUID()])).body).toEqual({
      recorded: 1, // Bernard
      already: 0,
      refused: {
        'notice.already-delivered': 1, // Ahmed, another way
        'notice.not-made': 1, // Cohen
        'voting-code.not-registered': 1,
      },
    });
    expect((await record(ids.slice(1, 2))).body).toMatchObject({ recorded: 0, already: 1 });
    const counts = await client.get(`/api/notices/${DEMONSTRATION_ELECTION}`);
    expect(counts.body).toMatchObject({ delivered: 2 });
    await issue(ids[2] ?? '');
    await portal.foundation.projections.waitFor('notices', await portal.foundation.store.head(), 20_000);
    const left = await client.get(`/api/notices/${DEMONSTRATION_ELECTION}/undelivered?limit=10`);
    expect(left.body).toEqual([{ electorId: ids[2] }]);
  });

  it('is of the election that is held now, and of an earlier one when that is chosen', async () => {
    const earlier = randomUUID();
    const declared = {
      electionId: earlier,
      title: 'Élections professionnelles 2018',
      preset: '2022',
    } as const;
    const calendar = {
      ...{ electionId: earlier, graceMinutes: 20, portalOpensAt: '2018-10-15T07:00:00.000Z' },
      ...{ votingOpensAt: '2018-11-29T07:00:00.000Z', votingClosesAt: '2018-12-06T16:00:00.000Z' },
    };
    const { store, projections, noticeUnits } = portal.foundation;
    await store.append(`election-${earlier}`, 'none', [
      written({ type: 'ElectionDeclared', data: { ...declared, at: '2018-09-01T08:00:00.000Z' } }),
      written({ type: 'CalendarSet', data: { ...calendar, at: '2018-09-01T08:00:00.000Z' } }),
    ]);
    await projections.waitFor('elections', await store.head(), 20_000);
    await noticeUnits.note(earlier, [{ electorId: randomUUID(), unit: 'Lycée de 2018', channel: 'hand' }]);

    const page = await window();
    await page.goto('/personnel/notices');
    expect(await page.locator('main nav [aria-current=page]').innerText()).not.toContain('2018');
    expect(await page.locator('tbody').innerText()).toContain(UNIT);
    await press(page, declared.title);
    expect(await page.locator('tbody').innerText()).toContain('Lycée de 2018');
    expect(await page.locator('tbody').innerText()).not.toContain(UNIT);
    const address = await page.getByRole('link', { name: 'Lycée de 2018' }).getAttribute('href');
    expect(address).toContain(`election=${earlier}&`);
    for (const begins of ['journal', 'relances', 'participation', 'messages']) {
      await page.goto(`/personnel/${begins}`);
      expect(
        await page.locator('main nav[aria-label=Élections] [aria-current=page]').innerText(),
      ).not.toContain('2018');
    }
    await page.goto('/personnel/electeurs');
    expect(await page.locator('select[name=election] option').count()).toBe(2);
    await page.context().close();
  });

  it('is for administrators, and what is asked is checked', async () => {
    const body = { electorIds: [randomUUID()], channel: 'hand' };
    expect((await portal.client().post('/api/notices/deliveries', body)).status).toBe(401);
    for (const wrong of [
      { ...body, channel: 'pigeon' },
      { ...body, electorIds: [] },
      { ...body, electorIds: ['x'] },
    ])
      expect((await client.post('/api/notices/deliveries', wrong)).status).toBe(400);
  });
});
