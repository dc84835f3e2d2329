import { describe, expect, it } from '@jest/globals';
import { Addresses } from '../../src/http/addresses.js';

function failing(addresses: Addresses, address: string, times = 20): boolean {
  for (let time = 0; time < times; time++) addresses.count(address);
  return addresses.suspicious(address);
}

describe('an address', () => {
  it('is asked for a CAPTCHA after many failures, and its neighbours are not', () => {
    const addresses = new Addresses();
    expect(failing(addresses, '203.0.113.7', 19)).toBe(false);
    expect(failing(addresses, '203.0.113.7', 1)).toBe(true);
    expect(addresses.suspicious('::ffff:203.0.113.7')).toBe(true);
    expect(addresses.suspicious('203.0.113.8')).toBe(false);
  });
  it('of the sixth version counts by its /64', () => {
    const addresses = new Addresses();
    expect(failing(addresses, '2001:db8::1')).toBe(true);
    expect([
      addresses.suspicious('2001:DB8:0:0:9::2'),
      addresses.suspicious('2001:db8:0:1::1'),
    ]).toStrictEqual([true, false]);
  });
  it('of the organiser is never suspicious', () => {
    const addresses = new Addresses(['192.0.2.0/24', '2001:db8::/32', '198.51.100.4']);
    for (const one of ['192.0.2.200', '::ffff:192.0.2.200', '2001:db8:5::1', '198.51.100.4'])
      expect(failing(addresses, one)).toBe(false);
    expect(failing(addresses, '198.51.100.5')).toBe(true);
  });
  it('is counted at each door by itself', () => {
    const addresses = new Addresses();
    expect(failing(addresses, '203.0.113.7')).toBe(true);
    expect(addresses.suspicious('203.0.113.7', 'staff')).toBe(false);
  });
  it('that nobody knows is nobody’s', () => {
    expect(failing(new Addresses(), 'unknown')).toBe(false);
    expect(new Addresses().suspicious(undefined)).toBe(false);
  });
});
