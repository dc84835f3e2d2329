import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Time-based one-time passwords: RFC 6238 over RFC 4226, as authenticator applications have them (SHA-1, 30 s, six digits). */

const STEP = 30_000; // milliseconds
const DIGITS = 6;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'; // RFC 4648, section 6

/** A fresh key in base32: 160 bits, the length that RFC 4226 (R6) recommends. */
export function newTotpKey(): string {
  return toBase32(randomBytes(20));
}

/** The step that an instant (UTC) lies in. */
export function stepAt(now: string): number {
  return Math.floor(Date.parse(now) / STEP);
}

/** The code of one step; `digits` other than six is for the vectors of the RFC. */
export function totp(key: string, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(key)).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15; // dynamic truncation, RFC 4226 section 5.3
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return number.toString().padStart(digits, '0');
}

/** Whether what was typed is as long as two codes, one after the other. */
export function isPair(code: string): boolean {
  return code.replaceAll(/\s/g, '').length === 2 * DIGITS;
}

/**
 * The step whose code this is, one step early or late allowed (RFC 6238, section 5.2); undefined when it is none of the
 * three. Of two codes it is the second one's, if the first is that of the step before (RFC 4226, section 7.4). All three are
 * compared, so that time tells nothing. Whoever calls it sees to it that no step serves twice.
 */
export function stepOf(key: string, code: string, now: string): number | undefined {
  const pair = isPair(code);
  const typed = Buffer.from(code.replaceAll(/\s/g, ''));
  const current = stepAt(now);
  let found: number | undefined;
  for (const step of [current - 1, current, current + 1]) {
    const expected = Buffer.from((pair ? totp(key, step - 1) : '') + totp(key, step));
    if (typed.length === expected.length && timingSafeEqual(typed, expected)) found = step;
  }
  return found;
}

/** What an authenticator application reads from the QR code. */
export function otpauthUrl(key: string, login: string, issuer = 'Isoloir'): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(login)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent(issuer)}`;
}

export function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (symbol) => BASE32.indexOf(symbol).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
