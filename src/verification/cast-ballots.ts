import { decode } from '../events/codec.js';

/** An event of a box as it is stored: decoded where ballots are checked, not where votes are taken. */
export interface BoxedEvent {
  readonly type: string;
  readonly data: string;
}

/** The ballots in events of a box, in their order. Throws `Corruption` on an event that cannot be read. */
export function castBallots(events: readonly BoxedEvent[]): string[] {
  return events.flatMap(({ type, data }) => {
    const event = decode(type, data);
    return event.type === 'VotesCast' ? event.data.ballots : [];
  });
}
