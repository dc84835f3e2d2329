/** « Vérifier l’urne »: a counted box audited in a browser, on the portal and saved as one file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { readArchive, writeArchive } from '../../src/crypto/archive.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { Decrypting } from '../../src/modules/counting/decrypting.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { openBrowser } from '../support/browser.js';
import { castBatch, caughtUp, moveClock, partOf } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import {
  archiveOf,
  makeElection,
  makeKey,
  tallied,
  vote,
  type Pieces,
} from '../unit/crypto/made-election.js';
import { fetched } from '../support/fetched.js';

jest.setTimeout(240_000);

let browser: Browser;
let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
let folder: string;
const of = <T>(kind: abstract new (...args: never[]) => T): T =>
  portal.app.get(kind as never, { strict: false });

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' }),
  ]);
  folder = await mkdtemp(join(tmpdir(), 'isoloir-box-'));
  election = await sealElection(portal.foundation, {
    now: '2022-12-01T08:00:00.000Z',
    ...{ closesAt: '2022-12-08T16:00:00.000Z', electors: 5, lists: 2 },
  });
  scrutin = election.scrutins[0] as TestScrutin;
  const votes = [[0, 0], [1, 1], [2, 0], [3, 'blank']] as const; // prettier-ignore
  await castBatch(portal, election, scrutin, votes, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
  await caughtUp(portal);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
  await rm(folder, { recursive: true });
});

/** From the freeze to the result. */
async function count(): Promise<void> {
  moveClock(portal, '2022-12-08T16:21:00.000Z');
  await of(Freezing).freezeDue();
  await caughtUp(portal);
  await of(Reconciling).reconcile(election.boardId, election.staffIds[0] as string);
  await caughtUp(portal);
  for (const seat of [3, 4, 2]) {
    const part = await partOf(portal, election, scrutin, seat);
    await of(Decrypting).file(election.boardId, election.staffIds[seat - 1] as string, [part]);
  }
  await caughtUp(portal);
}

const verdict = async (page: Page) => {
  await page.locator('[data-said] h2').waitFor({ timeout: 60_000 });
  return (await page.locator('[data-said] h2').textContent()) ?? '';
};

