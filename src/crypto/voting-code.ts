/**
 * Voting codes: 20 symbols of Crockford's base 32, shown in four groups of five; 18 of them are random (90 bits), two
 * are checks. docs/protocol.md, rules V1 to V4.
 *
 * Read as one number in base 32, N = Σ sᵢ · 32^(19−i), a code is valid when N is a multiple of 1021: a sum of its
 * symbols, symbol i with the weight wᵢ = 32^(19−i) mod 1021. What that catches, with δ a difference of two symbols,
 * 0 < |δ| < 32, follows from 1021 being prime and from 32 having order 68 modulo 1021, so that the twenty weights are
 * distinct and none is zero:
 * - one wrong symbol, at any place, adds wᵢ·δ, a product of two numbers that 1021 does not divide;
 * - two symbols exchanged, neighbours or not, add (wᵢ − wⱼ)·δ, likewise;
 * - two equal neighbours both mistyped alike (77 for 33) add wᵢ₊₁·33·δ, likewise.
 * Anything else passes once in 1021.
 */
import { bytesToInteger, draw, type RandomBytes } from './group.js';

declare const checked: unique symbol;

/** A valid code in its canonical form, `XXXXX-XXXXX-XXXXX-XXXXX`. */
export type VotingCode = string & { readonly [checked]: true };

/** What reading a typed code gives: the code, or what to tell the elector. */
export type ReadCode =
  | { readonly code: VotingCode }
  /** `length`: not 20 symbols. `symbol`: one that codes do not have (U, *). `check`: some symbol is wrong. */
  | { readonly problem: 'length' | 'symbol' | 'check' };

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 20;
const DATA = 18;
const MODULUS = 1021;

/** A new code from ninety random bits. */
export function makeVotingCode(random: RandomBytes): VotingCode {
  const bits = bytesToInteger(draw(random, 12));
  const symbols = Array.from({ length: DATA }, (_, i) => Number(BigInt.asUintN(5, bits >> BigInt(5 * i))));
  const check = checkOf(symbols);
  return canonical([...symbols, check >> 5, check & 31]);
}

/** Reads what somebody typed: any case, spaces and hyphens anywhere, O for 0, I and L for 1 (rule V3). */
export function readVotingCode(typed: string): ReadCode {
  const compact = typed
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (compact.length !== LENGTH) return { problem: 'length' };
  const symbols = Array.from(compact, (symbol) => ALPHABET.indexOf(symbol));
  if (symbols.includes(-1)) return { problem: 'symbol' };
  const [high = 0, low = 0] = symbols.slice(DATA);
  if (checkOf(symbols.slice(0, DATA)) !== 32 * high + low) return { problem: 'check' };
  return { code: canonical(symbols) };
}

/** The two check symbols as one number, from 0 to 1020: what makes the whole a multiple of 1021. */
function checkOf(data: readonly number[]): number {
  let rest = 0;
  for (const symbol of data) rest = (rest * 32 + symbol) % MODULUS;
  return (MODULUS - ((rest * 1024) % MODULUS)) % MODULUS;
}

function canonical(symbols: readonly number[]): VotingCode {
  const text = symbols.map((symbol) => ALPHABET.charAt(symbol)).join('');
  return (text.match(/.{5}/g) ?? []).join('-') as VotingCode;
}
