import { instant, integer, sha256, text } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** The signed roots of the transparency log (stream `checkpoints`, read backwards). Not leaves of it themselves. */
export const checkpointWires = [
  wire('CheckpointSigned.v1', {
    size: integer(0, Number.MAX_SAFE_INTEGER),
    root: sha256,
    note: text(20_000), // the signed note, cosignatures included
    at: instant,
  }),
] as const;

export type CheckpointEvent = EventsOf<typeof checkpointWires>;
