import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { inventedLogo, inventedStatement } from '../../src/demonstration/invented-papers.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import type { ScrutinRow } from '../../src/projections/scrutins.projection.js';
import { openPortal, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { clientOf } from '../support/staff.js';

let portal: Portal;
let administrator: PortalClient;
let electionId: string;
let scrutinId: string;

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-10-01T10:00:00.000Z' });
  administrator = await clientOf(portal, 'administrator');
});
afterAll(() => portal.close());

async function caughtUp(): Promise<void> {
  const { projections, store } = portal.foundation;
  for (const name of ['elections', 'scrutins', 'electors'])
    expect(await projections.waitFor(name, await store.head(), 20_000)).toBe(true);
}

const scrutins = async () => {
  await caughtUp();
  return (await administrator.get<ScrutinRow[]>(`/api/elections/${electionId}/scrutins`)).body;
};
const candidates = [{ lastName: 'Lefèvre', firstName: 'Zoé' }];
const blob = (content: string | Buffer) => new Blob([content]);

/** A form with files, as a program sends it. */
function formOf(fields: Readonly<Record<string, string | Blob>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

it('an election and its calendar are declared; the rules answer 409 with their codes', async () => {
  const declared = await administrator.post<{ electionId: string }>('/api/elections', {
    title: 'Élections 2022',
    preset: '2022',
  });
  expect(declared.status).toBe(201);
  ({ electionId } = declared.body);
  const calendar = {
    portalOpensAt: '2022-10-13T10:00:00+02:00',
    candidatesDueAt: '2022-10-20T17:00:00+02:00',
    votingOpensAt: '2022-12-01T08:00:00+01:00',
    votingClosesAt: '2022-12-08T17:00:00+01:00',
    graceMinutes: 20,
  };
  const set = (change: object) =>
    administrator.put(`/api/elections/${electionId}/calendar`, { ...calendar, ...change });
  expect(await set({ graceMinutes: 21 })).toMatchObject({
    status: 409,
    body: { code: 'election.grace-too-long' },
  });
  expect(await set({ votingOpensAt: 'demain' })).toMatchObject({
    status: 400,
    body: { fields: [{ field: 'votingOpensAt' }] },
  });
  expect((await set({})).status).toBe(204);
  const titled = await administrator.put(`/api/elections/${electionId}/title`, {
    title: 'Un autre intitulé',
  });
  expect(titled.status).toBe(204);
  await caughtUp();
  expect((await administrator.get(`/api/elections/${electionId}`)).body).toMatchObject({
    title: 'Un autre intitulé',
    calendar: { votingOpensAt: '2022-12-01T07:00:00.000Z' },
  });
});

it('scrutins are declared and corrected; a code names one, and a board is of the election', async () => {
  const said = { code: 'CSA-PARIS', title: 'CSA de proximité de Paris', body: 'CSA', seats: 2, held: 'here' };
  const path = `/api/elections/${electionId}/scrutins`;
  const declared = await administrator.post<{ scrutinId: string }>(path, said);
  expect(declared.status).toBe(201);
  ({ scrutinId } = declared.body);
  await caughtUp();
  const refusals = [
    [await administrator.post(path, said), 'scrutin.code-taken'],
    [await administrator.post(path, { ...said, code: 'CAP', boardId: electionId }), 'scrutin.board-unknown'],
  ] as const;
  for (const [{ status, body }, code] of refusals)
    expect([status, (body as { code: string }).code]).toEqual([409, code]);
  expect((await administrator.put(`/api/scrutins/${scrutinId}`, { ...said, seats: 3 })).status).toBe(204);
  expect(await scrutins()).toMatchObject([{ scrutinId, code: 'CSA-PARIS', seats: 3 }]);
  expect((await administrator.put(`/api/scrutins/${electionId}`, said)).status).toBe(404);
});

it('lists are filed with papers, corrected, withdrawn, and put in order', async () => {
  const path = `/api/scrutins/${scrutinId}/lists`;
  const list = { title: 'Liste UNSA Education', candidates };
  const script = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const filing = (logo: string | Buffer) => formOf({ list: JSON.stringify(list), logo: blob(logo) });
  expect(await administrator.sendForm('POST', path, filing(script))).toMatchObject({
    status: 409,
    body: { code: 'candidates.bad-logo' },
  });
  const filed = await administrator.sendForm<{ listId: string }>(
    'POST',
    path,
    filing(inventedLogo('UNSA', '#1d4ed8')),
  );
  expect(filed.status).toBe(201);
  const { listId } = filed.body;
  expect(await administrator.post(path, { list: { title: 'Sans candidat', candidates: [] } })).toMatchObject({
    body: { code: 'scrutin.no-candidate' }, // a CSA
  });
  const other = await administrator.post<{ listId: string }>(path, { list: { title: 'Autre', candidates } });
  const statement = formOf({ statement: blob(await inventedStatement(list)) });
  const stating = `${path}/${listId}/statement`;
  expect((await administrator.sendForm('PUT', stating, statement)).status).toBe(204);
  expect(
    (await administrator.sendForm('PUT', stating, formOf({ statement: blob('%PDF') }))).body,
  ).toMatchObject({
    code: 'candidates.bad-statement',
  });
  expect((await administrator.delete(`${path}/${other.body.listId}`)).status).toBe(204);
  const [scrutin] = await scrutins();
  expect(scrutin?.lists).toMatchObject([{ listId, logo: expect.any(String), statement: expect.any(String) }]);
  expect((await administrator.put(`${path}/${listId}`, { list })).status).toBe(204);
  expect((await scrutins())[0]?.lists[0]?.logo).toBeUndefined();

  const draw = () => administrator.post(`/api/scrutins/${scrutinId}/order`, { seed: 'un tirage' });
  expect((await draw()).body).toMatchObject({ code: 'scrutin.candidates-open' });
  (portal.foundation.clock as MovedClock).moveTo('2022-10-20T15:00:00.000Z');
  administrator = await clientOf(portal, 'administrator'); // the session ended meanwhile
  expect((await draw()).status).toBe(204);
  expect((await scrutins())[0]?.lists).toMatchObject([{ listId, place: 1 }]);
});

it('electors come by a file, of which every bad line is told; the election is one file too', async () => {
  const header = 'Identifiant;Nom;Prénom;Date de naissance;Corps;Académie;Affectation;NUMEN;NIR;Scrutins';
  const line = (n: number) =>
    `nom${n}@ac-paris.example;Nom;Prénom;30/06/1975;Certifiés;Paris;Lycée;01E000000000${n};2750675123456;CSA-PARIS`;
  const send = (mode: string, dryRun: string, text: string) =>
    administrator.sendForm(
      'POST',
      `/api/elections/${electionId}/electors`,
      formOf({ mode, dryRun, fichier: blob(text) }),
    );
  const electors = [header, line(1), line(2)].join('\n');
  expect((await send('inscription', 'no', `${electors}\n${line(2)}`)).body).toMatchObject({
    faulty: 2,
    faults: [{ line: 4 }, { line: 4 }],
  });
  expect((await send('inscription', 'yes', electors)).body).toMatchObject({ right: 2, faulty: 0 });
  expect((await send('inscription', 'no', electors)).body).toMatchObject({ done: 2 });
  await caughtUp();
  const numen = 'Identifiant;NUMEN\nnom1@ac-paris.example;01E0000000002\n';
  expect((await send('correction', 'no', numen)).body).toMatchObject({
    faults: [{ line: 2, reason: 'NUMEN d’un électeur déjà inscrit' }],
  });
  const corrections = 'Identifiant;Nom\nnom1@ac-paris.example;Roux\n';
  expect((await send('correction', 'no', corrections)).body).toMatchObject({ done: 1 });
  expect((await send('correction', 'no', corrections)).body).toMatchObject({ done: 0 }); // done again: nothing

  const yaml = (await administrator.get<string>(`/api/elections/${electionId}/file`)).body;
  expect((await administrator.post('/api/election-files/preview', { yaml })).body).toEqual({ changes: [] });
  expect((await administrator.post('/api/election-files', { yaml: 'a: b' })).body).toMatchObject({
    code: 'election-file.bad',
  });

  expect((await administrator.post(`/api/elections/${electionId}/lists/closing`)).status).toBe(204);
  expect((await send('correction', 'no', corrections)).body).toMatchObject({
    faults: [{ reason: expect.stringContaining('closes') }],
  });
  const change = { yaml: yaml.replace('seats: 3', 'seats: 4') };
  expect((await administrator.post('/api/election-files', change)).body).toMatchObject({
    code: 'lists.closed',
  });
});

it('nobody but an administrator has a file of theirs read', async () => {
  const auditor = await clientOf(portal, 'auditor');
  const path = `/api/scrutins/${scrutinId}/lists`;
  const form = formOf({ list: JSON.stringify({ title: 'Liste', candidates }) });
  expect((await auditor.sendForm('POST', path, form)).status).toBe(403);
  expect((await portal.client().sendForm('POST', path, form)).status).toBe(401);
});
