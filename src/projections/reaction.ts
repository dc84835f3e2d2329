import { createHash } from 'node:crypto';
import type { LedgerEvent } from '../events/codec.js';
import type { Recorded } from './projection.js';

/** Something done in the world because of an event: a mail, an SMS. Never done again by a rebuild. */
export interface Reaction {
  readonly name: string;
  /** Which events it answers. */
  wants(event: LedgerEvent): boolean;
  /** Does it. A throw is tried again later; `key` is the same each time, so that the receiver can drop a repetition. */
  perform(recorded: Recorded, key: string): Promise<void>;
  /** At most so many a second, over all instances (one holds the name at a time). */
  readonly perSecond: number;
  /** At most so many under way at once; one, and so in order, unless said. */
  readonly atOnce?: number;
}

/** A random-looking name for one answer to one event, the same at every try: a Message-ID is made of it. */
export function answerKey(reaction: string, eventId: string): string {
  return createHash('sha256')
    .update(`isoloir/reaction/v1\n${reaction}\n${eventId}`)
    .digest('hex')
    .slice(0, 32);
}
