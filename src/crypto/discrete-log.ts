import type { Element, Group } from './group.js';

/**
 * The numbers n with g^n = x, for n from 0 to `max`: baby steps and giant steps (Shanks), about 2·√max products, and
 * a table of √max that serves every x. For public results: it takes a time that depends on n.
 */
export function discreteLog(group: Group, max: number): (x: Element) => number | undefined {
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
