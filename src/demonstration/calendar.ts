import { fromParisField, inParisField } from '../http/paris-time.js';

/** The calendar of 2022, moved so that a demonstration that begins today can be voted in today. */

/** What the calendar of an election says; see `CalendarSet`. */
export interface DemonstrationCalendar {
  readonly portalOpensAt: string;
  readonly listsShownAt: string;
  readonly candidatesDueAt: string;
  readonly candidatesShownAt: string;
  readonly noticesFrom: string;
  readonly votingOpensAt: string;
  readonly votingClosesAt: string;
  readonly graceMinutes: number;
}

/** Days from the opening of the vote, and the hour in Paris (F1 to F3). */
const moments = {
  portalOpensAt: [-49, 10],
  listsShownAt: [-49, 10],
  candidatesDueAt: [-42, 17],
  candidatesShownAt: [-15, 8],
  noticesFrom: [-24, 8],
  votingOpensAt: [0, 8],
  votingClosesAt: [7, 17],
} as const;

const OPENING = '2022-12-01';
const DAY = 86_400_000; // milliseconds

/**
 * The calendar of 2022 while that vote was not over; later, that of a vote which opened at 8 h in Paris today, or yesterday
 * when it is earlier than that.
 */
export function demonstrationCalendar(now: string): DemonstrationCalendar {
  const real = calendarFrom(OPENING);
  if (Date.parse(now) < Date.parse(real.votingClosesAt)) return real;
  const today = calendarFrom(dayInParis(Date.parse(now)));
  return Date.parse(today.votingOpensAt) <= Date.parse(now)
    ? today
    : calendarFrom(dayInParis(Date.parse(now) - DAY));
}

function calendarFrom(opening: string): DemonstrationCalendar {
  const at = ([days, hour]: readonly [number, number]) =>
    fromParisField(`${addDays(opening, days)}T${String(hour).padStart(2, '0')}:00`).toISOString();
  return {
    portalOpensAt: at(moments.portalOpensAt),
    listsShownAt: at(moments.listsShownAt),
    candidatesDueAt: at(moments.candidatesDueAt),
    candidatesShownAt: at(moments.candidatesShownAt),
    noticesFrom: at(moments.noticesFrom),
    votingOpensAt: at(moments.votingOpensAt),
    votingClosesAt: at(moments.votingClosesAt),
    graceMinutes: 20,
  };
}

/** `2022-12-01`, the day that it is in Paris. */
function dayInParis(time: number): string {
  return inParisField(new Date(time)).slice(0, 10);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00.000Z`) + days * DAY).toISOString().slice(0, 10);
}
