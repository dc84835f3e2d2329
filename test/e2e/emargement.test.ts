import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { Discrepancies } from '../../src/modules/counting/discrepancies.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { castBatch, caughtUp, moveClock } from '../support/counted-election.js';
import { textOf } from '../support/pdf.js';
import { openPortal, PASSWORD, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { signGate } from '../../src/crypto/gate-key.js';

jest.setTimeout(240_000);

const VOTERS = 14;
let portal: Portal;
let election: SealedElection;
let large: TestScrutin;
let small: TestScrutin;
let other: SealedElection;
const people: { electorId: string; email: string; lastName: string }[] = [];
const staff: { login: string; totpKey: string; staffId: string }[] = [];

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' });
  people.push(await portal.activated());
  while (people.length < VOTERS) people.push(await portal.register());
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  for (let seat = 1; seat <= 2; seat++) {
    const login = `membre-${seat}`;
    staff.push({ login, ...(await accounts.add(login, PASSWORD, 'board')) });
  }
  const seated = (first: number) => [
    staff[first]?.staffId as string,
    ...Array.from({ length: 5 }, () => randomUUID()),
  ];
  const times = { now: '2022-12-01T08:00:00.000Z', closesAt: '2022-12-08T16:00:00.000Z' };
  election = await sealElection(portal.foundation, {
    ...{ electionId: DEMONSTRATION_ELECTION, ...times, staffIds: seated(0), scrutins: 2 },
    ...{ existing: people.map(({ electorId }) => electorId), electors: VOTERS },
  });
  [large, small] = election.scrutins as [TestScrutin, TestScrutin];
  other = await sealElection(portal.foundation, { ...times, staffIds: seated(1), electors: 2 });
  const day = (electors: number[], scrutin: TestScrutin, batch: number, at: string) =>
    castBatch(
      portal,
      election,
      scrutin,
      electors.map((elector) => [elector, 0] as const),
      { batch, at },
    );
  await day([0, 1, 2], large, 1, '2022-12-01T10:00:00.000Z');
  await day([3, 4, 5, 6, 7, 8, 9], large, 2, '2022-12-03T10:00:00.000Z');
  await day([0, 1], small, 1, '2022-12-02T10:00:00.000Z');
  await caughtUp(portal);
  moveClock(portal, '2022-12-03T10:30:00.000Z'); // in the hour of the last batch
});
afterAll(() => portal.close());

async function elector(): Promise<PortalClient> {
  const client = portal.client();
  const claim = { identifier: people[0]?.email, electionId: election.electionId };
  await client.post('/api/sign-in/identifier', { ...claim, ...(await client.captcha()) });
  expect((await client.post('/api/sign-in/password', { password: PASSWORD })).status).toBe(204);
  return client;
}

async function member(number: number): Promise<PortalClient> {
  const { login, totpKey } = staff[number] as (typeof staff)[number];
  const client = portal.client();
  const now = new Date(Date.parse(portal.foundation.clock.now()) + 30_000).toISOString(); // a code serves once
  moveClock(portal, now);
  const body = { login, password: PASSWORD, code: totp(totpKey, stepAt(now)) };
  expect((await client.post('/api/staff/sign-in', body)).status).toBe(204);
  return client;
}

