import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AuditReport } from '../../src/auditor/audit.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { caughtUp } from '../support/audited-election.js';
import { finishElection } from '../support/finished-election.js';
import { openPortal, type Portal } from '../support/portal.js';

jest.setTimeout(240_000);

const LOGIN = 'audit';
const PASSWORD = 'un bon mot de passe';

let portal: Portal;
let folder: string;
let totpKey: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  [portal, folder] = await Promise.all([
    openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' }),
    mkdtemp(join(tmpdir(), 'isoloir-live-audit-')),
  ]);
  ({ totpKey } = await portal.app.get(StaffAccounts, { strict: false }).add(LOGIN, PASSWORD, 'auditor'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await portal.close();
  await rm(folder, { recursive: true });
});

/** `isoloir audit URL --login`, with a code that was not used before. */
function follow(...options: string[]) {
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  const parameters = ['audit', portal.url, '--login', LOGIN, '--follow', folder, '--json', ...options];
  const child = spawn(process.execPath, [resolve('bin/isoloir.js'), ...parameters], { stdio: 'pipe' });
  children.push(child);
  child.stdin.end(`${PASSWORD}\n${totp(totpKey, stepAt(clock.now()))}\n`);
  let [said, wrong] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (wrong += text));
  const ended = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    end: async () => {
      const [code] = await ended;
      if (said === '') throw new Error(`exit ${code ?? 'by a signal'}: ${wrong}`);
      return { code, report: JSON.parse(said) as AuditReport, wrong };
    },
    ended,
  };
}

const copy = () => readFile(join(folder, 'ledger.jsonl'), 'utf8').catch(() => '');
const place = () => readFile(join(folder, 'place.json'), 'utf8').catch(() => '');

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((again) => setTimeout(again, 100));
}

describe('isoloir audit of a running service', () => {
  it('follows an election, is killed, goes on from its copy, and ends with the election', async () => {
    const { store, transparency } = portal.foundation;
    let running = follow();
    let phase = 0;
    let copied = '';
    await finishElection(portal.foundation, {
      onPhase: async () => {
        phase += 1;
        await caughtUp(transparency, store);
        await transparency.checkpoints.sign();
        if (phase !== 2) return;
        await until(async () => (await copy()).includes('VotesCast.v1'));
        running.child.kill('SIGKILL');
        await running.ended;
        copied = await place();
        running = follow();
      },
    });
    const { code, report, wrong } = await running.end();
    expect(report.claims.filter(({ verdict }) => verdict === 'fails')).toEqual([]);
    expect([code, report.sound, report.kind, wrong]).toEqual([0, true, 'auditor', '']);
    expect(report.results.map(({ ballots }) => ballots)).toEqual([7, 7]);
    expect(await place()).not.toBe(copied);
  });

  it('checks its copy again, and ends where the last root was signed', async () => {
    const before = await place();
    expect((await follow('--once').end()).code).toBe(0);
    expect(await place()).toBe(before);
  });

  it('says at once what is wrong with the copy', async () => {
    const whole = await copy();
    await writeFile(join(folder, 'ledger.jsonl'), whole.replace('\\"batch\\":1', '\\"batch\\":2'));
    const { code, wrong } = await follow('--once').end();
    await writeFile(join(folder, 'ledger.jsonl'), whole);
    expect(code).toBe(1);
    expect(wrong).toContain('checkpoints-are-roots-of-the-events');
  });

  it('is for auditors alone', async () => {
    const login = `autre-${randomUUID().slice(0, 8)}`;
    const other = await portal.app.get(StaffAccounts, { strict: false }).add(login, PASSWORD, 'assistance');
    const own = totpKey;
    totpKey = other.totpKey;
    const { ended } = follow('--login', login, '--follow', join(folder, 'none'));
    totpKey = own;
    expect(await ended).toEqual([2, null]);
  });

  it('goes on behind the event that it is given, and not before', async () => {
    const { after } = JSON.parse(await place()) as { after: string };
    const { store } = portal.foundation;
    const positions: string[] = [];
    for await (const { position } of store.readAll()) positions.push(position);
    const at = positions.indexOf(after);
    expect(at).toBeGreaterThan(20);
    const client = portal.client();
    const clock = portal.foundation.clock as MovedClock;
    clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
    const code = totp(totpKey, stepAt(clock.now()));
    await client.post('/api/staff/sign-in', { login: LOGIN, password: PASSWORD, code });
    const session = client.cookie('isoloir-session') ?? '';
    for (const header of [true, false]) {
      const from = positions[at - 3] ?? '';
      const over = new AbortController();
      const answer = await fetch(
        `${portal.url}/api/audit/events${header ? '' : `?after=${encodeURIComponent(from)}`}`,
        {
          signal: over.signal,
          headers: { Cookie: `isoloir-session=${session}`, ...(header && { 'Last-Event-ID': from }) },
        },
      );
      expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      let text = '';
      for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
        text += Buffer.from(piece).toString();
        if (text.includes(`id: ${after}\n`)) break;
      }
      over.abort();
      const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
      expect(ids.slice(0, 3)).toEqual(positions.slice(at - 2, at + 1));
    }
  });
});
