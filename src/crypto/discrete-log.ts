import type { Element, Group } from './group.js';

/** A table of a million: more votes than any country has. */
const MAX = 1e12;

/**
 * The numbers n with g^n = x, for n from 0 to `max`: baby steps and giant steps (Shanks), about 2·√max products, and
 * a table of √max that serves every x. For public results: it takes a time that depends on n. Throws `RangeError` for a
 * `max` that is not an integer from 0 to 10¹², whose table would fill the memory.
 */
export function discreteLog(group: Group, max: number): (x: Element) => number | undefined {
  if (!Number.isSafeInteger(max) || max < 0 || max > MAX) throw new RangeError(`no logarithms up to ${max}`);
  const width = Math.ceil(Math.sqrt(max + 1));
  const babySteps = new Map<string, number>();
  let step = group.identity;
  for (let n = 0; n < width; n += 1) {
    babySteps.set(group.print(step), n);
    step = group.mul(step, group.g.element);
  }
  const giantStep = group.g.exp(group.order - BigInt(width)); // back by width: a product, where division inverts
  return (x) => {
    let rest = x;
    for (let giant = 0; giant <= max; giant += width) {
      const baby = babySteps.get(group.print(rest));
      if (baby !== undefined) return giant + baby <= max ? giant + baby : undefined;
      rest = group.mul(rest, giantStep);
    }
    return undefined;
  };
}
