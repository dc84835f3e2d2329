import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPortal, type Portal } from '../support/portal.js';
import { atTheDoor, routesOf, tableOfRoles, visitors, type Route, type Visitor } from '../support/routes.js';

let portal: Portal;
let routes: Route[];
let door: ReturnType<typeof atTheDoor>;
beforeAll(async () => {
  portal = await openPortal();
  routes = routesOf(portal.app);
  const secret = (await portal.foundation.digests.key('session')).toString('base64');
  door = atTheDoor(portal, secret);
});
afterAll(async () => {
  door.leave();
  await portal.close();
});

/** Who is let in, as the table writes it. */
function said(who: readonly Visitor[]): string {
  if (who.length === visitors.length) return "'everybody'";
  if (who.length === visitors.length - 1 && !who.includes('nobody')) return "'signed-in'";
  if (who.length === 4 && !who.includes('elector')) return "'staff'";
  if (who.length === 1 && who[0] === 'elector') return "'electors'";
  return `[${who.map((one) => `'${one}'`).join(', ')}]`;
}

describe('the table of roles', () => {
  it('has a line for every route of the running service, and lets in whom the guard lets in', async () => {
    expect(routes.length).toBeGreaterThan(50);
    const found: string[] = [];
    for (const route of routes) {
      const allowed: Visitor[] = [];
      for (const visitor of visitors) if (await door.knock(route, visitor)) allowed.push(visitor);
      found.push(`'${route.method} ${route.path}': ${said(allowed)},`);
    }
    const table = [...tableOfRoles()].map(([route, who]) => `'${route}': ${said(who)},`);
    expect(found.sort()).toStrictEqual(table.sort());
  });

  it('gives nobody but electors what an elector does', () => {
    for (const [route, who] of tableOfRoles())
      if (/ \/(api\/)?(espace|vote|account|scrutins\/[^ ]+\/votes)/.test(route) && !who.includes('nobody'))
        expect([route, who]).toStrictEqual([route, ['elector']]);
  });

  it('gives assistance nothing that changes lists, boards, boxes or the staff (F115)', () => {
    for (const [route, who] of tableOfRoles())
      if (/^(POST|PUT|PATCH|DELETE) .*(listes|scrutins|lists|boards?|bureau|boxes|roles|staff$)/.test(route))
        if (!who.includes('nobody'))
          expect([route, who.includes('assistance')]).toStrictEqual([route, false]);
  });
});
