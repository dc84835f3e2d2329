import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { participate, type SecretsStore } from '../../src/cli/ceremony-client.js';
import { PortalSession } from '../../src/cli/portal-session.js';
import { ceremonyOf, type CeremonyAnswer } from '../../src/crypto/ceremony-view.js';
import { takeTurn } from '../../src/crypto/key-ceremony-seat.js';
import { readShareOwner } from '../../src/crypto/share-file.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { sign, signedJson } from '../../src/crypto/signed-message.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import type { BoardView } from '../../src/modules/board/board.views.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { DEMONSTRATION_ELECTION as electionId } from '../../src/demonstration.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, type Portal } from '../support/portal.js';
import { shown } from '../support/walk.js';

jest.setTimeout(400_000);

const PASSWORD = 'un bon mot de passe';
const PHRASE = 'une phrase de passe';
const OFFICES = ['president', 'secretary', 'delegate', 'delegate', 'delegate', 'delegate'];
const NAMES = ['presidence', 'secretariat', 'delegue-1', 'delegue-2', 'delegue-3', 'delegue-4'];
const random = (length: number) => randomBytes(length);

interface Member {
  readonly staffId: string;
  readonly login: string;
  readonly totpKey: string;
}

let browser: Browser;
let portal: Portal;
let administrator: PortalSession;
let members: Member[];
let contexts: BrowserContext[];
let pages: Page[];

