import { inParis, lasting } from './paris-time.js';

/** Delays in minutes, as a page says them (views/delays.eta). */
export function delaysSaid({
  answered,
  waiting,
  oldest,
  ...minutes
}: {
  readonly answered: number;
  readonly waiting: number;
  readonly oldest: Date | undefined;
  readonly median: number | undefined;
  readonly ninth: number | undefined;
  readonly longest: number | undefined;
}) {
  const said = (one: number | undefined) => (one === undefined ? undefined : lasting(one));
  return {
    answered,
    waiting,
    oldest: oldest && inParis(oldest),
    median: said(minutes.median),
    ninth: said(minutes.ninth),
    longest: said(minutes.longest),
  };
}
