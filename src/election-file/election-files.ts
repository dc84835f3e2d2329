import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Foundation } from '../foundation.js';
import { Candidatures, type Papers } from '../modules/scrutin/candidatures.js';
import { StaffAccounts } from '../modules/staff/staff-accounts.js';
import { readElectionFile } from './election-file.js';
import { planOf, type Change } from './election-plan.js';

/** What applying the file of an election would change; nothing, when the ledger says the same. Writes nothing. */
export async function changesOf(
  app: INestApplicationContext,
  { ledger, clock }: Foundation,
  path: string,
): Promise<Change[]> {
  const file = readElectionFile(await readFile(path, 'utf8'));
  const staff = await app.get(StaffAccounts, { strict: false }).list();
  return planOf(file, {
    ledger,
    candidatures: app.get(Candidatures, { strict: false }),
    staff: new Map(staff.map(({ login, staffId }) => [login, staffId])),
    folder: dirname(path),
    now: clock.now(),
  });
}

/** Makes the changes, in their order. Cut off in the middle, applying the file again makes the rest. */
export async function applyChanges(app: INestApplicationContext, changes: readonly Change[]): Promise<void> {
  const candidatures = app.get(Candidatures, { strict: false });
  for (const { command } of changes) {
    if ('documents' in command) await candidatures.enter(command as Papers);
    else await app.get(CommandBus).execute(command);
  }
}
