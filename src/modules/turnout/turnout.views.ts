import { inParisShort } from '../../http/paris-time.js';
import { bar, lineChart } from './chart.js';
import { dimensions, type Cell } from '../../vault/units.js';
import { grouped, rate, type HourFigure } from './figures.js';
import type { ElectionFigures, ScrutinFigures, Turnouts } from './turnouts.js';

const PHASES: Readonly<Record<ScrutinFigures['phase'], string>> = {
  sealed: 'pas encore ouvert',
  open: 'ouvert',
  suspended: 'suspendu',
  frozen: 'clos',
  tallied: 'clos',
  proclaimed: 'clos',
};
const UNITS = { academy: 'Par académie', department: 'Par département', corps: 'Par corps' } as const;

/** What the page of an election shows. */
export function electionView(figures: ElectionFigures) {
  const { electionId, title, electors, votes, hours, scrutins, earlier, earlierHours } = figures;
  return {
    electionId,
    pulse: figures.pulse,
    title,
    electors: grouped(electors),
    votes: grouped(votes),
    rate: rate(votes, electors),
    earlier: earlier && rate(earlier.votes, earlier.electors),
    scrutins: scrutins.map((one) => ({
      ...scrutinRow(one),
      href: `/personnel/participation/${electionId}/scrutins/${one.scrutinId}`,
    })),
    ...hourView(hours, earlierHours),
    compared: earlier !== undefined,
  };
}

/** What the page of one scrutin shows. */
export function scrutinView(
  electionId: string,
  found: NonNullable<Awaited<ReturnType<Turnouts['ofScrutin']>>>,
) {
  const { figures, hours, units } = found;
  return {
    electionId,
    pulse: found.pulse,
    scrutin: scrutinRow(figures),
    ...hourView(hours, []),
    units: units && {
      at: inParisShort(units.at),
      parts: dimensions.map((dimension) => ({
        title: UNITS[dimension],
        cells: units.cells[dimension].map(cellRow),
      })),
    },
  };
}

function scrutinRow({ title, code, phase, electors, votes, earlier }: ScrutinFigures) {
  return {
    ...{ title, code },
    phase: PHASES[phase],
    electors: grouped(electors),
    votes: grouped(votes),
    rate: rate(votes, electors),
    bar: bar(electors === 0 ? 0 : votes / electors),
    earlier: earlier && rate(earlier.votes, earlier.electors),
  };
}

function cellRow({ name, electors, votes }: Cell) {
  return {
    name,
    electors: grouped(electors),
    votes: grouped(votes),
    rate: rate(votes, electors),
    bar: bar(votes / electors),
  };
}

function hourView(hours: readonly HourFigure[], earlier: readonly (number | undefined)[]) {
  const labels = hours.map(({ hour }) => inParisShort(hour).replace(/\/\d{4} à (\d+)h.*/, ' $1h'));
  const series = [{ name: 'Cette élection', values: hours.map(({ sum }) => sum) }];
  const compared = earlier.some((value) => value !== undefined);
  return {
    chart:
      hours.length > 0
        ? lineChart(
            labels,
            compared ? [...series, { name: 'Élection précédente', values: earlier }] : series,
            '',
          )
        : '',
    legend: compared,
    hours: hours.map(({ hour, votes, sum }, index) => ({
      hour: inParisShort(hour).replace(' (heure de Paris)', ''),
      votes: grouped(votes),
      sum: grouped(sum),
      earlier: earlier[index] === undefined ? undefined : grouped(earlier[index]),
    })),
  };
}
