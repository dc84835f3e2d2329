/**
 * The portal under load, with 100,000 electors: sign-ins a second (argon2 included), pages a second for signed-in electors,
 * mails a second through the catch-all, peak memory of the server. The load comes from this process, on the same cores.
 * Usage: npm run bench:accounts -- [--electors 100000] [--seconds 10] [--clients 32] [--mails 2000]
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { encode } from '../src/events/codec.js';
import { PortalClient } from '../test/support/portal-client.js';
import { openPortal, PASSWORD, quantile } from './portal.js';

const { values } = parseArgs({
  options: {
    electors: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '32' },
    mails: { type: 'string', default: '2000' },
  },
});
const electors = Number(values.electors);
const seconds = Number(values.seconds);
const clients = Number(values.clients);
const mails = Number(values.mails);

const began = performance.now();
const portal = await openPortal(electors, mails, { MAILS_PER_SECOND: '1000' });
const setUp = (performance.now() - began) / 1000;

const signedIn: PortalClient[] = [];
const signIns = await measureSignIns();
const pages = await measurePages();
const mailsASecond = await measureMails();
const peak = await portal.peak();
await portal.close();

const figures = {
  bench: 'accounts',
  cores: cpus().length,
  electors,
  setUpSeconds: round(setUp),
  signInsPerSecond: round(signIns.rate),
  signInP50Ms: round(signIns.p50),
  signInP99Ms: round(signIns.p99),
  pagesPerSecond: round(pages.rate),
  pageP99Ms: round(pages.p99),
  mailsPerSecond: round(mailsASecond),
  peakMiB: round(peak),
};
console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, { value }])));
console.log(JSON.stringify(figures));
if (peak >= 1024) process.exitCode = 1;

/** Each client signs in one elector after the other: CAPTCHA, identifier, password. The password's step is timed. */
async function measureSignIns() {
  const took: number[] = [];
  const from = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - from < seconds * 1000) {
        const client = new PortalClient(portal.url);
        const email = portal.active[(next++ * 7919) % portal.active.length] ?? '';
        const identified = await client.identify(email);
        if (identified.status !== 204) throw new Error(`identifier: ${identified.status}`);
        const token = await client.token();
        const at = performance.now();
        const { status } = await client.send('POST', '/api/sign-in/password', { password: PASSWORD }, token);
        if (status !== 204) throw new Error(`password: ${status}`);
        took.push(performance.now() - at);
        if (signedIn.length < 500) signedIn.push(client);
      }
    }),
  );
  const rate = took.length / ((performance.now() - from) / 1000);
  return { rate, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}

/** The elector's space (E8) for electors who are signed in, over connections that stay open. */
async function measurePages() {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const took: number[] = [];
  const from = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - from < seconds * 1000) {
        const client = signedIn[next++ % signedIn.length];
        const at = performance.now();
        const status = await get(
          agent,
          '/espace',
          `isoloir-session=${client?.cookie('isoloir-session') ?? ''}`,
        );
        if (status !== 200) throw new Error(`page: ${status}`);
        took.push(performance.now() - at);
      }
    }),
  );
  agent.destroy();
  return { rate: took.length / ((performance.now() - from) / 1000), p99: quantile(took, 0.99) };
}

function get(agent: Agent, path: string, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(portal.url + path, { agent, headers: { cookie } }, (answer) => {
      answer.resume().once('end', () => {
        resolve(answer.statusCode ?? 0);
      });
    })
      .once('error', reject)
      .end();
  });
}

/** Opening mails: from the events to the last mail taken by the catch-all. */
async function measureMails(): Promise<number> {
  const before = await mailsDone();
  const from = performance.now();
  await Promise.all(
    portal.inactive.map((electorId) => {
      const data = { electorId, linkId: randomUUID(), expiresAt: '2022-12-08T16:00:00.000Z' };
      const event = {
        type: 'ActivationLinkIssued',
        data: { ...data, at: '2022-11-20T10:00:00.000Z' },
      } as const;
      return portal.store.append(`elector-${electorId}`, 0, [{ id: randomUUID(), ...encode(event) }]);
    }),
  );
  for (;;) {
    const done = (await mailsDone()) - before;
    const took = (performance.now() - from) / 1000;
    if (done >= portal.inactive.length || took > 300) return done / took;
    await sleep(100);
  }
}

async function mailsDone(): Promise<number> {
  const { rows } = await portal.database
    .pool('reactions')
    .query<{ done: number }>("select count(*) as done from reactions.outbox where state = 'done'");
  return rows[0]?.done ?? 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
