/**
 * The arithmetic of Pedersen's distributed key (Belenios specification, « Threshold decryption »): holder i draws a
 * polynomial f_i of degree t - 1 and publishes g^(its coefficients); holder j's private share is the sum of f_i(j).
 */
import { modulo, product, randomScalar, type Element, type Group, type RandomBytes } from './group.js';

/** Coefficients from the constant one up, each in [0, q). As many as the threshold. */
export type Polynomial = readonly bigint[];

export function randomPolynomial(group: Group, threshold: number, random: RandomBytes): Polynomial {
  return Array.from({ length: threshold }, () => randomScalar(group, random));
}

/** f(x) mod q, by Horner's rule. */
export function evaluate(group: Group, polynomial: Polynomial, x: number): bigint {
  return polynomial.reduceRight((sum, coefficient) => modulo(sum * BigInt(x) + coefficient, group.order), 0n);
}

/** g^(coefficient) for each coefficient: what the holder publishes and everyone checks shares against. */
export function commitments(group: Group, polynomial: Polynomial): Element[] {
  return polynomial.map((coefficient) => group.g.exp(coefficient));
}

/** g^f(x), from the published g^(coefficients): the product of coefexp_k^(x^k). */
export function evaluateInExponent(group: Group, coefexps: readonly Element[], x: number): Element {
  return product(
    group,
    coefexps.map((coefexp, k) => (k === 0 ? coefexp : group.exp(coefexp, powerOf(group, x, k)))),
  );
}

/**
 * The coefficient of share `index` when the shares of `indices` are put together to give the polynomial's value at
 * `at`: the product of (k - at) / (k - index). At zero, which is the key itself, that is k / (k - index).
 */
export function lagrange(group: Group, index: number, indices: readonly number[], at = 0): bigint {
  let numerator = 1n;
  let denominator = 1n;
  for (const k of indices) {
    if (k === index) continue;
    numerator = modulo(numerator * BigInt(k - at), group.order);
    denominator = modulo(denominator * BigInt(k - index), group.order);
  }
  return modulo(numerator * inverse(denominator, group.order), group.order);
}

function powerOf(group: Group, x: number, k: number): bigint {
  let power = 1n;
  for (let i = 0; i < k; i += 1) power = modulo(power * BigInt(x), group.order);
  return power;
}

/** a^-1 mod q by the extended Euclidean algorithm. For public values: it takes a time that depends on a. */
function inverse(a: bigint, q: bigint): bigint {
  let [r0, r1, s0, s1] = [modulo(a, q), q, 1n, 0n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  return modulo(s0, q);
}
