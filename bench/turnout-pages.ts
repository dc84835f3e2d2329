import { createHmac, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { SessionStore } from '../src/http/session-store.js';
import { cookieName } from '../src/http/sessions.js';
import { Digests } from '../src/vault/digests.js';
import { quantile } from './portal.js';
import type { BenchScrutin, Ground } from './turnout-ground.js';

/** Asks for a page and reads it to its end. Throws when it is not the page. */
export type Page = () => Promise<void>;

/** Milliseconds of a page: half are faster than `median`, 95 in 100 than `p95`. */
export interface Times {
  readonly median: number;
  readonly p95: number;
}

/** The pages of turnout and of lists, as one of the staff sees them. */
export async function staffPages(ground: Ground, url: string): Promise<Readonly<Record<string, Page>>> {
  const cookie = await staffCookie(ground);
  const [all, small, middle] = [0, 1, 201].map((index) => ground.scrutins[index] as BenchScrutin) as [
    BenchScrutin,
    BenchScrutin,
    BenchScrutin,
  ];
  const ask = async (path: string, form?: Record<string, string>) => {
    const body = form && new URLSearchParams({ ...form, _csrf: 'token' });
    const answer = await fetch(url + path, { headers: { cookie }, ...(body && { method: 'POST', body }) });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 500)}`);
  };
  const { electionId } = ground;
  const api = `/api/elections/${electionId}/turnout`;
  const turnout = (scrutin: BenchScrutin) => () =>
    ask(`/personnel/participation/${electionId}/scrutins/${scrutin.scrutinId}`);
  const emargement = (scrutin: BenchScrutin, form: Record<string, string>) => () =>
    ask('/personnel/emargement', { scrutin: scrutin.scrutinId, nom: '', unite: '', ...form });
  const lists = (form: Record<string, string>) => () =>
    ask('/personnel/listes', { election: electionId, nom: '', unite: '', ...form });
  return {
    turnout: () => ask(`/personnel/participation?election=${electionId}`),
    'turnout, scrutin of all': turnout(all),
    'turnout, small scrutin': turnout(small),
    'turnout, JSON': () => ask(api),
    'turnout, CSV': () => ask(`${api}/scrutins.csv`),
    'register, scrutin of all': emargement(all, {}),
    'register, by name': emargement(all, { nom: 'NOM05' }),
    'register, by unit': emargement(all, { unite: 'collège 0007' }),
    'register, one in nine': emargement(middle, {}),
    'register, small scrutin': emargement(small, {}),
    'lists, all': lists({}),
    'lists, by name': lists({ nom: 'NOM05' }),
    'lists, by unit': lists({ unite: 'collège 0007' }),
    'lists, small scrutin': lists({ scrutin: small.scrutinId }),
  };
}

/** How long each page takes, asked for in turn until `over` says so. */
export async function timesOf(
  pages: Readonly<Record<string, Page>>,
  over: (rounds: number) => boolean,
): Promise<Record<string, Times>> {
  const taken = new Map(Object.keys(pages).map((name) => [name, [] as number[]]));
  for (let round = 0; round === 0 || !over(round); round++) {
    for (const [name, page] of Object.entries(pages)) {
      const from = performance.now();
      await page();
      taken.get(name)?.push(performance.now() - from);
    }
  }
  return Object.fromEntries([...taken].map(([name, times]) => [name, summary(times)]));
}

export function summary(times: readonly number[]): Times {
  const part = (share: number) => Math.round(quantile([...times], share) * 10) / 10;
  return { median: part(0.5), p95: part(0.95) };
}

/** A session of a member of a board who is an administrator too, without the screens before it. */
async function staffCookie({ database, vaultKeys }: Ground): Promise<string> {
  const sessions = new SessionStore(database, { idle: 600, longest: 600 }, () => Date.now());
  const sid = randomUUID();
  const user = { kind: 'staff', staffId: randomUUID(), roles: ['board', 'administrator'] };
  const data = { cookie: {}, csrfToken: 'token', passport: { user }, signedInAt: new Date().toISOString() };
  await promisify(sessions.set.bind(sessions))(sid, data as never);
  const secret = (await new Digests(vaultKeys).key('session')).toString('base64');
  const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
  return `${cookieName(false, 'session')}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
}
