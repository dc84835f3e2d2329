import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { openPortal, PASSWORD, type Portal } from '../support/portal.js';
import {
  activate,
  answerCaptcha,
  choosePassword,
  heading,
  identify,
  openMail,
  press,
  shown,
} from '../support/walk.js';

jest.setTimeout(180_000); // axe on every screen at three widths

let browser: Browser;
let portal: Portal;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-12-01T11:27:00.000Z' }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});
afterEach(() => context.close());

describe('an elector with the opening mail', () => {
  it('activates the account, reads, signs out and comes back', async () => {
    const { electorId, email, lastName } = await portal.register();
    const link = `${portal.url}/lien/${await portal.invite(electorId)}`;
    for (const method of ['HEAD', 'GET', 'GET']) await page.request.fetch(link, { method }); // a scanner of mails (F96)

    await openMail(page, portal.url, email, 'Ouverture du portail élections professionnelles');
    await shown(page, 'e1-lien');
    await press(page, 'Accéder au portail Elections');
    await page.waitForURL('**/activation/mot-de-passe');

    await page.fill('#password', 'jevote');
    expect(await page.locator('[data-met]').count()).toBe(2); // lower case, and nothing outside of the alphabet
    await shown(page, 'e6-mot-de-passe');
    await page.fill('#confirmation', 'jevote');
    await answerCaptcha(page);
    await press(page, 'CONNEXION');
    await page.waitForSelector('.errors');
    expect(await page.locator('.errors').innerText()).toContain('Le mot de passe ne remplit pas');
    expect(await page.locator('#password').getAttribute('aria-describedby')).toContain('password-erreur');
    expect(await page.inputValue('#password')).toBe('');
    expect(await page.evaluate('document.activeElement.className')).toBe('errors');
    await shown(page, 'e6-mot-de-passe-erreur');

    await page.fill('#password', PASSWORD);
    expect(await page.locator('[data-met]').count()).toBe(6);
    await choosePassword(page);
    await page.waitForURL('**/activation');
    await shown(page, 'e7-activation');
    await activate(page);

    await page.waitForURL('**/espace');
    expect(await heading(page)).toBe('Bienvenue sur votre portail Élections');
    await shown(page, 'e8-portail');
    await press(page, 'Mes informations personnelles');
    await page.waitForURL('**/informations');
    expect(await page.locator('dl').innerText()).toContain(lastName);
    await shown(page, 'e8-informations');
    await press(page, 'écrivez à l’assistance');
    await page.fill('#message', 'Mon affectation a changé.');
    await shown(page, 'e8-assistance');
    await press(page, 'ENVOYER');
    await page.waitForURL('**/envoyee');
    expect(await heading(page)).toBe('Votre demande est envoyée');
    await press(page, 'Déconnexion');
    await page.waitForURL('**/deconnexion');
    expect(await heading(page)).toBe('Vous êtes déconnecté');
    await shown(page, 'deconnexion');

    await identify(page, portal.url, email.toUpperCase());
    await shown(page, 'e4-mot-de-passe');
    await page.fill('#password', 'ce n’est pas lui');
    await press(page, 'CONNEXION');
    await page.waitForSelector('.errors');
    await shown(page, 'e4-mot-de-passe-erreur');
    await page.fill('#password', PASSWORD);
    await press(page, 'CONNEXION');
    await page.waitForURL('**/espace');
    expect(await page.locator('main').innerText()).toMatch(
      /Dernière connexion le\s: 01\/12\/2022 à \d\dh\d\d \(heure de Paris\)/,
    );
  });
});

