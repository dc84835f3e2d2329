import { sha256 } from '@noble/hashes/sha2.js';
import { modulo, opaqueGroup, type FixedBase, type Group } from './group.js';
import { Malformed } from './malformed.js';

const digits = (...lines: string[]) => BigInt(lines.join(''));

/** p, g and q of BELENIOS-2048: Belenios specification, « Group parameters ». p and q are prime, g^q = 1 (mod p). */
export const BELENIOS_2048 = {
  p: digits(
    '206947856914225464010136436575050080649229892957511040971008847870573742192427174019222372',
    '544976843381290666331380789584049600543896362897963930387739057228036059737494276713767776',
    '188985898727358650490811670993105358677809800307904916540637771737641986785272734744763418',
    '356000356983051931442845617019110007867373073335641239717328979132404745788344682606523279',
    '746479511376726586935821800463179220736688600526271863633860887968821207694323661494910029',
    '234443463732221458841005864210502421203654335612013204811188524087310770141516662001623131',
    '77169372189248078507711827842317498073276598828825169183103125680162072880719',
  ),
  g: digits(
    '240235267750185220922768770353239993271228765737836491651007531878766327414635321932028567',
    '615526967879969466829874938909508389657342560190060106847716449173547413728310461045868131',
    '451178164675540052740288984613986453266121505579709716201616827031288643245666383486363578',
    '210615491841998253431518974065818686865115135857641013888221539601604322884360393098933366',
    '277284840659313840601023167509576377798266510360682240663507669776402534625377308513317349',
    '519424896775405257365904949247763147599157519877517771148149092045660020547812705472823814',
    '0972518639858334115700568353695553423781475582491896050296680037745308460627',
  ),
  q: 78571733251071885079927659812671450121821421258408794611510081919805623223441n,
} as const;

const { p, q, g } = BELENIOS_2048;
const utf8 = new TextEncoder();

/** What a back-end of BELENIOS-2048 may do in its own way. */
export interface PowerBackEnd {
  readonly backEnd: string;
  /** x^k (mod p), 0 <= x < p, 0 <= k < 2²⁵⁶ */
  exp(x: bigint, k: bigint): bigint;
  /** Whether x^q = 1 (mod p). */
  isMember(x: bigint): boolean;
  /** The tables of fixed bases. */
  readonly tables: {
    /** Whether powers by secrets may use them too: they are faster, but not in constant time. */
    readonly secrets: boolean;
    /** Bits of an exponent that one factor stands for: 256 / window factors, each among 2^window. */
    readonly window: number;
    /** Powers after which a table is made: about what making it costs, so that no use pays more than twice. */
    readonly after: number;
  };
  sha256(text: string): Uint8Array;
}

/** x^k (mod p), four bits of k at a time. */
export function power(x: bigint, k: bigint): bigint {
  const small = [1n, x];
  for (let i = 2; i < 16; i++) small.push(((small[i - 1] as bigint) * x) % p);
  let result = 1n;
  for (const digit of k.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % p;
    if (digit !== '0') result = (result * (small[parseInt(digit, 16)] as bigint)) % p;
  }
  return result;
}

/** x^(d · 2^(window · i)) for every digit d and place i, so that a power is one product for each digit of k. */
function powersOf(x: bigint, window: number): Table {
  const size = 1 << window;
  const places: bigint[][] = [];
  let step = x;
  for (let bit = 0; bit < 256; bit += window) {
    const row = [1n];
    for (let digit = 1; digit < size; digit++) row.push(((row[digit - 1] as bigint) * step) % p);
    places.push(row);
    step = ((row[size - 1] as bigint) * step) % p;
  }
  return (k) => {
    let result = 1n;
    let rest = k;
    for (const row of places) {
      const digit = Number(BigInt.asUintN(window, rest));
      if (digit !== 0) result = (result * (row[digit] as bigint)) % p;
      rest >>= BigInt(window);
    }
    return result;
  };
}

/** Powers of one base by any exponent, from its table. */
type Table = (k: bigint) => bigint;

/** Tables are kept for this many keys, the last ones made; the scrutins of a board share one. */
const MAX_TABLES = 8;

function fixedBase(element: bigint, power: PowerBackEnd, tables: Map<bigint, Table>): FixedBase<bigint> {
  const { secrets, window, after } = power.tables;
  let uses = 0;
  const fast = (k: bigint) => {
    const known = tables.get(element);
    if (known) return known(k);
    if (uses++ < after) return power.exp(element, k);
    uses = 0; // once thrown away, a table has to be earned again
    const [oldest] = tables.keys();
    if (tables.size >= MAX_TABLES && oldest !== undefined) tables.delete(oldest);
    const made = powersOf(element, window);
    tables.set(element, made);
    return made(k);
  };
  return {
    element,
    exp: secrets ? fast : (k) => power.exp(element, k),
    commit: (r, x, c) => (fast(r) * power.exp(x, c)) % p,
  };
}

/** BELENIOS-2048 over a way to raise to a power. An element is an integer modulo p. */
export function belenios2048(power: PowerBackEnd): Group {
  const again = (text: string, path: string) => {
    if (typeof text !== 'string' || text.length > 617 || !/^[1-9][0-9]*$/.test(text)) {
      throw new Malformed(path, 'not a canonical decimal');
    }
    const value = BigInt(text);
    if (value >= p) throw new Malformed(path, 'not below the modulus');
    return value;
  };
  const parse = (text: string, path: string) => {
    const value = again(text, path);
    if (!power.isMember(value)) throw new Malformed(path, 'outside the prime-order group');
    return value;
  };
  const tables = new Map<bigint, Table>();
  const group: Group<bigint> = {
    name: 'BELENIOS-2048',
    backEnd: power.backEnd,
    order: q,
    identity: 1n,
    g: fixedBase(g, power, new Map()),
    parse,
    read: parse,
    again,
    print: (x) => x.toString(),
    equal: (a, b) => a === b,
    mul: (a, b) => (a * b) % p,
    div: (a, b) => (a * inverse(b)) % p,
    exp: (x, k) => power.exp(x, k),
    fixedBase: (x) => fixedBase(x, power, tables),
    sha256: (text) => power.sha256(text),
  };
  return opaqueGroup(group);
}

/** x⁻¹ (mod p), by Euclid: ten times faster than a power, and only ever used on public values. */
function inverse(x: bigint): bigint {
  let [a, b, u, v] = [x, p, 1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b, u, v] = [b, a - quotient * b, v, u - quotient * v];
  }
  return modulo(u, p);
}

/** BELENIOS-2048 with the integers of the language: the back-end of browsers. Not in constant time. */
export const belenios2048BigInt: Group = belenios2048({
  backEnd: 'BigInt',
  exp: power,
  isMember: (x) => power(x, q) === 1n,
  tables: { secrets: true, window: 6, after: 8 },
  sha256: (text) => sha256(utf8.encode(text)),
});
