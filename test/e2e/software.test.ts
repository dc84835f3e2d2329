import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MovedClock } from '../../src/ledger/clock.js';
import { BuildWatch } from '../../src/modules/board/build-watch.js';
import { Build } from '../../src/modules/board/build.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { boothIntegrity } from '../../src/http/booth-file.js';
import { caughtUp } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { written } from '../support/service.js';
import { writesNothing } from '../support/standing.js';
import { passed, voterOf } from '../support/voters.js';

jest.setTimeout(120_000);

const NOW = '2022-12-01T08:00:00.000Z';
const FAST = { BATCH_WAIT_MS: '20', THIN_BATCH_WAIT_MS: '20' };
const PASSWORD = 'un bon mot de passe';
const sealed = { build: 'b'.repeat(64), booth: 'c'.repeat(64) }; // what the board sealed, and no server here runs
const running = new Build().running();

let portal: Portal;
let election: SealedElection;
const clients = new Map<string, PortalClient>();

beforeAll(async () => {
  portal = await openPortal({ ...FAST, ISOLOIR_CLOCK: NOW, DEMONSTRATION: 'empty' });
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  const seats: string[] = [];
  const logins = ['presidence', 'secretariat', 'd1', 'd2', 'd3', 'd4', 'auditrice', 'ailleurs'];
  for (const login of logins) {
    const { staffId, totpKey } = await accounts.add(
      ...([login, PASSWORD, login === 'auditrice' ? 'auditor' : 'board'] as const),
    );
    if (seats.length < 6) seats.push(staffId);
    if (!['presidence', 'd1', 'd2', 'auditrice', 'ailleurs'].includes(login)) continue;
    const client = portal.client();
    const code = totp(totpKey, stepAt(portal.foundation.clock.now()));
    const answer = await client.post('/api/staff/sign-in', { login, password: PASSWORD, code });
    expect(answer.status).toBeLessThan(300);
    clients.set(login, client);
  }
  election = await sealElection(portal.foundation, {
    ...{ now: NOW, electors: 3, staffIds: seats, software: sealed },
  });
  await caughtUp(portal);
});
afterAll(() => portal.close());

const as = (login: string) => clients.get(login) as PortalClient;
const api = () => `/api/boards/${election.boardId}/build`;
const page = () => `/bureau/${election.boardId}/logiciel`;
const look = () => portal.app.get(BuildWatch, { strict: false }).look();

/** What those see who should: operators, the board, electors at the gate. */
async function seen() {
  await look(); // a round of every ten seconds
  const anyone = portal.client();
  const ready = await anyone.get<{ problems?: Record<string, string> }>('/health/ready');
  const serving = await anyone.get<{ problems?: Record<string, string> }>('/health/serving');
  const metrics = (await anyone.get<string>('/metrics')).body;
  const pages = ['/bureau', `/bureau/${election.boardId}`, page()];
  const shown = [];
  for (const path of pages)
    shown.push((await as('presidence').get<string>(path)).body.includes('Logiciel non scellé en service'));
  const { cookie } = await voterOf(portal, election.electors[0]?.electorId ?? '');
  const booth = await fetch(`${portal.url}/vote`, { headers: { Cookie: cookie } });
  const html = await booth.text();
  return {
    problem: ready.body.problems?.['software'],
    serving: [serving.status, serving.body.problems?.['booth']],
    metric: /^isoloir_software_differs (\d)$/m.exec(metrics)?.[1],
    shown,
    booth: [booth.status, /integrity="([^"]*)"/.exec(html)?.[1]],
  };
}

const ask = (login: string, build: string, reason = 'Correctif de sécurité annoncé le 1er décembre') =>
  as(login).post<{ requestId: string; code?: string; fields?: { field: string }[] }>(`${api()}/requests`, {
    ...{ build, reason },
  });
const approve = (login: string, requestId: string, build: string) =>
  as(login).post<{ code?: string }>(`${api()}/requests/${requestId}/approval`, { build });

