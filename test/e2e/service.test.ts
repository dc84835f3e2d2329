import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig, type Config } from '../../src/config.js';
import { DEMONSTRATION_ELECTION, DEMONSTRATION_SEED } from '../../src/demonstration.js';
import type { Executed } from '../../src/ledger/ledger.js';
import { DeclareElection, LogIncident } from '../../src/modules/election/election.commands.js';
import { inventedElector } from '../../src/modules/account/invented-electors.js';
import { findMail } from '../../src/projections/mail-status.projection.js';
import { Log } from '../../src/operations/log.js';
import { start, type Running } from '../../src/start.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { fetched } from '../support/fetched.js';

let database: TestDatabase;
let folder: string;
let running: Running;
let logged = '';

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'isoloir-service-'));
  running = await start(config(), new Log('info', { write: (line) => (logged += line) }));
});
afterAll(async () => {
  await running.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('the whole service', () => {
  it('has exactly one handler for each command', async () => {
    const handled = [...running.app.get(ModulesContainer).values()]
      .flatMap((module) => [...module.providers.values()])
      .flatMap(({ metatype }) => {
        const command: unknown = metatype && Reflect.getMetadata('__commandHandler__', metatype);
        return typeof command === 'function' ? [command.name] : [];
      });
    expect(handled.sort()).toStrictEqual((await commandNames()).sort());
  });

  it('starts again on what is there, and sets up no second election', async () => {
    const again = await start({ ...config(), smtpUrl: 'smtp://127.0.0.1:9' }, new Log('silent'));
    const elections: unknown = await fetch(`${again.url}/api/elections`).then((answer) => answer.json());
    // With a mail server of its own, as production has, mails are nowhere to be read.
    expect((await fetched(`${again.url}/demonstration/mails`)).status).toBe(404);
    await again.stop();
    expect(elections).toHaveLength(1);
    const events: Record<string, number> = {};
    for await (const { type } of running.foundation.store.readAll()) events[type] = (events[type] ?? 0) + 1;
    expect(events).toMatchObject({
      'ElectionDeclared.v1': 1,
      'CalendarSet.v1': 1,
      'ElectorRegistered.v1': 20,
      'ActivationLinkIssued.v1': 20,
    });
  });

  it('shows a command to who reads after it', async () => {
    const repeated = new DeclareElection(DEMONSTRATION_ELECTION, 'Élections professionnelles 2022', '2022');
    const { position, added } = await running.app
      .get(CommandBus)
      .execute<DeclareElection, Executed>(repeated);
    expect(added).toBe(0);
    expect(await running.foundation.projections.waitFor('elections', position, 5_000)).toBe(true);
  });
});

describe('the home page', () => {
  it('says which election is held and when one can vote', async () => {
    const { answer, text } = await get('/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toContain('<html lang="fr"');
    expect(text).toContain('<h1>Élections professionnelles 2022</h1>');
    expect(text).toContain(
      'Ouvert du jeudi 01 décembre 2022 à 08h00 au jeudi 08 décembre 2022 à 17h00 (Heure de Paris)',
    );
  });

  it('is strict about what it loads, and is not stored', async () => {
    const { answer, text } = await get('/');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none';object-src 'none'",
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(text).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=|https?:\/\//);
  });

  it('loads assets that are there', async () => {
    const { text } = await get('/');
    const assets = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(assets).toHaveLength(6);
    for (const asset of [
      ...assets,
      '/assets/icons/checkbox.svg',
      '/assets/fonts/source-sans-3-latin-400-normal.woff2',
    ]) {
      const { answer } = await get(asset);
      const caching = answer.headers.get('cache-control');
      expect([asset, answer.status, caching]).toStrictEqual([asset, 200, 'public, max-age=600']);
    }
  });
});

describe('the API', () => {
  const election = {
    electionId: DEMONSTRATION_ELECTION,
    title: 'Élections professionnelles 2022',
    preset: '2022',
    calendar: {
      portalOpensAt: '2022-10-13T08:00:00.000Z',
      votingOpensAt: '2022-12-01T07:00:00.000Z',
      votingClosesAt: '2022-12-08T16:00:00.000Z',
      graceMinutes: 20,
    },
  };
  const nobody = '00000000-0000-4000-8000-000000000000';

  it('gives the elections', async () => {
    const { answer, text } = await get('/api/elections');
    expect(JSON.parse(text)).toStrictEqual([election]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse((await get(`/api/elections/${DEMONSTRATION_ELECTION}`)).text)).toStrictEqual(election);
  });

  it.each([
    ['an election that is not there', `/api/elections/${nobody}`, 404, 'request.not-found'],
    ['an id that is none', '/api/elections/5', 400, 'request.invalid'],
    ['a route that is not there', '/api/nothing', 404, 'request.not-found'],
  ])('answers %s with a problem', async (_, path, status, code) => {
    const { answer, text } = await get(path);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ type: `urn:isoloir:problem:${code}`, status, code });
  });

  it('names the field that is wrong', async () => {
    const { fields } = JSON.parse((await get('/api/elections/5')).text) as { fields: { field: string }[] };
    expect(fields.map(({ field }) => field)).toStrictEqual(['electionId']);
  });

  it.each([
    ['malformed JSON', '{"secret', 400, 'request.invalid'],
    ['a body that is too large', JSON.stringify('x'.repeat(300_000)), 413, 'request.too-large'],
  ])('refuses %s', async (_, body, status, code) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${running.url}/api/elections`, { method: 'POST', headers, body });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ status, code });
    expect(text).not.toContain('secret');
  });

  it('describes all its routes, and nothing else', async () => {
    const { paths } = JSON.parse((await get('/api/docs/openapi.json')).text) as {
      paths: Record<string, object>;
    };
    expect(Object.keys(paths).sort()).toStrictEqual(apiRoutes());
    expect(apiRoutes()).toContain('/api/elections/{electionId}');
  });

  it('has a page of documentation whose scripts the policy lets run', async () => {
    const { answer, text } = await get('/api/docs');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<style|style=|<script(?![^>]* src=)/);
    const loaded = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    for (const path of loaded) expect([path, (await get(path)).answer.status]).toStrictEqual([path, 200]);
    expect(loaded).toContain('/api/docs/swagger-ui-bundle.js');
  });
});

describe('an address that leads nowhere', () => {
  it('is a French page outside of the API', async () => {
    const { answer, text } = await get('/rien/ici?nom=Martin');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(text).toContain('<h1>Page introuvable</h1>');
    expect(text).not.toContain('Martin');
  });
});

describe('a document', () => {
  const put = (text: string, type: string, access: 'public' | 'restricted' = 'public') =>
    running.foundation.documents.put(Buffer.from(text), type, access);

  it('is served as it was filed, for ever, and runs nothing', async () => {
    const sha256 = await put('<script>alert(1)</script>', 'text/html');
    const { answer, text } = await get(`/documents/${sha256}`);
    expect(text).toBe('<script>alert(1)</script>');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': `attachment; filename="${sha256}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is shown when it is a picture or a PDF', async () => {
    const png = await get(`/documents/${await put('a picture', 'image/png')}`);
    expect(png.answer.headers.get('content-disposition')).toMatch(/^inline; filename="[0-9a-f]{64}\.png"$/);
    const pdf = await get(`/documents/${await put('a text', 'application/pdf')}`);
    expect(pdf.answer.headers.get('content-disposition')).toMatch(/^inline; filename="[0-9a-f]{64}\.pdf"$/);
  });

  it('that is restricted is not found, like one that is not there', async () => {
    const sha256 = await put('The text of an incident', 'text/plain', 'restricted');
    const restricted = await get(`/documents/${sha256}`);
    expect(restricted.answer.status).toBe(404);
    expect(restricted.text).toBe((await get(`/documents/${'0'.repeat(64)}`)).text);
    expect((await get('/documents/..%2Fetc')).answer.status).toBe(400);
  });
});

