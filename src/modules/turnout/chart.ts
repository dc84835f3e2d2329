/** Charts as SVG, drawn by the server. Each stands beside a table with the same figures, and is hidden from readers of it. */

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 56;
const BOTTOM = 28;
const TOP = 10;

/** One series of a chart: what it is called, and a value for each place on the axis; undefined where there is none. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

/** A line chart. `labels` stand below the axis, every n-th so that none overlap. */
export function lineChart(labels: readonly string[], series: readonly Series[], unit: string): string {
  const highest = niceAbove(
    Math.max(1, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))),
  );
  const across = (index: number) => LEFT + ((WIDTH - LEFT - 8) * index) / Math.max(1, labels.length - 1);
  const down = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / highest);
  const grid = [0, 0.5, 1].map((part) => {
    const y = round(down(part * highest));
    const said = `${String(part * highest).replace('.', ',')}${unit}`;
    return `<line class="grid" x1="${LEFT}" y1="${y}" x2="${WIDTH - 8}" y2="${y}"/><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${escaped(said)}</text>`;
  });
  const step = Math.ceil(labels.length / 8);
  const names = labels.map((label, index) =>
    index % step === 0
      ? `<text x="${round(across(index))}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(label)}</text>`
      : '',
  );
  const lines = series.map(({ values }, number) => {
    const points = values.flatMap((value, index) =>
      value === undefined ? [] : [`${round(across(index))},${round(down(value))}`],
    );
    const dot =
      points.length === 1
        ? `<circle class="series-${number}" cx="${(points[0] ?? '').replace(',', '" cy="')}" r="3"/>`
        : '';
    return `<polyline class="series-${number}" points="${points.join(' ')}"/>${dot}`;
  });
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-hidden="true" focusable="false">${grid.join('')}${names.join('')}${lines.join('')}</svg>`;
}

/** A bar of a share from 0 to 1, for a cell of a table. */
export function bar(share: number): string {
  const width = round(Math.min(1, Math.max(0, share)) * 100);
  return `<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="whole" width="100" height="8"/><rect class="part" width="${width}" height="8"/></svg>`;
}

/** The next of 1, 2, 5 times a power of ten whose half is whole: nobody is half an elector. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const above = ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
  return above % 2 === 0 ? above : above === 5 ? 10 : 2;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
