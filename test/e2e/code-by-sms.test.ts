import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { CodeReassort } from '../../src/modules/account/code-reassort.js';
import { NoSmsSender } from '../../src/sms/sms-sender.js';
import { caughtUp } from '../support/counted-election.js';
import { ANSWER, openPortal, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { sealElection } from '../support/sealed-election.js';

jest.setTimeout(120_000);

const NOW = '2022-12-01T11:46:00.000Z';
const typed = { answer: ANSWER, proof: '2750675123', channel: 'sms', address: '06 99 88 77 66' };

let gateway: Server;
let status = 202;
const received: { to: string; text: string }[] = [];
let portal: Portal;
let client: PortalClient;

beforeAll(async () => {
  gateway = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(JSON.parse(body) as (typeof received)[0]);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.address() as AddressInfo;
  portal = await openPortal({ ISOLOIR_CLOCK: NOW, SMS_URL: `http://127.0.0.1:${port}/`, SMS_TOKEN: 'x' });
  const elector = await portal.activated();
  client = elector.client;
  await sealElection(portal.foundation, {
    ...{ electionId: DEMONSTRATION_ELECTION, existing: [elector.electorId], electors: 1, now: NOW },
    closesAt: '2022-12-08T16:00:00.000Z',
  });
  await caughtUp(portal);
});
afterAll(async () => {
  await portal.close();
  await new Promise((resolve) => gateway.close(resolve));
});

const ask = () => client.post<{ code?: string }>('/api/voting-code/request', typed);
const form = async () => (await client.get<string>('/vote/reassort')).body;

describe('a voting code by SMS', () => {
  it('is a link that the gateway gets, with the number that was typed', async () => {
    expect(await form()).toContain('value="sms"');
    expect((await ask()).status).toBe(204);
    expect(received).toStrictEqual([
      { to: '+33699887766', text: expect.stringMatching(/lien.* http:\/\/\S+\/reassort\/[\w-]{80}$/) },
    ]);
  });

  it('that the gateway does not take counts as no attempt, however often', async () => {
    status = 500;
    for (let time = 0; time < 6; time++) expect((await ask()).body.code).toBe('reassort.not-sent');
    const page = await client.post<string>('/vote/reassort', typed);
    expect(page.body).toContain('Cet essai ne compte pas');
    status = 202;
    expect((await ask()).status).toBe(204);
  });

  it('is not offered where there is no gateway, nor taken', async () => {
    Object.assign(portal.app.get(CodeReassort, { strict: false }), { sms: new NoSmsSender() });
    const page = await form();
    expect(page).toContain('Adresse de messagerie personnelle');
    expect(page).not.toMatch(/SMS|value="sms"|téléphone/);
    expect((await ask()).body.code).toBe('reassort.no-sms');
    const posted = await client.post<string>('/vote/reassort', typed);
    expect(posted.body).toContain('Le lien est envoyé par messagerie seulement');
    const byMail = { ...typed, channel: 'mail', address: 'moi@personnelle.example' };
    expect((await client.post('/api/voting-code/request', byMail)).status).toBe(204);
  });
});