describe('« Vérifier l’urne » on the portal', () => {
  it('is not there before the result', async () => {
    expect((await fetched(`${portal.url}/verifier/urne/${scrutin.scrutinId}`)).status).toBe(409);
  });

  it('verifies every ballot, the tally and the result, and asks for the archive alone', async () => {
    await count();
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
    await page.goto(`${portal.url}/resultats/${election.electionId}`);
    await page.getByRole('link', { name: 'Vérifier l’urne dans ce navigateur' }).click();
    await page.getByRole('button', { name: 'Vérifier l’urne' }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('button', { name: 'Vérifier l’urne' }).click();
    expect(await verdict(page)).toBe('Cette urne est conforme : le résultat est celui de ces bulletins.');
    expect(await page.locator('[data-result] li').allTextContents()).toEqual([
      'Liste A : 2',
      'Liste B : 1',
      'Vote blanc : 1',
    ]);
    expect(await page.locator('[data-verdict=passed]').count()).toBe(19);
    expect(await page.locator('[data-said] code').textContent()).toBe(
      (await of(Boxes).of(scrutin.scrutinId)).frozen?.boxRoot,
    );
    expect(new Set(asked)).toEqual(
      new Set([`/api/scrutins/${scrutin.scrutinId}/archive`, '/assets/box-audit-worker.js']),
    );
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('says so when the box is not the one that was frozen', async () => {
    const page = await browser.newPage();
    await page.route('**/archive', async (route) => {
      const group = await serverGroup('Ed25519');
      await route.fulfill({ body: Buffer.from(archiveOf(makeElection(group).pieces)) }); // sound, and another one
    });
    await page.goto(`${portal.url}/verifier/urne/${scrutin.scrutinId}`);
    await page.getByRole('button', { name: 'Vérifier l’urne' }).click();
    expect(await verdict(page)).toBe('NON CONFORME');
    expect(await page.locator('[data-said]').textContent()).toContain('NON L’urne est celle qui a été gelée');
    await page.close();
  });

  it('says that the download failed, and that a thread that dies says nothing of the box', async () => {
    const page = await browser.newPage();
    await page.goto(`${portal.url}/verifier/urne/${scrutin.scrutinId}`);
    const go = page.getByRole('button', { name: 'Vérifier l’urne' });
    await page.route('**/archive', (route) => route.abort());
    await go.click();
    expect(await verdict(page)).toContain('Le téléchargement n’a pas abouti');
    await page.unroute('**/archive');
    await page.route('**/box-audit-worker.js', async (route) => {
      const response = await route.fetch();
      const dies = `;onmessage = ((before) => (event) => event.data.kind === 'serve'
        ? event.data.port.onmessage = () => { throw new Error('out of memory'); }
        : before(event))(onmessage);`;
      await route.fulfill({ response, body: (await response.text()) + dies });
    });
    await go.click();
    await page.locator('[data-said]', { hasText: 'Cela ne dit rien de l’urne' }).waitFor();
    expect(await verdict(page)).toContain('La vérification s’est interrompue');
    expect(await page.locator('[data-verdict]').count()).toBe(0);
    expect(await go.isEnabled()).toBe(true);
    await page.close();
  });

  it('lets nothing but the worker compile WebAssembly', async () => {
    const policy = async (path: string) =>
      (await fetched(portal.url + path)).headers.get('content-security-policy');
    expect(await policy('/assets/box-audit-worker.js')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(await policy(`/verifier/urne/${scrutin.scrutinId}`)).not.toContain('unsafe');
    expect(await policy('/assets/box-audit.js')).not.toContain('unsafe');
  });
});

describe('« Vérifier l’urne » saved as one file, without a network', () => {
  async function offline(name: string, archive: Uint8Array): Promise<Page> {
    const html = await (await fetch(`${portal.url}/verifier/hors-ligne/urne`)).text();
    await writeFile(join(folder, 'page.html'), html);
    await writeFile(join(folder, name), archive);
    const page = await (await browser.newContext({ offline: true })).newPage();
    await page.goto(`file://${join(folder, 'page.html')}`);
    await page.getByLabel('Archive du scrutin').setInputFiles(join(folder, name));
    return page;
  }

  /** A made election of so many ballots. */
  async function made(ballots: number): Promise<Pieces> {
    const group = await serverGroup('Ed25519');
    const key = makeKey(group);
    const { pieces, poll } = makeElection(group, key);
    const secrets = Array.from({ length: ballots }, (_, i) => BigInt(i + 1));
    const cast = secrets.map((secret) => vote(poll, secret, 0));
    const credentials = secrets.map((secret) => group.print(group.g.exp(secret))).sort();
    return { ...pieces, credentials, ballots: cast, ...tallied(poll, key, cast, [2, 3, 6]) };
  }

  it('accepts a sound archive, and names the ballot whose proof is wrong', async () => {
    const pieces = await made(6);
    const good = await offline('good.bel', archiveOf(pieces));
    await good.getByRole('button', { name: 'Vérifier l’urne' }).click();
    expect(await verdict(good)).toContain('conforme : le résultat');
    await good.context().close();

    const ballots = pieces.ballots.map((text, i) =>
      i === 3 ? text.replace(/"response":"\d+"\}\}\}$/, '"response":"7"}}}') : text,
    );
    const bad = await offline('bad.bel', archiveOf({ ...pieces, ballots }));
    await bad.getByRole('button', { name: 'Vérifier l’urne' }).click();
    expect(await verdict(bad)).toBe('NON CONFORME');
    expect(await bad.locator('[data-verdict=failed]').allTextContents()).toEqual([
      'NON Chaque bulletin est signéle bulletin 4 du fichier (event[4].ballot.signature.proof) : la preuve ne tient pas',
    ]);
    await bad.context().close();
  });

  it('tells in French what else may be wrong, and compares with the minutes', async () => {
    const pieces = await made(6);
    const sound = archiveOf(pieces);
    const { records, timestamp } = readArchive(sound);
    const other = await made(6);
    const cases: [Uint8Array, string, string][] = [
      [
        archiveOf({ ...pieces, ballots: pieces.ballots.slice(1) }),
        'NON Le total chiffré est la somme des bulletins',
        'ce n’est pas la somme des bulletins du fichier',
      ],
      [
        archiveOf({ ...pieces, tally: other.tally }),
        'NON Le total chiffré est la somme des bulletins',
        'ce n’est pas la somme des bulletins du fichier',
      ],
      [
        archiveOf({ ...pieces, result: '{"result":[[5,1,0]]}' }),
        'NON Le résultat est ce qui a été déchiffré',
        '5 voix sont annoncées, le déchiffrement en donne un autre nombre',
      ],
      [
        archiveOf({ ...pieces, credentials: pieces.credentials.slice(1) }),
        'NON Chaque bulletin porte un droit de vote de la liste',
        'son droit de vote n’est pas sur la liste',
      ],
      [
        writeArchive({ timestamp, records: records.slice(0, 9) }),
        'NON Tout s’est passé dans un ordre permis',
        'le fichier : il s’arrête avant le résultat : il est incomplet',
      ],
    ];
    const page = await offline('sound.bel', sound);
    const go = page.getByRole('button', { name: 'Vérifier l’urne' });
    let files = 0;
    const choose = async (archive: Uint8Array) => {
      const file = join(folder, `${(files += 1)}.bel`);
      await writeFile(file, archive);
      await page.getByLabel('Archive du scrutin').setInputFiles(file);
    };
    for (const [archive, claim, reason] of cases) {
      await choose(archive);
      expect(await page.locator('[data-said] h2').count()).toBe(0); // no verdict on the file before
      await go.click();
      expect(await verdict(page)).toBe('NON CONFORME');
      expect(await page.locator('[data-said]').textContent()).toContain('Téléchargez l’archive de nouveau');
      expect(await page.locator('[data-verdict=failed]', { hasText: claim }).textContent()).toContain(reason);
      expect(await page.locator('[data-result]').count()).toBe(0);
    }
    await choose(sound.slice(0, -700)); // a download that broke off
    await go.click();
    expect(await verdict(page)).toBe('Ce fichier n’est pas une urne que cette page sait lire.');
    await choose(sound);
    await go.click();
    expect(await verdict(page)).toContain('conforme : le résultat');
    expect(await page.locator('[data-said]').textContent()).toContain('Reste à comparer cette empreinte');
    const root = (await page.locator('[data-said] code').textContent()) ?? '';
    const minutes = page.getByLabel('Empreinte de l’urne gelée');
    await minutes.fill(` ${root.slice(0, 32).toUpperCase()} ${root.slice(32)}`);
    await go.click();
    expect(await verdict(page)).toContain('conforme : le résultat');
    expect(await page.locator('[data-said]').textContent()).toContain('OUI L’urne est celle qui a été gelée');
    await minutes.fill('0'.repeat(64));
    await go.click();
    expect(await verdict(page)).toBe('NON CONFORME');
    await minutes.fill('0'.repeat(63));
    await go.click();
    expect(await verdict(page)).toContain('L’empreinte du procès-verbal a 64');
    await page.context().close();
  });

  it('says that a file is no archive, and stays usable: an audit under way can be stopped', async () => {
    const none = await offline('none.bel', new TextEncoder().encode('rien'));
    await none.getByRole('button', { name: 'Vérifier l’urne' }).click();
    expect(await verdict(none)).toBe('Ce fichier n’est pas une urne que cette page sait lire.');
    await none.context().close();

    const page = await offline('large.bel', archiveOf(await made(400)));
    await page.getByRole('button', { name: 'Vérifier l’urne' }).click();
    await page.waitForFunction('document.querySelector("progress").value > 0');
    await page.getByRole('button', { name: 'Interrompre' }).click();
    expect(await page.locator('[data-stage]').textContent()).toBe('Vérification interrompue.');
    expect(await page.locator('[data-said] h2').count()).toBe(0);
    await page.context().close();
  });
});
