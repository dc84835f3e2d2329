import { instant, uuid, vaultVersion } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** What can happen to one elector (stream `elector-<electorId>`). Who the elector is, only the vault knows. */
export const electorWires = [
  wire('ElectorRegistered.v1', { electorId: uuid, electionId: uuid, identity: vaultVersion, at: instant }),
  wire('ElectorCorrected.v1', { electorId: uuid, identity: vaultVersion, at: instant }),
] as const;

export type ElectorEvent = EventsOf<typeof electorWires>;
