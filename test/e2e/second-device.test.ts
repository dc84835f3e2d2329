import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { signGate } from '../../src/crypto/gate-key.js';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { caughtUp } from '../support/counted-election.js';
import { activate, openPortal, PASSWORD, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import {
  sealElection,
  type SealedElection,
  type TestElector,
  type TestScrutin,
} from '../support/sealed-election.js';

jest.setTimeout(120_000);

const NOW = '2022-12-01T11:46:00.000Z';
let portal: Portal;
let election: SealedElection;
let elector: TestElector;
let scrutin: TestScrutin;
let token: string;

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: NOW, BATCH_WAIT_MS: '50', THIN_BATCH_WAIT_MS: '50' });
  const { electorId } = await portal.register();
  election = await sealElection(portal.foundation, {
    ...{ electionId: DEMONSTRATION_ELECTION, existing: [electorId], electors: 1, now: NOW },
    closesAt: '2022-12-08T16:00:00.000Z',
  });
  [elector] = election.electors as [TestElector];
  [scrutin] = election.scrutins as [TestScrutin];
  token = await portal.invite(electorId);
  await caughtUp(portal);
});
afterAll(() => portal.close());

async function passGate(client: PortalClient): Promise<void> {
  const { nonce } = (await client.get<{ nonce: string }>('/api/gate')).body;
  const signature = signGate(elector.gateKey, election.electionId, nonce);
  const { status } = await client.post('/api/gate', { nonce, signature, ...(await client.captcha()) });
  expect(status).toBe(204);
}

async function votes(): Promise<number> {
  let count = 0;
  for await (const { type } of portal.foundation.store.readStream(`box-${scrutin.scrutinId}`))
    if (type === 'VotesCast.v1') count += 1;
  return count;
}

describe('an activation on a second device, while the first one votes (F95)', () => {
  it('ends the session of the first, whose ballot is not taken; the second votes', async () => {
    const first = portal.client();
    await first.post('/api/links/confirm', { token });
    const chosen = { password: PASSWORD, confirmation: PASSWORD };
    await first.post('/api/account/password', { ...chosen, ...(await first.captcha()) });
    expect((await first.post('/api/account/without-activation')).status).toBe(204);
    await passGate(first);
    expect((await first.get('/api/booth')).body).toMatchObject({
      scrutins: [{ phase: 'open', signed: false }],
    });
    const csrf = await first.token();

    const second = portal.client();
    await activate(second, token);

    const path = `/api/scrutins/${scrutin.scrutinId}/votes`;
    const ballot = election.ballotFor(elector, scrutin, 0).text;
    expect((await first.send('POST', path, { ballot }, csrf)).status).toBeGreaterThanOrEqual(401);
    expect(await first.post(path, { ballot })).toMatchObject({ status: 401 });
    for (const gone of ['/api/booth', '/api/gate', '/api/me'])
      expect((await first.get(gone)).status).toBe(401);
    expect((await first.get('/api/session')).body).toMatchObject({ kind: null });
    expect(await votes()).toBe(0);

    expect((await second.get('/api/booth')).body).toMatchObject({ code: 'gate.not-passed' }); // the code once more
    await passGate(second);
    expect((await second.post(path, { ballot })).status).toBe(200);
    expect(await votes()).toBe(1);
  });
});
