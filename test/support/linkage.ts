/** An attacker who has tables and wants to know whose a ballot is, by joining whatever can be joined. */

/** A place where one side of a vote shows: whose it is (a number that only the test knows), and all that stands beside it. */
export interface Trace {
  readonly who: number;
  readonly features: Readonly<Record<string, string | number>>;
}

/** The best that any join gives: how many of all were linked rightly, and by which join. */
export interface Linked {
  readonly share: number;
  readonly by: string;
}

/**
 * Tries every join of two lists of traces: those that agree in a feature (or all) are laid side by side, each side in the
 * order of one of its features, and paired by rank. Gives the best one.
 */
export function bestJoin(signatures: readonly Trace[], ballots: readonly Trace[], of: number): Linked {
  let best: Linked = { share: 0, by: 'nothing' };
  const [left, right] = [featuresOf(signatures), featuresOf(ballots)];
  for (const group of [undefined, ...left.filter((name) => right.includes(name))]) {
    const pairs = grouped(signatures, ballots, group);
    for (const p of left)
      for (const q of right) {
        const hits = pairs.reduce((sum, [some, others]) => sum + hitsOf(some, others, p, q), 0);
        if (hits / of > best.share)
          best = { share: hits / of, by: `${p} to ${q} within ${group ?? 'everything'}` };
      }
  }
  return best;
}

function featuresOf(traces: readonly Trace[]): string[] {
  return [...new Set(traces.flatMap(({ features }) => Object.keys(features)))];
}

function grouped(some: readonly Trace[], others: readonly Trace[], by: string | undefined) {
  const keyOf = ({ features }: Trace) => (by === undefined ? '' : String(features[by]));
  const right = byKey(others, keyOf);
  return [...byKey(some, keyOf)].map(([key, left]) => [left, right.get(key) ?? []] as const);
}

function byKey(traces: readonly Trace[], keyOf: (trace: Trace) => string): Map<string, Trace[]> {
  const groups = new Map<string, Trace[]>();
  for (const trace of traces) {
    const key = keyOf(trace);
    const group = groups.get(key);
    if (group) group.push(trace);
    else groups.set(key, [trace]);
  }
  return groups;
}

/** How many stand at the same rank on both sides and are the same vote. */
function hitsOf(some: readonly Trace[], others: readonly Trace[], p: string, q: string): number {
  const [left, right] = [sorted(some, p), sorted(others, q)];
  return left.filter(({ who }, rank) => right[rank]?.who === who).length;
}

function sorted(traces: readonly Trace[], by: string): Trace[] {
  return traces.toSorted((a, b) => {
    const [x, y] = [a.features[by] ?? '', b.features[by] ?? ''];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}
