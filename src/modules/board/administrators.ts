import type { LedgerEvent } from '../../events/codec.js';
import type { Ledger } from '../../ledger/ledger.js';

/** Folds `staff-<id>`: whether somebody administers the service now. */
const administers = {
  initial: false,
  evolve(now: boolean, event: LedgerEvent): boolean {
    if (event.type !== 'RoleGranted' && event.type !== 'RoleRevoked') return now;
    return event.data.role === 'administrator' ? event.type === 'RoleGranted' : now;
  },
};

/** Whether somebody may administer the service: then they hold no share of a key (CNIL 1-08). */
export async function isAdministrator(ledger: Ledger, staffId: string): Promise<boolean> {
  return (await ledger.load(administers, `staff-${staffId}`)).state;
}
