import { countdownTo, type Countdown } from './countdown.js';
import { inParis, openPeriod } from './paris-time.js';

/** What the pages say of the time of a vote. */
export interface VotingTimes {
  readonly countdown: Countdown;
  readonly period: string;
  /** Nobody votes any more but in the scrutins that close later. */
  readonly lateOnly: boolean;
  /** Scrutins that close later than the others and are not closed yet (F113), by their closing. */
  readonly later: readonly { readonly until: string; readonly titles: readonly string[] }[];
}

/** `closes` is when the vote closes but in the scrutins that are `extended`. */
export function votingTimes(
  opens: Date,
  closes: Date,
  extended: readonly { readonly title: string; readonly closesAt: Date }[],
  now: Date,
): VotingTimes {
  const open = extended.filter(({ closesAt }) => closesAt > now && closesAt > closes);
  const instants = [...new Set(open.map(({ closesAt }) => closesAt.getTime()))].sort((a, b) => a - b);
  const next = now < closes ? closes : new Date(instants[0] ?? closes);
  return {
    countdown: countdownTo(opens, next, now),
    period: openPeriod(opens, closes),
    lateOnly: now >= closes && open.length > 0,
    later: instants.map((instant) => ({
      until: `${inParis(new Date(instant))} (heure de Paris)`,
      titles: open.filter(({ closesAt }) => closesAt.getTime() === instant).map(({ title }) => title),
    })),
  };
}
