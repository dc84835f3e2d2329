import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { StaffRole } from '../../src/events/staff.events.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import type { Portal } from './portal.js';
import type { PortalClient } from './portal-client.js';
import { press } from './walk.js';

const PASSWORD = 'un bon mot de passe';

/** One of the staff with a one-time password; each serves once, so the clock goes on by a step. */
async function oneOf(portal: Portal, role: StaffRole) {
  const login = `${role}-${randomUUID().slice(0, 8)}`;
  const { totpKey, staffId } = await portal.app
    .get(StaffAccounts, { strict: false })
    .add(login, PASSWORD, role);
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  return { staffId, login, code: () => totp(totpKey, stepAt(clock.now())) };
}

/** Signs in as one of the staff with this role, on a page. */
export async function signInAs(portal: Portal, page: Page, role: StaffRole) {
  const { staffId, login, code } = await oneOf(portal, role);
  await page.goto(`${portal.url}/personnel/connexion`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', code());
  await press(page, 'CONNEXION');
  await page.waitForURL('**/personnel');
  return { staffId, login };
}

/** The same for a program. */
export async function clientOf(portal: Portal, role: StaffRole): Promise<PortalClient> {
  const { login, code } = await oneOf(portal, role);
  const client = portal.client();
  const { status } = await client.post('/api/staff/sign-in', { login, password: PASSWORD, code: code() });
  if (status !== 204) throw new Error(`sign-in failed: ${status}`);
  return client;
}
