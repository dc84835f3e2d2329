/** How long until an instant, as the public and private pages show it (F4). */
export interface Remaining {
  readonly days: string;
  readonly hours: string;
  readonly minutes: string;
}

const MINUTE = 60_000;

/**
 * Time that really passes, so that an hour gained by the end of summer time counts. A minute that has begun counts
 * whole: at 12h27 and 40 seconds the page says what it said at 12h27, and zero is only shown when the time is up.
 */
export function remaining(now: number, until: number): Remaining {
  const minutes = Math.max(0, Math.ceil((until - now) / MINUTE));
  return {
    days: twoDigits(Math.floor(minutes / 1440)),
    hours: twoDigits(Math.floor(minutes / 60) % 24),
    minutes: twoDigits(minutes % 60),
  };
}

/** What the countdown of a page counts to, or that there is nothing left to count. */
export type Countdown =
  | { readonly phase: 'before' | 'open'; readonly until: Date; readonly now: Date; readonly left: Remaining }
  | { readonly phase: 'closed' };

/** Before the opening it counts to the opening, then to the closing, of which the instant itself is closed. */
export function countdownTo(opens: Date, closes: Date, now: Date): Countdown {
  if (now >= closes) return { phase: 'closed' };
  const until = now < opens ? opens : closes;
  const left = remaining(now.getTime(), until.getTime());
  return { phase: now < opens ? 'before' : 'open', until, now, left };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