async function pdfOf(
  client: PortalClient,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<string> {
  const cookies = ['isoloir-session', 'isoloir-browser'].map(
    (name) => `${name}=${client.cookie(name) ?? ''}`,
  );
  const answer = await fetch(portal.url + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      'X-CSRF-Token': await client.token(),
      Cookie: cookies.join('; '),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(200);
  return textOf(Buffer.from(await answer.arrayBuffer())).replaceAll(/\s+/g, ' ');
}

const sought = ({ scrutinId }: TestScrutin) => ({ scrutin: scrutinId, nom: '', unite: '' });

/** What an elector and a member of the board read. */
async function read() {
  const [one, board] = [await elector(), await member(0)];
  const mine = await one.get<string>('/vote/emargements');
  const list = await board.post<string>('/personnel/emargement', sought(large));
  return {
    mine: [...mine.body.matchAll(/✓ ([^<]+)</g)].map(([, said]) => said),
    sheet: await pdfOf(one, 'GET', `/vote/emargements/${large.scrutinId}`),
    list: [...list.body.matchAll(/<td>(a voté[^<]*)<\/td>/g)].map(([, said]) => said),
    lines: [...list.body.matchAll(/<th scope="row">/g)].length,
    paper: await pdfOf(board, 'POST', '/personnel/emargement/pdf', sought(large)),
  };
}

describe('who has signed', () => {
  it('is told to the board up to the last full hour', async () => {
    const { list, lines, paper } = await read();
    expect([lines, list]).toStrictEqual([VOTERS, Array.from({ length: 3 }, () => 'a voté le 01/12/2022')]);
    expect(paper.match(/a voté le/g)).toHaveLength(3);
    expect(paper).toContain('Émargements arrêtés au 03/12/2022 à 11h00 (heure de Paris).');
    const board = await member(0);
    const page = (await board.post<string>('/personnel/emargement', sought(large))).body;
    expect(page).toContain(`3 émargements pour ${VOTERS} électeurs inscrits, arrêtés au 03/12/2022 à 11h00`);
    moveClock(portal, '2022-12-03T11:00:00.000Z');
  });

  it('is told during the vote to the minute to the elector, to the day to the board', async () => {
    const { mine, sheet, list, lines, paper } = await read();
    expect(mine).toStrictEqual([
      'Choix enregistré le jeudi 1 décembre 2022 à 11h00 (heure de Paris).',
      'Choix enregistré le vendredi 2 décembre 2022 à 11h00 (heure de Paris).',
    ]);
    expect(sheet).toContain('A voté le jeudi 1 décembre 2022 à 11h00 (heure de Paris).');
    expect([lines, list.length]).toStrictEqual([VOTERS, 10]);
    expect(list.filter((said) => said === 'a voté le 01/12/2022')).toHaveLength(3);
    expect(paper.match(/a voté le 03\/12\/2022/g)).toHaveLength(7);
  });

  it('is no business of the members of another board (CGFP 542)', async () => {
    const stranger = await member(1);
    const page = await stranger.get<string>('/personnel/emargement');
    expect(page.status).toBe(200);
    expect(page.body).not.toContain(large.scrutinId);
    expect(page.body).toContain(other.scrutins[0]?.scrutinId ?? '?');
    for (const path of ['/personnel/emargement', '/personnel/emargement/pdf']) {
      const answer = await stranger.post<string>(path, sought(large));
      expect(answer.status).toBe(403);
      expect(JSON.stringify(answer.body)).not.toContain(people[0]?.lastName);
      expect((await stranger.post(path, sought(other.scrutins[0] as TestScrutin))).status).toBe(200);
      expect((await stranger.post(path, { ...sought(large), scrutin: randomUUID() })).status).toBe(403);
    }
  });

  it('is told after the destruction of the register key too, by the days that may be told', async () => {
    moveClock(portal, '2022-12-08T16:21:00.000Z');
    await caughtUp(portal);
    await portal.database.asOwner(
      `delete from read_register.scrutin_electors
         where scrutin_id = '${small.scrutinId}' and elector_id = '${people[1]?.electorId ?? ''}'`, // who has voted
    );
    await portal.app.get(Freezing, { strict: false }).freezeDue();
    await caughtUp(portal);
    const [president = '', , delegate = ''] = election.staffIds;
    const reconcile = () =>
      portal.app.get(Reconciling, { strict: false }).reconcile(election.boardId, president);
    expect((await reconcile()).map(({ settled }) => settled).sort()).toStrictEqual([false, true]);
    const stating = portal.app.get(Discrepancies, { strict: false });
    const asked = await stating.ask(election.boardId, president, small.scrutinId, 'Un nom manque.');
    await stating.approve(election.boardId, delegate, asked);
    await reconcile();
    await caughtUp(portal);
    await expect(
      new RegisterKeys(portal.foundation.vaultKeys).tagOf(large.scrutinId, people[0]?.electorId ?? ''),
    ).rejects.toThrow('has no register key');

    const { mine, sheet, list, lines, paper } = await read();
    // Ten signatures in three days are told as one period, and two are told without any.
    expect(mine).toStrictEqual([
      'Choix enregistré entre le 01/12/2022 et le 03/12/2022.',
      'Choix enregistré.',
    ]);
    expect(sheet).toContain(`Électeur : Prénom`);
    expect(sheet).toContain(people[0]?.lastName);
    expect(sheet).toContain('A voté entre le 01/12/2022 et le 03/12/2022.');
    expect([lines, list.length]).toStrictEqual([VOTERS, 10]);
    expect(new Set(list)).toStrictEqual(new Set(['a voté entre le 01/12/2022 et le 03/12/2022']));
    expect(paper.match(/a voté entre le 01\/12\/2022 et le 03\/12\/2022/g)).toHaveLength(10);
    expect(paper).toContain(`${VOTERS} électeurs.`);
    const alone = await pdfOf(await elector(), 'GET', `/vote/emargements/${small.scrutinId}`);
    expect(alone).toContain('A voté.');
  });

  it('says so where the board stated that the list lacks a name (CGFP R. 211-574)', async () => {
    const [one, board] = [await elector(), await member(0)];
    const mine = (await one.get<string>('/vote/emargements')).body;
    expect(mine.match(/le registre ne concorde pas/g)).toHaveLength(1); // in one scrutin of two
    const note = 'Le bureau a constaté que cette liste ne concorde pas';
    expect((await board.post<string>('/personnel/emargement', sought(large))).body).not.toContain(note);
    const list = (await board.post<string>('/personnel/emargement', sought(small))).body;
    expect(list).toContain(note);
    expect(list.match(/<td>a voté/g)).toHaveLength(1);
    expect(await pdfOf(board, 'POST', '/personnel/emargement/pdf', sought(small))).toContain(note);
  });

  it('and shows no scrutin that was voted as one to vote in', async () => {
    const client = await elector();
    const { nonce } = (await client.get<{ nonce: string }>('/api/gate')).body;
    const [{ gateKey }] = election.electors as [SealedElection['electors'][0]];
    const signature = signGate(gateKey, election.electionId, nonce);
    const passed = await client.post('/api/gate', { nonce, signature, ...(await client.captcha()) });
    expect(passed.status).toBe(204);
    const state = { phase: 'closed', signed: true, signedAt: null };
    expect((await client.get('/api/booth')).body).toMatchObject({ scrutins: [state, state] });
  });
});
