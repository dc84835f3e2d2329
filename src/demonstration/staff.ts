import type { INestApplicationContext } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { StaffRole } from '../events/staff.events.js';
import { StaffAccounts } from '../modules/staff/staff-accounts.js';
import type { Notebook, NotedStaff } from './notebook.js';

/** Who closes the lists and proposes the seal. */
export const LISTS_CLOSED_BY = 'administration';

/** Who runs the demonstration: login, role, office. The board has two seats and four delegates, the least there may be. */
const people: readonly (readonly [login: string, role: StaffRole, office: string])[] = [
  [LISTS_CLOSED_BY, 'administrator', 'Administration'],
  ['presidence', 'board', 'Présidence du bureau'],
  ['secretariat', 'board', 'Secrétariat du bureau'],
  ['delegue-1', 'board', 'Premier siège de délégué'],
  ['delegue-2', 'board', 'Deuxième siège de délégué'],
  ['delegue-3', 'board', 'Troisième siège de délégué'],
  ['delegue-4', 'board', 'Quatrième siège de délégué'],
  ['audit', 'auditor', 'Audit'],
  ['assistance', 'assistance', 'Assistance'],
];

/** Adds the staff of a demonstration, each once, with passwords that its notebook keeps. */
export async function addStaff(app: INestApplicationContext, notebook: Notebook): Promise<void> {
  const accounts = app.get(StaffAccounts, { strict: false });
  for (const [login, role, office] of people) {
    if (notebook.staff.some((one) => one.login === login)) continue;
    const password = randomBytes(12).toString('base64url');
    const { staffId, totpKey } = await accounts.add(login, password, role);
    await notebook.noteStaff({ staffId, login, password, totpKey, role, office });
  }
}

/** The members of the board in the order of their seats. */
export function boardOf(notebook: Notebook): readonly NotedStaff[] {
  return notebook.staff.filter(({ role }) => role === 'board');
}
