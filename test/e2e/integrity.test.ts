import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ballotReference } from '../../src/crypto/ballot.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { castBatch, caughtUp } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import {
  sealElection,
  type SealedElection,
  type TestElector,
  type TestScrutin,
} from '../support/sealed-election.js';
import { written } from '../support/service.js';

jest.setTimeout(180_000);

const NOW = '2022-12-01T08:00:00.000Z';
let portal: Portal;
let election: SealedElection;
let member: PortalClient;

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: NOW });
  const login = `siege-${randomUUID().slice(0, 8)}`;
  const password = 'un bon mot de passe';
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  const { staffId, totpKey } = await accounts.add(login, password, 'board');
  const staffIds = [staffId, ...Array.from({ length: 5 }, () => randomUUID())];
  election = await sealElection(portal.foundation, { now: NOW, electors: 5, staffIds });
  const scrutin = election.scrutins[0] as TestScrutin;
  const votes = [0, 1, 2].map((elector) => [elector, 0] as const);
  await castBatch(portal, election, scrutin, votes, { batch: 1, at: NOW });
  await caughtUp(portal);
  member = portal.client();
  const code = totp(totpKey, stepAt(portal.foundation.clock.now()));
  expect((await member.post('/api/staff/sign-in', { login, password, code })).status).toBeLessThan(300);
});
afterAll(() => portal.close());

/** What those see who should: operators on readiness and metrics, the board on its pages. */
async function seen() {
  const anyone = portal.client();
  const ready = await anyone.get<{ problems?: Record<string, string> }>('/health/ready');
  const metrics = (await anyone.get<string>('/metrics')).body;
  const pages = ['/bureau', `/bureau/${election.boardId}`, `/bureau/depouillement/${election.boardId}`];
  const shown = [];
  for (const path of pages) shown.push((await member.get<string>(path)).body.includes('Alerte d’intégrité'));
  return {
    ready: ready.status,
    problem: ready.body.problems?.['transparency'],
    metric: /^isoloir_integrity_alarm (\d)$/m.exec(metrics)?.[1],
    shown,
  };
}

async function until(alarm: boolean): Promise<Awaited<ReturnType<typeof seen>>> {
  for (;;) {
    const now = await seen();
    if (now.metric === (alarm ? '1' : '0')) return now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A ballot of the fifth elector that no verifier should have let in, appended past the service. */
async function castInvalid(): Promise<string> {
  const scrutin = election.scrutins[0] as TestScrutin;
  const { text } = election.ballotFor(election.electors[4] as TestElector, scrutin, 0);
  const ballot = text.replace(/"response":"(\d+)"\}\}\}$/, (_whole, digits: string) => {
    return `"response":"${BigInt(digits) ^ 1n}"}}}`;
  });
  const data = { scrutinId: scrutin.scrutinId, batch: 2, at: NOW, signatures: ['f'.repeat(64)] };
  await portal.foundation.store.append(`box-${scrutin.scrutinId}`, 'any', [
    written({ type: 'VotesCast', data: { ...data, ballots: [ballot] } }),
  ]);
  return ballotReference(election.group, ballot);
}

describe('the running service', () => {
  it('shows the board the ballots that libsodium refuses, and a tally that is contradicted', async () => {
    const pages = [`/bureau/${election.boardId}`, `/bureau/depouillement/${election.boardId}`];
    const read = async () => Promise.all(pages.map(async (path) => (await member.get<string>(path)).body));
    expect((await read()).filter((page) => page.includes('contestée'))).toEqual([]);
    const reference = await castInvalid();
    for (;;) {
      const shown = await read();
      if (shown.every((page) => page.includes('Urne contestée'))) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    for (const page of await read()) {
      expect(page).toContain(`de référence <code>${reference}</code></li>`);
      expect(page).toMatch(/<li>CSA ministériel n°\s1\s: 1 bulletin/);
    }
    await portal.database.asOwner('update read_box.rechecked set contradicted = 7');
    for (const page of await read()) expect(page).toMatch(/jusqu’à la révision 7 de l’urne/);
    await portal.database.asOwner('update read_box.rechecked set contradicted = null');
  });

  it('raises the alarm for one changed bit in the box, and takes it back when the bit is', async () => {
    const calm = { ready: 200, problem: undefined, shown: [false, false, false] };
    expect(await seen()).toMatchObject(calm);
    const flip =
      'update read_box.ballots set reference = set_bit(reference, 7, 1 - get_bit(reference, 7)) where ctid = (select %(ctid) from read_box.ballots)';
    await portal.database.asOwner(flip.replace('%', 'min'));
    const raised = await until(true);
    const where = `box ${election.scrutins[0]?.scrutinId ?? ''}`;
    expect(raised).toMatchObject({ ready: 503, shown: [true, true, true] });
    expect(raised.problem).toBe(`the ballots of ${where} are not those of the ledger`);
    expect(portal.logged()).toContain('integrity alarm');
    await portal.database.asOwner(flip.replace('%', 'max'));
    expect(await until(false)).toMatchObject(calm);
  });

  it('raises it for one changed character in the ledger', async () => {
    const swap = (from: string, to: string) =>
      `set session_replication_role = replica;
       update ledger.events set data = replace(data, '${from}', '${to}') where type = 'BoxOpened.v1';
       set session_replication_role = default`;
    await portal.database.asOwner(swap('"graceMinutes":20', '"graceMinutes":21'));
    expect(await until(true)).toMatchObject({
      ready: 503,
      problem: `the ledger is not what was published: box-${election.scrutins[0]?.scrutinId ?? ''} revision 0`,
      shown: [true, true, true],
    });
    await portal.database.asOwner(swap('"graceMinutes":21', '"graceMinutes":20'));
    expect((await until(false)).shown).toEqual([false, false, false]);
  });
});