describe('an elector without the mail', () => {
  it('activates the account by a réassort of the password (F14)', async () => {
    const { email } = await portal.register();
    await page.goto(portal.url);
    await press(page, 'ACCÉDER AU PORTAIL ÉLECTIONS');
    await page.waitForURL('**/connexion');
    await shown(page, 'e3-identification');
    await press(page, 'CONNEXION'); // the browser asks for what is missing
    expect(page.url()).toMatch(/connexion$/);
    await page.fill('#identifier', email);
    await page.fill('#captcha', '12345');
    await press(page, 'CONNEXION');
    await page.waitForSelector('.errors');
    expect(await page.inputValue('#identifier')).toBe(email);
    await shown(page, 'e3-identification-erreur');
    await answerCaptcha(page);
    await press(page, 'CONNEXION');
    await page.waitForURL('**/mot-de-passe');
    await press(page, 'Besoin du réassort de votre mot de passe Elections ?');
    await page.waitForURL('**/reassort');
    expect(await page.locator('main').innerText()).toContain('Un mail vient de vous être envoyé');
    await shown(page, 'e5-mail-envoye');

    await openMail(page, portal.url, email, 'mot de passe');
    await press(page, 'Accéder au portail Elections');
    await choosePassword(page);
    await activate(page);
    await page.waitForURL('**/espace');
  });

  it('is told the same when nobody has this identifier (F88)', async () => {
    await identify(page, portal.url, 'personne@ac-paris.example');
    await press(page, 'Besoin du réassort de votre mot de passe Elections ?');
    await page.waitForURL('**/reassort');
    expect(await page.locator('main').innerText()).toContain('Un mail vient de vous être envoyé');
  });
});

describe('« Accès sans activation »', () => {
  it('lets in, saves nothing, and leaves the link as it is (F32)', async () => {
    const { electorId, email } = await portal.register();
    const token = await portal.invite(electorId);
    await enterByLink(token);
    await page.waitForURL('**/activation');
    await press(page, 'ACCES SANS ACTIVATION');
    await page.waitForURL('**/espace');
    expect(await page.locator('.note').innerText()).toContain('Votre compte n’est pas activé');
    await shown(page, 'e8-sans-activation');
    await press(page, 'Déconnexion');
    await identify(page, portal.url, email);
    await page.fill('#password', PASSWORD);
    await press(page, 'CONNEXION');
    await page.waitForSelector('.errors');

    await enterByLink(token);
    await activate(page);
    await page.waitForURL('**/espace');
    expect(await page.locator('.note').count()).toBe(0);
  });
});

describe('a forgotten password', () => {
  it('is replaced by a link that serves once (F11, F98)', async () => {
    const { electorId, email } = await portal.activated();
    await identify(page, portal.url, email);
    await press(page, 'Besoin du réassort de votre mot de passe Elections ?');
    await page.waitForURL('**/reassort');
    const token = await portal.newestToken(electorId);
    await enterByLink(token, 'Un autre mot de passe 1');
    await page.waitForURL('**/espace');
    await page.goto(`${portal.url}/lien/${token}`);
    expect(await heading(page)).toBe('Ce lien a déjà été utilisé');
    await shown(page, 'lien-deja-utilise');
    await page.goto(`${portal.url}/lien/${token.slice(0, 60)}`);
    expect(await heading(page)).toBe('Ce lien n’est pas valable');
  });
});

describe('without JavaScript', () => {
  it('everything works', async () => {
    const { electorId, email } = await portal.register();
    await context.close();
    context = await browser.newContext({ locale: 'fr-FR', javaScriptEnabled: false });
    page = await context.newPage();
    await enterByLink(await portal.invite(electorId));
    await activate(page);
    await page.waitForURL('**/espace');
    expect(await page.locator('.session').innerText()).toContain('votre session se terminera à');
    await press(page, 'Déconnexion');
    await identify(page, portal.url, email);
    await page.fill('#password', PASSWORD);
    await press(page, 'CONNEXION');
    await page.waitForURL('**/espace');
    expect(await heading(page)).toBe('Bienvenue sur votre portail Élections');
  });
});

describe('the pages that anyone reads', () => {
  it('pass axe at three widths', async () => {
    await page.goto(portal.url);
    expect(await page.locator('.counting').innerText()).toMatch(
      /Fermeture du vote dans\s+07\s+Jour\(s\)\s+04\s+Heure\(s\)/,
    );
    await shown(page, 'e2-accueil');
    for (const path of ['edito', 'acces', 'tutoriels/reassorts', 'accessibilite', 'aide']) {
      await page.goto(`${portal.url}/${path}`);
      await shown(page, path === 'edito' ? path : undefined);
    }
    expect((await page.request.get(`${portal.url}/fiche.pdf`)).headers()['content-type']).toBe(
      'application/pdf',
    );
    await page.goto(`${portal.url}/rien`);
    await shown(page, 'page-introuvable');
  });
});

async function enterByLink(token: string, password = PASSWORD): Promise<void> {
  await page.goto(`${portal.url}/lien/${token}`);
  await press(page, 'Accéder au portail Elections');
  await page.waitForURL('**/activation/mot-de-passe');
  await choosePassword(page, password);
}