describe('a server that runs other software than was sealed', () => {
  it('raises the alarm, and sends nobody its booth', async () => {
    expect(await seen()).toEqual({
      problem: `this instance runs build ${running.build}, and other software counts for 1 board(s)`,
      serving: [200, undefined], // nobody serves the sealed booth: the pages of the board are needed
      metric: '1',
      shown: [true, true, true],
      booth: [503, undefined],
    });
    expect(portal.logged()).toContain('other software runs than counts for these boards');
  });

  it('takes the vote of a booth that an elector has already, whoever made the page', async () => {
    const [elector] = election.electors;
    const [scrutin] = election.scrutins as [TestScrutin];
    if (!elector) throw new Error('no elector');
    const { text } = election.ballotFor(elector, scrutin, 0);
    const voter = await voterOf(portal, elector.electorId, passed(election, elector.electorId));
    expect((await voter.vote(scrutin.scrutinId, text)).status).toBe(200);
  });

  it('is kept from electors while another instance serves the sealed booth', async () => {
    const rows = `vault.running_builds (build, booth, seen_at) values ('${sealed.build}', '${sealed.booth}', `;
    await portal.database.asOwner(`insert into ${rows} now())`);
    expect((await seen()).serving).toEqual([503, 'the booth that counts is served by another instance']);
    await portal.database.asOwner(
      `update vault.running_builds set seen_at = now() - interval '31 seconds' where build = '${sealed.build}'`,
    );
    expect((await seen()).serving).toEqual([200, undefined]); // it says nothing any more
  });
});

