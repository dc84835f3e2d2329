import { countdownTo, type Countdown } from './countdown.js';
import { inParis, openPeriod } from './paris-time.js';

/** What the pages say of the time of a vote. */
export interface VotingTimes {
  readonly countdown: Countdown;
  readonly period: string;
  /** Nobody votes any more but in the scrutins that close later. */
  readonly lateOnly: boolean;
  /** Scrutins that close later than the others and are not closed yet (F113), by their closing. */
  readonly later: readonly Closing[];
}

/** A closing in words, and the scrutins that close then. */
export interface Closing {
  readonly until: string;
  readonly titles: readonly string[];
}

interface Closes {
  readonly title: string;
  readonly closesAt: Date;
}

/** Scrutins by their closing, the first one first: an extension concerns one and not the other (F4, F113). */
export function byClosing(scrutins: readonly Closes[]): Closing[] {
  const instants = [...new Set(scrutins.map(({ closesAt }) => closesAt.getTime()))].sort((a, b) => a - b);
  return instants.map((instant) => ({
    until: `${inParis(new Date(instant))} (heure de Paris)`,
    titles: scrutins.filter(({ closesAt }) => closesAt.getTime() === instant).map(({ title }) => title),
  }));
}

/** `closes` is when the vote closes but in the scrutins that are `extended`. */
export function votingTimes(opens: Date, closes: Date, extended: readonly Closes[], now: Date): VotingTimes {
  const open = extended.filter(({ closesAt }) => closesAt > now && closesAt > closes);
  const first = Math.min(...open.map(({ closesAt }) => closesAt.getTime()));
  const next = now < closes || open.length === 0 ? closes : new Date(first);
  return {
    countdown: countdownTo(opens, next, now),
    period: openPeriod(opens, closes),
    lateOnly: now >= closes && open.length > 0,
    later: byClosing(open),
  };
}
