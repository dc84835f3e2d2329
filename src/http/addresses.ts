import { createHmac, randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

const WINDOW = 10 * 60_000; // milliseconds
const MANY = 20; // failures in a window
const MOST = 100_000; // addresses kept; more than that is an attack from everywhere, and all are suspicious

/** What was tried: each is counted by itself. */
export type Door = 'electors' | 'staff' | 'resets';

/**
 * Networks from which much failed, or was asked, lately. Such a network is never shut out (whole academies share an address),
 * only asked for more: electors for a CAPTCHA, the staff for a second code; those of the organiser not even that. Kept in
 * memory, under a key that lives no longer than a window.
 */
export class Addresses {
  private readonly exempt = new BlockList();
  private failures = new Map<string, number>();
  private key = randomBytes(32);
  private since = performance.now();

  constructor(exemptRanges: readonly string[] = []) {
    for (const range of exemptRanges) {
      const [address = '', bits] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      this.exempt.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
    }
  }

  /** Counts a failure, or a request of what costs others something. */
  count(address: string | undefined, door: Door = 'electors'): void {
    const key = this.keyOf(address, door);
    if (key !== undefined && this.failures.size < MOST)
      this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
  }

  /** Whether more is asked for here than elsewhere. */
  suspicious(address: string | undefined, door: Door = 'electors'): boolean {
    const key = this.keyOf(address, door);
    return key !== undefined && (this.failures.size >= MOST || (this.failures.get(key) ?? 0) >= MANY);
  }

  private keyOf(address: string | undefined, door: Door): string | undefined {
    if (performance.now() - this.since > WINDOW) {
      this.failures = new Map();
      this.key = randomBytes(32);
      this.since = performance.now();
    }
    const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    const family = isIP(plain);
    if (family === 0 || this.exempt.check(plain, family === 6 ? 'ipv6' : 'ipv4')) return undefined;
    return createHmac('sha256', this.key)
      .update(`${door} ${networkOf(plain)}`)
      .digest('base64');
  }
}

/** Whose an address is: an IPv6 subscriber has a /64 at least; IPv4 stays as it is, also where it is written as IPv6. */
export function networkOf(written: string): string {
  const address = written.replace(/^::ffff:(?=\d+\.)/, '');
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4).join(':');
}