beforeAll(async () => {
  [browser, portal] = await Promise.all([openBrowser(), openPortal()]);
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  const chief = await accounts.add('administration', PASSWORD, 'administrator');
  administrator = await sessionOf({ login: 'administration', ...chief });
  members = [];
  for (const login of NAMES) members.push({ login, ...(await accounts.add(login, PASSWORD, 'board')) });
  contexts = [];
  pages = [];
  for (const member of members) {
    const context = await browser.newContext({ locale: 'fr-FR', acceptDownloads: true });
    contexts.push(context);
    pages.push(await signedIn(context, member));
  }
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

/** Each code serves once, so the clock goes on by a step for each. */
function code(totpKey: string): string {
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  return totp(totpKey, stepAt(clock.now()));
}

async function sessionOf({ login, totpKey }: Pick<Member, 'login' | 'totpKey'>): Promise<PortalSession> {
  const session = new PortalSession(portal.url);
  await session.signIn(login, PASSWORD, code(totpKey));
  return session;
}

async function signedIn(context: BrowserContext, { login, totpKey }: Member): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${portal.url}/personnel/connexion`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', code(totpKey));
  await page.click('main form button');
  await page.waitForURL('**/personnel');
  return page;
}

async function seatedBoard(): Promise<string> {
  const title = 'Bureau de vote électronique ministériel';
  const { boardId } = await administrator.post<{ boardId: string }>('/api/boards', { electionId, title });
  for (const [place, { staffId }] of members.entries()) {
    const body = { seat: place + 1, office: OFFICES[place], staffId, substitute: false };
    await administrator.post(`/api/boards/${boardId}/members`, body);
  }
  // Each delegate is the substitute of another one: two shares a person (CGFP 545).
  for (const [seat, place] of [
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 2],
  ] as const) {
    const body = { seat, office: 'delegate', staffId: members[place]?.staffId, substitute: true };
    await administrator.post(`/api/boards/${boardId}/members`, body);
  }
  return boardId;
}

const viewOf = (boardId: string) => administrator.get<BoardView>(`/api/boards/${boardId}`);

/** A holder opens the page of the ceremony, chooses a passphrase and begins. */
async function begin(page: Page, boardId: string): Promise<void> {
  await page.goto(`${portal.url}/bureau/${boardId}/ceremonie`);
  await page.fill('#phrase', PHRASE);
  await page.fill('#phrase-2', PHRASE);
  await page.click('form[data-participate] button');
}

/** Waits for the share, downloads its file and says that it is kept. */
async function keepShare(page: Page): Promise<string> {
  await page.waitForSelector('[data-offer]:not([hidden])', { timeout: 90_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-offer] a')]);
  const file = await readFile(await download.path(), 'utf8');
  await page.click('[data-offer] button');
  return file;
}

const said = (page: Page, hasText: string) =>
  page.locator('[data-said]', { hasText }).waitFor({ timeout: 90_000 });

describe('a ceremony in the browsers of president, secretary and four delegates', () => {
  it('makes the key of the board; each keeps a file that opens with a passphrase', async () => {
    const boardId = await seatedBoard();
    const president = pages[0] as Page;
    await president.goto(`${portal.url}/bureau/${boardId}`);
    await shown(president, 'bureau');
    await president.click('button:text-is("COMMENCER")');
    await president.waitForURL('**/ceremonie');
    // What is typed wrong is said, and nothing is sent.
    await president.fill('#phrase', 'une phrase de passe');
    await president.fill('#phrase-2', 'une autre phrase de passe');
    await president.click('form[data-participate] button');
    expect(await president.textContent('[data-wrong]')).toBe('Les deux phrases ne sont pas les mêmes.');
    for (const page of pages) await begin(page, boardId);
    // A reload loses nothing: the keys are in the browser.
    const delegate = pages[3] as Page;
    await said(delegate, ':');
    await begin(delegate, boardId);
    const files = await Promise.all(pages.map(keepShare));
    for (const page of pages) await said(page, 'la clé du bureau est publiée');
    const { key, ceremony } = await viewOf(boardId);
    expect(key?.owners).toEqual([1, 2, 3, 4, 5, 6]);
    expect(files.map(readShareOwner)).toMatchObject(
      OFFICES.map((_, place) => ({ boardId, ceremonyId: ceremony?.ceremonyId, seat: place + 1 })),
    );
    await shown(president, 'ceremonie-terminee');
    // The browser destroyed what the file does not hold (K6).
    const left: unknown = await delegate.evaluate(`new Promise((resolve) => {
      const request = indexedDB.open('isoloir-ceremony', 1);
      request.onsuccess = () => {
        const all = request.result.transaction('secrets').objectStore('secrets').getAllKeys();
        all.onsuccess = () => resolve(all.result);
      };
    })`);
    expect(left).toEqual([]);
    // No secret came to the portal: neither log nor ledger knows a passphrase.
    expect(portal.logged()).not.toContain(PHRASE);

    // On the eve: president and two delegates try what they kept.
    await president.goto(`${portal.url}/bureau/${boardId}`);
    await president.click('button:text("COMMENCER UNE RÉPÉTITION")');
    await president.waitForURL('**/repetition');
    for (const place of [0, 2, 5]) {
      const page = pages[place] as Page;
      await page.goto(`${portal.url}/bureau/${boardId}/repetition`);
      const buffer = Buffer.from(files[place] as string);
      await page.setInputFiles('#part', { name: 'part.json', mimeType: 'application/json', buffer });
      if (place === 0) {
        await page.fill('#phrase', 'pas la bonne phrase');
        await page.click('form[data-rehearse] button');
        await said(page, 'La phrase secrète est fausse');
        // A portal that has something else decrypted: the page sends nothing.
        const answers = `**/api/boards/${boardId}`;
        await page.route(answers, async (route) => {
          const view = (await (await route.fetch()).json()) as { rehearsal: { tally: string } };
          const [question] = JSON.parse(view.rehearsal.tally) as [object[]];
          view.rehearsal.tally = JSON.stringify([question.reverse()]);
          await route.fulfill({ json: view });
        });
        await page.fill('#phrase', PHRASE);
        await page.click('form[data-rehearse] button');
        await said(page, 'n’est pas l’essai de ses voix : votre navigateur n’a rien déchiffré');
        await page.unroute(answers);
        expect((await viewOf(boardId)).rehearsal).toMatchObject({ decrypted: [] });
      }
      await page.fill('#phrase', PHRASE);
      await page.click('form[data-rehearse] button');
      await said(page, 'Votre part a déchiffré l’essai');
    }
    await said(pages[5] as Page, 'Le quorum est atteint');
    await shown(pages[5] as Page, 'repetition');
    expect((await viewOf(boardId)).rehearsal).toMatchObject({ done: true, decrypted: [1, 3, 6] });
  });

  it('names the holder who deals a wrong share, here in a practice', async () => {
    const boardId = await seatedBoard();
    await administrator.post(`/api/boards/${boardId}/ceremonies`, { practice: true });
    const honest = pages.filter((_, place) => place !== 4);
    const cheat = cheating(boardId, 5, await sessionOf(members[4] as Member));
    for (const page of honest) await begin(page, boardId);
    await shown(pages[0] as Page, 'ceremonie-exercice');
    await cheat;
    for (const page of honest) await said(page, 'le siège 5 a envoyé un message faux');
    const { ceremony, key } = await viewOf(boardId);
    expect(ceremony).toMatchObject({ phase: 'aborted', reason: 'cheated', named: [5] });
    expect(key).toBeNull();
    await (pages[0] as Page).reload();
    await shown(pages[0] as Page, 'ceremonie-interrompue');
  });

  it('names who is absent', async () => {
    const boardId = await seatedBoard();
    await administrator.post(`/api/boards/${boardId}/ceremonies`, { practice: true });
    const page = pages[0] as Page;
    await begin(page, boardId);
    await said(page, 'Certificats : en attente du siège 2, 3, 4, 5, 6');
    await page.click('text=CONSTATER UNE ABSENCE');
    await page.waitForSelector('text=siège 2, 3, 4, 5, 6 (absent)');
  });
});

/** A holder who follows the protocol up to the deals, and then seals a share that nobody can use. */
async function cheating(boardId: string, seat: number, session: PortalSession): Promise<CeremonyAnswer> {
  const group = await serverGroup('Ed25519');
  const secrets = new Map<string, string>();
  const store: SecretsStore = {
    load: (id) => Promise.resolve(secrets.get(id)),
    save: (id, text) => Promise.resolve(void secrets.set(id, text)),
    forget: () => Promise.resolve(),
  };
  const twisted = Object.create(session) as PortalSession;
  twisted.post = async <T>(path: string, body: object): Promise<T> => {
    const { round, message } = body as { round?: string; message?: string };
    if (round !== 'deal' || message === undefined) return session.post<T>(path, body);
    const { message: text } = JSON.parse(message) as { message: string };
    const dealt = JSON.parse(text) as { shares: { ciphertext: string }[] };
    for (const share of dealt.shares) share.ciphertext = randomBytes(32).toString('hex');
    const [kept = ''] = secrets.values();
    const { signing } = JSON.parse(kept) as { signing: string };
    const forged = sign(group, BigInt(signing), JSON.stringify(dealt), random);
    return session.post<T>(path, { ...body, message: JSON.stringify(signedJson(forged)) });
  };
  return participate(twisted, { boardId, seat, store, pause: 500, keep: () => Promise.resolve() }).catch(
    async () => {
      // Its own page would complain of itself too; what counts is what the portal says in the end.
      const { ceremony } = await session.get<{ ceremony: CeremonyAnswer }>(`/api/boards/${boardId}`);
      return ceremony;
    },
  );
}

it('a turn that nobody heard is taken again in the same words', async () => {
  const group = await serverGroup('Ed25519');
  const said = { certificate: {}, commitment: {}, opening: {}, deal: {}, completion: {} };
  const groups = [{ threshold: 1, seats: [1, 2] }];
  const answer = { ceremonyId: randomUUID(), groups, said } as unknown as CeremonyAnswer;
  const first = takeTurn(group, ceremonyOf(answer), 1, undefined, random);
  if (first.kind !== 'speak') throw new Error(first.kind);
  expect(takeTurn(group, ceremonyOf(answer), 1, first.secrets, random)).toEqual(first);
});
