import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { deriveGateKey, signGate } from '../../src/crypto/gate-key.js';
import { makeVotingCode } from '../../src/crypto/voting-code.js';
import { PASSWORD } from '../support/portal.js';
import { openPollingPlace, type PlaceVoter, type PollingPlace } from '../support/polling-place.js';
import type { PortalClient } from '../support/portal-client.js';
import { written } from '../support/service.js';

jest.setTimeout(120_000);

let place: PollingPlace;
beforeAll(async () => {
  place = await openPollingPlace({ voters: 4, scrutins: 1 });
});
afterAll(() => place.close());

async function signedIn(voter = place.voter()): Promise<{ voter: PlaceVoter; client: PortalClient }> {
  const client = place.client();
  await client.identify(voter.email);
  await client.post('/api/sign-in/password', { password: PASSWORD });
  return { voter, client };
}

async function nonceOf(client: PortalClient): Promise<string> {
  return (await client.get<{ nonce: string }>('/api/gate')).body.nonce;
}

async function knock(client: PortalClient, nonce: string, signature: string) {
  return client.post<{ code?: string; detail?: string }>('/api/gate', {
    ...{ nonce, signature },
    ...(await client.captcha()),
  });
}

const sign = (voter: PlaceVoter, nonce: string) => signGate(voter.gateKey, place.election.electionId, nonce);

describe('the gate', () => {
  it('opens for a signature of its nonce, once, in its session', async () => {
    const { voter, client } = await signedIn();
    expect((await client.get<{ code: string }>('/api/booth')).body.code).toBe('gate.not-passed');
    const nonce = await nonceOf(client);
    expect((await knock(client, nonce, sign(voter, nonce))).status).toBe(204);
    const booth = await client.get<{ scrutins: { phase: string; lists: unknown[] }[] }>('/api/booth');
    expect(booth.body.scrutins).toMatchObject([{ phase: 'open', signedAt: null }]);
    expect(booth.body.scrutins[0]?.lists).toHaveLength(3);
    expect((await knock(client, nonce, sign(voter, nonce))).body.code).toBe('gate.nonce-unknown');

    const elsewhere = await signedIn(voter);
    const theirs = await nonceOf(elsewhere.client);
    expect((await knock(client, theirs, sign(voter, theirs))).body.code).toBe('gate.nonce-unknown');
    expect((await elsewhere.client.get('/api/booth')).status).toBe(403);
  });

  it('names the field that is wrong', async () => {
    const { client } = await signedIn();
    const answer = await client.post<{ detail: string }>('/api/gate', {
      nonce: 'x',
      signature: 'y',
      code: 'z',
    });
    expect(answer.status).toBe(400);
    for (const field of ['nonce', 'signature', 'code']) expect(answer.body.detail).toContain(field);
  });

  it('opens for the newest code only, and tells the vote nothing of it (F51)', async () => {
    const { voter, client } = await signedIn();
    const { electionId } = place.election;
    const fresh = deriveGateKey(
      electionId,
      makeVotingCode((length) => randomBytes(length)),
    );
    await place.foundation.store.append(`elector-${voter.electorId}`, 'any', [
      written({
        type: 'VotingCodeReassorted',
        data: {
          electorId: voter.electorId,
          linkId: randomUUID(),
          gateKey: fresh.publicKey,
          at: '2022-12-01T11:40:00.000Z',
        },
      }),
    ]);
    const nonce = await nonceOf(client);
    const refused = await knock(client, nonce, sign(voter, nonce));
    expect([refused.status, refused.body.code]).toStrictEqual([403, 'gate.wrong-code']);
    const next = await nonceOf(client);
    expect((await knock(client, next, signGate(fresh, electionId, next))).status).toBe(204);
  });

  it('takes a CAPTCHA before anything else (F21)', async () => {
    const { voter, client } = await signedIn();
    const nonce = await nonceOf(client);
    const body = { nonce, signature: sign(voter, nonce), captchaId: randomUUID(), captcha: '0' };
    expect((await client.post<{ code: string }>('/api/gate', body)).body.code).toBe('captcha.wrong');
    expect((await knock(client, nonce, sign(voter, nonce))).status).toBe(204); // the nonce was not used up
  });

  it('is for electors who are signed in', async () => {
    const nobody = place.client();
    for (const path of ['/api/gate', '/api/booth']) expect((await nobody.get(path)).status).toBe(401);
    expect((await nobody.get('/vote')).status).toBe(303);
    expect((await nobody.get(`/vote/emargements/${randomUUID()}`)).status).toBe(303);
  });
});
