import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { HttpException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AccessGuard } from '../../src/http/access.guard.js';
import { access, type Access } from '../../src/http/roles.js';
import { cookieName } from '../../src/http/sessions.js';
import type { SignedIn } from '../../src/http/visitor.js';
import type { Foundation } from '../../src/foundation.js';

/** A route that a running service answers. */
export interface Route {
  readonly method: string;
  /** As Express has it: `/api/staff/:staffId`. */
  readonly path: string;
}

/** Those who may come: nobody in particular, electors, and each role of the staff. */
export const visitors = ['nobody', 'elector', 'administrator', 'board', 'auditor', 'assistance'] as const;
export type Visitor = (typeof visitors)[number];

const STAFF: readonly Visitor[] = ['administrator', 'board', 'auditor', 'assistance'];
const ID = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';

/** Every route of the running service, from its router: pages, API, operations, documents. */
export function routesOf(app: NestExpressApplication): Route[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as {
    router: {
      stack: { route?: { path: string | string[]; methods: Record<string, boolean> } }[];
    };
  };
  const routes = router.stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).flatMap((method) =>
      [route?.path ?? []].flat().map((path) => ({ method: method.toUpperCase(), path })),
    ),
  );
  const seen = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return [...seen.values()].sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
}

/** The table of src/http/roles.ts, with everybody by name. */
export function tableOfRoles(): Map<string, readonly Visitor[]> {
  return new Map(Object.entries(access).map(([route, who]) => [route, whoIs(who)]));
}

function whoIs(who: Access): readonly Visitor[] {
  if (who === 'everybody') return visitors;
  if (who === 'signed-in') return visitors.filter((one) => one !== 'nobody');
  if (who === 'electors') return ['elector'];
  return who === 'staff' ? STAFF : who;
}

/**
 * Comes to routes of a running service in the place of others. The guard judges as ever, but where it lets somebody in the
 * handler is not called: the answer is then 418.
 */
export function atTheDoor(running: { url: string; foundation: Foundation }, secret: string) {
  const real = Reflect.get(AccessGuard.prototype, 'canActivate');
  const spy = jest.spyOn(AccessGuard.prototype, 'canActivate').mockImplementation(function (
    this: AccessGuard,
    context,
  ) {
    if (real.call(this, context)) throw new HttpException('let in', 418);
    return false;
  });
  const cookies = new Map<Visitor, string>();
  const knock = async (route: Route, visitor: Visitor): Promise<boolean> => {
    const cookie = cookies.get(visitor) ?? (await sessionOf(running, secret, visitor));
    cookies.set(visitor, cookie);
    const path = route.path.replaceAll(/\{?[:*]\w+\}?/g, ID);
    const answer = await fetch(running.url + path, {
      method: route.method,
      redirect: 'manual',
      headers: { Cookie: cookie, 'X-CSRF-Token': 'token' },
    });
    await answer.body?.cancel();
    const { status } = answer;
    if (status === 401 || status === 403) return false;
    if (status === 303 && /connexion/.test(answer.headers.get('location') ?? '')) return false;
    if (status === 418 || status < 300) return true; // below 300: what no guard stands before, which is for everybody
    throw new Error(`${route.method} ${path} for ${visitor}: ${status}`);
  };
  return {
    knock,
    leave: () => {
      spy.mockRestore();
    },
  };
}

/** A session as a sign-in makes it, with the cookie that opens it. */
async function sessionOf(
  { foundation }: { foundation: Foundation },
  secret: string,
  visitor: Visitor,
): Promise<string> {
  const sid = `roles-${visitor}`;
  const user = userOf(visitor);
  const data = { cookie: {}, csrfToken: 'token', ...(user && { passport: { user } }) };
  const set = promisify(foundation.sessions.set.bind(foundation.sessions));
  await set(sid, data as never);
  const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
  return `${cookieName(false, 'session')}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
}

function userOf(visitor: Visitor): SignedIn | undefined {
  if (visitor === 'nobody') return undefined;
  if (visitor === 'elector') return { kind: 'elector', electorId: ID, activated: true };
  return { kind: 'staff', staffId: ID, roles: [visitor] };
}
