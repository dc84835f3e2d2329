import { createHash, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SessionData } from 'express-session';
import type { Clock } from '../ledger/clock.js';
import type { Digests } from '../vault/digests.js';
import { captchaPicture } from './captcha-picture.js';
import { offerProof, proofHolds } from './captcha-proof.js';

/** `digits`: a picture of four digits (F20). `altcha`: the browser works a second. Both take a question in words. */
export type CaptchaKind = 'digits' | 'altcha';

/** What one session is asked, until it answers once. */
export interface Riddle {
  readonly id: string;
  readonly digits: string;
  readonly left: number;
  readonly right: number;
  readonly expiresAt: string;
}

/** What a page shows. */
export interface CaptchaOffer {
  readonly id: string;
  readonly kind: CaptchaKind;
  /** « trois plus quatre », for those who do not see the picture or have no JavaScript (RGAA). */
  readonly words: string;
  /** The challenge of a proof of work, in JSON. */
  readonly challenge?: string;
}

/** The fields of a form that holds one. */
export interface CaptchaAnswer {
  readonly captchaId?: string | undefined;
  readonly captcha?: string | undefined;
  readonly proof?: string | undefined;
}

type Session = Partial<Pick<SessionData, 'captchas'>>;

declare module 'express-session' {
  interface SessionData {
    captchas: readonly Riddle[];
  }
}

const LIFE = 15 * 60_000; // milliseconds
const KEPT = 5; // tabs of one browser that may each hold a form
const NUMBERS =
  'un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize'.split(' ');

/** The CAPTCHA of screens E3, E6 and E9 (F20, F21): bound to the session, answered once, old after a quarter of an hour. */
export class Captcha {
  constructor(
    readonly kind: CaptchaKind,
    private readonly digests: Digests,
    private readonly clock: Clock,
  ) {}

  /** A new riddle for this session. */
  async offer(session: Session): Promise<CaptchaOffer> {
    const now = Date.parse(this.clock.now());
    const riddle: Riddle = {
      id: randomUUID(),
      digits: String(randomInt(10_000)).padStart(4, '0'),
      left: randomInt(1, NUMBERS.length + 1),
      right: randomInt(1, NUMBERS.length + 1),
      expiresAt: new Date(now + LIFE).toISOString(),
    };
    session.captchas = [...this.open(session), riddle].slice(-KEPT);
    const { id, left, right } = riddle;
    const words = `${NUMBERS[left - 1] ?? ''} plus ${NUMBERS[right - 1] ?? ''}`;
    if (this.kind === 'digits') return { id, kind: 'digits', words };
    const challenge = await offerProof(await this.secret(), id);
    return { id, kind: 'altcha', words, challenge };
  }

  /** Whether the answer is right. Right or wrong, the riddle is used up. */
  async answered(session: Session, { captchaId, captcha, proof }: CaptchaAnswer): Promise<boolean> {
    const open = this.open(session);
    const riddle = open.find(({ id }) => id === captchaId);
    session.captchas = open.filter(({ id }) => id !== captchaId);
    if (!riddle) return false;
    if (this.kind === 'altcha' && proof) return proofHolds(await this.secret(), riddle.id, proof);
    const typed = (captcha ?? '').normalize('NFKC').replaceAll(/\s/g, '');
    const sum = same(typed, String(riddle.left + riddle.right));
    return (same(typed, riddle.digits) && this.kind === 'digits') || sum;
  }

  /** The picture of a riddle that this session holds: another one each time it is asked. */
  picture(session: Session, id: string): Buffer | undefined {
    const riddle = this.open(session).find((one) => one.id === id);
    return riddle && this.kind === 'digits' ? captchaPicture(riddle.digits) : undefined;
  }

  private open({ captchas = [] }: Session): readonly Riddle[] {
    const now = this.clock.now();
    return captchas.filter(({ expiresAt }) => expiresAt > now);
  }

  private async secret(): Promise<string> {
    return (await this.digests.key('captcha')).toString('hex');
  }
}

/** In constant time, whatever the lengths. */
function same(typed: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(typed), digest(expected));
}
