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
  place = await openPollingPlace({ voters: 3, scrutins: 1 });
});
afterAll(() => place.close());

const sessions = async () =>
  (await place.foundation.database.pool('vault').query<{ data: string }>('select data from vault.sessions'))
    .rows;
const code = async (answer: Promise<{ status: number; body: unknown }>) => {
  const { status, body } = await answer;
  return [status, (body as { code?: string }).code];
};

async function signedIn(voter: PlaceVoter): Promise<PortalClient> {
  const client = place.client();
  await client.signIn(voter.email, PASSWORD);
  return client;
}

/** Passes the gate with a code; the nonce may have been asked for before. */
async function knock(client: PortalClient, key = randomKey(), nonce?: string) {
  nonce ??= (await client.get<{ nonce: string }>('/api/gate')).body.nonce;
  const signature = signGate(key, place.election.electionId, nonce);
  return client.post('/api/gate', { nonce, signature, ...(await client.captcha()) });
}

function randomKey() {
  return deriveGateKey(
    place.election.electionId,
    makeVotingCode((length) => randomBytes(length)),
  );
}

async function reassort({ electorId }: PlaceVoter, gateKey: string): Promise<void> {
  const at = '2022-12-01T11:40:00.000Z';
  const data = { electorId, linkId: randomUUID(), gateKey, at };
  await place.foundation.store.append(`elector-${electorId}`, 'any', [
    written({ type: 'VotingCodeReassorted', data }),
  ]);
}

describe('a session that was ended', () => {
  it('does not come back by requests that were on the way', async () => {
    const voter = place.voter();
    const thief = await signedIn(voter);
    const token = await thief.token();
    let on = true;
    const loop = async () => {
      // Each changes the session, and so has it saved.
      while (on) await Promise.all([thief.get('/api/gate'), thief.send('POST', '/api/captcha', {}, token)]);
    };
    const session = thief.cookie('isoloir-session') ?? '';
    const loops = [1, 2, 3, 4].map(loop);
    for (let time = 0; time < 20; time++) {
      await place.foundation.sessions.endAllOf(voter.electorId);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    on = false;
    await Promise.all(loops);
    const answer = await fetch(`${place.url}/api/me`, { headers: { Cookie: `isoloir-session=${session}` } });
    expect(answer.status).toBe(401);
    expect((await sessions()).filter(({ data }) => data.includes(voter.electorId))).toStrictEqual([]);
  });
});

describe('a gate that was passed with a code that counts no more', () => {
  it('opens neither booth nor box, also where a late request writes it again', async () => {
    const voter = place.voter();
    const [scrutin] = place.election.scrutins;
    if (!scrutin) throw new Error('no scrutin');
    const thief = await signedIn(voter);
    expect((await knock(thief, voter.gateKey)).status).toBe(204);
    expect((await thief.get('/api/booth')).status).toBe(200);
    const fresh = randomKey();
    await reassort(voter, fresh.publicKey);

    const ballot = place.election.ballotFor(voter, scrutin, 0).text;
    const path = `/api/scrutins/${scrutin.scrutinId}/votes`;
    const kept = (await sessions()).filter(({ data }) => data.includes(voter.gateKey.publicKey));
    expect(kept).toHaveLength(1); // as a request that was on the way would have written it again
    expect(await code(thief.post(path, { ballot }))).toStrictEqual([403, 'vote.gate-closed']);
    expect(await code(thief.get('/api/booth'))).toStrictEqual([403, 'gate.not-passed']);
    expect((await knock(thief, voter.gateKey)).status).toBe(403);
    expect((await knock(thief, fresh)).status).toBe(204);
    expect((await thief.get('/api/booth')).status).toBe(200);
  });
});
