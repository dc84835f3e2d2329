/** Two-sided p-values under the normal approximation, which is good from some 30 samples a group. */

/** Welch's t-test: whether two means differ, without assuming equal variances. */
export function welch(a: readonly number[], b: readonly number[]): number {
  const error = Math.sqrt(variance(a) / a.length + variance(b) / b.length);
  return error === 0 ? 1 : twoSided((mean(a) - mean(b)) / error);
}

/** The Mann-Whitney test: whether one group tends to be larger. Corrected for ties. */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))];
  all.sort((one, other) => one.value - other.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const rank = (from + to + 1) / 2; // the mean of ranks from + 1 to `to`
    ranks += rank * all.slice(from, to).filter(({ ofA }) => ofA).length;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const n = all.length;
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const spread = Math.sqrt(((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1))));
  return spread === 0 ? 1 : twoSided((u - (a.length * b.length) / 2) / spread);
}

function mean(sample: readonly number[]): number {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length;
}

function variance(sample: readonly number[]): number {
  const middle = mean(sample);
  return sample.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (sample.length - 1);
}

/** P(|Z| ≥ |z|), by Abramowitz and Stegun 7.1.26. */
function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return series * Math.exp(-x * x);
}