describe('the decision on software', () => {
  it('is for members, on what a server runs, and says what is wrong by field', async () => {
    await writesNothing(portal, async () => {
      expect((await ask('ailleurs', running.build)).status).toBe(403);
      expect((await ask('auditrice', running.build)).status).toBe(403);
      expect(await ask('d1', sealed.build)).toMatchObject({
        status: 409,
        body: { code: 'build.not-running' },
      });
      const wrong = await ask('d1', 'abc', ' ');
      expect([wrong.status, wrong.body.fields?.map(({ field }) => field).sort()]).toEqual([
        400,
        ['build', 'reason'],
      ]);
      const form = await as('d1').post<string>(page(), { build: 'abc', reason: '' });
      expect(form.status).toBe(422);
      expect(form.body).toMatch(/<a href="#build">Empreinte du logiciel\s: 64 chiffres et lettres de a à f/);
      expect(form.body).toMatch(/<a href="#reason">Motif\s: à remplir\./);
      const absent = await as('d1').post<string>(page(), { build: sealed.build, reason: 'Correctif' });
      expect(absent.body).toMatch(/<a href="#build">Empreinte du logiciel\s: aucun serveur en service/);
      expect(absent.body).toContain('>Correctif</textarea>');
    });
  });

  it('takes two, the president among them, by the fingerprint that was announced', async () => {
    const { body } = await ask('d1', running.build);
    const { requestId } = body;
    await writesNothing(portal, async () => {
      const refused = [
        await approve('d1', requestId, running.build),
        await approve('d2', requestId, running.build),
        await approve('presidence', requestId, sealed.build),
        await approve('presidence', election.boardId, running.build),
      ];
      expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
        [403, 'build.two-members'],
        [403, 'build.no-president'],
        [409, 'build.other-fingerprint'],
        [409, 'build.no-request'],
      ]);
      expect((await approve('ailleurs', requestId, running.build)).status).toBe(403);
    });
    const shown = (await as('presidence').get<string>(page())).body;
    expect(shown).toContain('Correctif de sécurité annoncé le 1er décembre');
    expect(shown).toContain('name="approval"');
    expect((await as('presidence').get<string>(`/bureau/${election.boardId}`)).body).toContain(
      'Remplacement du logiciel à approuver',
    );
    const other = await as('presidence').post<string>(`${page()}/${requestId}/approbation`, {
      approval: sealed.build,
    });
    expect([other.status, other.body.includes('<a href="#approval">Empreinte annoncée')]).toEqual([
      422,
      true,
    ]);
    const typed = running.build.toUpperCase().replaceAll(/(.{8})/g, '$1 '); // as people copy it
    const form = await as('presidence').post(`${page()}/${requestId}/approbation`, { approval: typed });
    expect([form.status, form.headers.get('location')]).toEqual([303, page()]);

    const events: unknown[] = [];
    for await (const { type, data } of portal.foundation.store.readStream(`election-${election.electionId}`))
      if (type === 'BuildReplaced.v1') events.push(JSON.parse(data));
    const [president, , delegate] = election.staffIds;
    expect(events).toEqual([
      expect.objectContaining({
        ...{ electionId: election.electionId, replacementId: requestId, ...running },
        decidedBy: [
          { boardId: election.boardId, seat: 3, staffId: delegate },
          { boardId: election.boardId, seat: 1, staffId: president },
        ],
      }),
    ]);
  });

  it('is what counts from then on, for the servers, the booth, the journal and everybody', async () => {
    expect(await seen()).toEqual({
      problem: undefined,
      serving: [200, undefined],
      metric: '0',
      shown: [false, false, false],
      booth: [200, boothIntegrity(running.booth)],
    });
    expect((await as('auditrice').get(api())).body).toEqual({
      ...{ counts: running, running: [running], differs: false, waiting: null },
    });
    expect((await ask('d1', running.build)).body.code).toBe('build.counts');
    const journal = (await as('auditrice').get<string>('/personnel/journal')).body;
    expect(journal).toContain('<h3>Remplacement du logiciel</h3>');
    expect(journal).toContain('Correctif de sécurité annoncé le 1er décembre');
    const seals = (await portal.client().get<string>('/scelles')).body;
    expect(seals).toContain('mis à la place de celui scellé par décision du');
    expect(seals).toContain(`<code>${running.booth}</code>`);
  });

  it('leaves time to the instances that come in before the others go', async () => {
    const other = { build: 'd'.repeat(64), booth: 'e'.repeat(64) };
    await portal.database.asOwner(
      `insert into vault.running_builds values ('${other.build}', '${other.booth}', now())`,
    );
    const { requestId } = (await ask('presidence', other.build)).body;
    expect((await approve('d2', requestId, other.build)).status).toBe(204);
    expect(await seen()).toMatchObject({ metric: '1', serving: [200, undefined], booth: [503, undefined] });
    const clock = portal.foundation.clock as MovedClock;
    clock.moveTo(new Date(Date.parse(clock.now()) + 15_000).toISOString());
    expect((await seen()).serving).toEqual([503, 'the booth that counts is served by another instance']);
  });

  it('can be dropped before it is taken', async () => {
    const { requestId } = (await ask('d1', running.build)).body;
    expect((await as('ailleurs').delete(`${api()}/requests/${requestId}`)).status).toBe(403);
    expect((await as('d2').delete(`${api()}/requests/${requestId}`)).status).toBe(204);
    expect((await approve('presidence', requestId, running.build)).body.code).toBe('build.no-request');
  });

  it('does not count the word of somebody who has left the board', async () => {
    const { requestId } = (await ask('d1', running.build)).body;
    const [boardId, staffId, at] = [election.boardId, randomUUID(), portal.foundation.clock.now()];
    const office = 'delegate' as const;
    await portal.foundation.store.append(`board-${boardId}`, 'any', [
      written({
        type: 'BoardMemberAppointed',
        data: { boardId, seat: 3, office, staffId, substitute: true, at },
      }),
      written({ type: 'BoardMemberReplaced', data: { boardId, seat: 3, staffId, by: staffId, at } }),
    ]);
    expect((await approve('presidence', requestId, running.build)).body.code).toBe('build.asker-left');
  });
});