describe('those who run it', () => {
  it('see that it lives and is ready', async () => {
    expect((await get('/health/live')).text).toBe('{"status":"alive"}');
    expect((await get('/health/ready')).text).toBe('{"status":"ready"}');
  });

  it('see why it is not ready', async () => {
    const { readiness } = running.foundation;
    readiness.register('test', () => Promise.resolve('because'));
    const { answer, text } = await get('/health/ready');
    expect(answer.status).toBe(503);
    expect(JSON.parse(text)).toStrictEqual({ status: 'not ready', problems: { test: 'because' } });
    expect((await get('/health/serving')).text).toBe('{"status":"serving"}');
    readiness.register('test', () => Promise.resolve('because'), 'serving');
    expect((await get('/health/serving')).answer.status).toBe(503); // a proxy sends requests elsewhere
    readiness.register('test', () => Promise.resolve(undefined));
  });

  it('see what it counts, by route pattern', async () => {
    await get(`/api/elections/${DEMONSTRATION_ELECTION}`);
    const { answer, text } = await get('/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/isoloir_events_appended_total 4\d\n/);
    expect(text).toMatch(/isoloir_projection_lag_seconds\{projection="elections"\} [0-9.]+/);
    expect(text).toMatch(
      /isoloir_http_request_seconds_count\{method="GET",route="\/api\/elections\/:electionId",status="2xx"\} \d/,
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain(DEMONSTRATION_ELECTION);
  });

  it('read nothing in the log of who asked for what', async () => {
    logged = '';
    await fetch(`${running.url}/api/elections/${DEMONSTRATION_ELECTION}?nom=Martin`, {
      headers: { 'X-Forwarded-For': '203.0.113.7', Cookie: 'a=biscuit', 'User-Agent': 'Minitel' },
    }).then((answer) => answer.text());
    await get('/rien/Martin');
    await untilLogged('"route":"none"');
    expect(logged).toContain('"method":"GET","route":"/api/elections/:electionId","status":200,"ms":');
    const personal = [DEMONSTRATION_ELECTION, 'Martin', '203.0.113.7', '127.0.0.1', 'biscuit', 'Minitel'];
    for (const one of personal) expect(logged).not.toContain(one);
  });
});

describe('the mails of a demonstration', () => {
  const received = () => running.mails.catchAll?.received ?? 0;

  it('are sent to its electors, but for the one who has no mailbox', async () => {
    while (received() < 19) await new Promise((resolve) => setTimeout(resolve, 20));
    const { answer, text } = await get('/demonstration/mails');
    expect(answer.status).toBe(200);
    expect(text).toContain('19 message(s) reçu(s)');
    expect(text.match(/Ouverture du portail élections professionnelles/g)).toHaveLength(19);
    const { electorId } = inventedElector(DEMONSTRATION_ELECTION, DEMONSTRATION_SEED, 19);
    const mailOf = () => findMail(running.foundation.database.pool('register'), electorId);
    while (!(await mailOf())?.bouncedAt) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await mailOf())?.reason).toBe('5.1.1');
  });

  it('are shown as text, whose links can be followed, and as they were set, in a frame that can do nothing', async () => {
    const { answer, text } = await get('/demonstration/mails/1');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(text).toMatch(new RegExp(`<a href="${running.url}/lien/[\\w-]{80}">`));
    expect(text).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    const body = await get('/demonstration/mails/1/html');
    expect(body.answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
        'sandbox allow-popups allow-popups-to-escape-sandbox',
    );
    expect(body.text).toContain('<base target="_blank">');
    expect(body.text).toContain('Accéder au portail Elections');
  });

  it.each(['/demonstration/mails/0', '/demonstration/mails/x'])('are not at %s', async (path) => {
    expect((await get(path)).answer.status).toBe(400);
  });

  it('that are forgotten, or never came, are not there', async () => {
    expect((await get('/demonstration/mails/999')).answer.status).toBe(404);
    expect((await get('/demonstration/mails/999/html')).answer.status).toBe(404);
  });
});

describe('an incident', () => {
  it('has its text in a restricted document, and only the address of it in the ledger', async () => {
    const text = await running.foundation.documents.put(
      Buffer.from('Coupure de courant à Lyon'),
      'text/plain',
      'restricted',
    );
    const [incidentId, staffId] = [randomUUID(), randomUUID()];
    const log = new LogIncident(DEMONSTRATION_ELECTION, incidentId, staffId, text);
    const commands = running.app.get(CommandBus);
    expect((await commands.execute<LogIncident, Executed>(log)).added).toBe(1);
    expect((await commands.execute<LogIncident, Executed>(log)).added).toBe(0);
    const stream = `election-${DEMONSTRATION_ELECTION}`;
    for await (const { data } of running.foundation.store.readStream(stream, { from: 2 })) {
      expect(JSON.parse(data)).toMatchObject({ incidentId, staffId, text });
    }
    expect((await get(`/documents/${text}`)).answer.status).toBe(404);
  });
});

// The last one: the read models stand still from here on.
describe('an event that nobody can read', () => {
  it('stops the read models, loudly', async () => {
    const stranger = { id: randomUUID(), type: 'Stranger.v1', data: '{}' };
    await running.foundation.store.append(`election-${randomUUID()}`, 'none', [stranger]);
    await untilLogged('elections cannot apply'); // each read model stops by itself, in any order
    expect(logged).toContain('a read model stopped');
    expect(logged).toMatch(/"level":60,.*"code":"ledger.unknown-event"/);
    const problem = '"projection elections":';
    while (!(await get('/health/ready')).text.includes(problem)); // the others may have stopped before
    const { answer, text } = await get('/health/ready');
    expect(answer.status).toBe(503);
    expect(text).toMatch(/"projection elections":"elections cannot apply Stranger\.v1 at election-/);
    expect((await get('/')).answer.status).toBe(200);
    expect((await get('/health/serving')).answer.status).toBe(200); // the vote goes on
  });
});

function config(): Config {
  return readConfig({
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_POOL: '2',
    DEMONSTRATION: 'portal',
    ISOLOIR_CLOCK: '2022-12-01T12:27:00+01:00',
    ISOLOIR_DATA: folder,
    PORT: '0',
  });
}

async function get(path: string): Promise<{ answer: Response; text: string }> {
  const answer = await fetch(running.url + path);
  return { answer, text: await answer.text() };
}

/** A request is logged when its answer has left, which its client may notice first. */
async function untilLogged(text: string): Promise<void> {
  while (!logged.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Every class that some src/modules/…/….commands.ts exports. */
async function commandNames(): Promise<string[]> {
  const modules = fileURLToPath(new URL('../../src/modules', import.meta.url));
  const files = (await readdir(modules, { recursive: true })).filter((name) => name.endsWith('.commands.ts'));
  const exported = await Promise.all(
    files.map(async (file) => (await import(join(modules, file))) as Record<string, unknown>),
  );
  return exported.flatMap((one) => Object.keys(one).filter((name) => typeof one[name] === 'function'));
}

/** All routes below /api that the server knows, as OpenAPI writes them. */
function apiRoutes(): string[] {
  const server = running.app.getHttpAdapter().getInstance() as unknown as {
    router: { stack: { route?: { path: string } }[] };
  };
  const paths = server.router.stack.flatMap(({ route }) => (route ? [route.path] : []));
  return [...new Set(paths)]
    .filter((path) => path.startsWith('/api/') && !path.startsWith('/api/docs'))
    .map((path) => path.replaceAll(/:(\w+)/g, '{$1}'))
    .sort();
}
