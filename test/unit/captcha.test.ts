import { solveChallenge, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { describe, expect, it } from '@jest/globals';
import { Captcha, type CaptchaKind, type Riddle } from '../../src/captcha/captcha.js';
import type { Digests } from '../../src/vault/digests.js';

const digests = { key: () => Promise.resolve(Buffer.alloc(32, 7)) } as unknown as Digests;
const time = { at: '2022-12-01T07:00:00.000Z', now: () => time.at };

async function asked(kind: CaptchaKind = 'digits') {
  const captcha = new Captcha(kind, digests, time);
  const session: { captchas?: readonly Riddle[] } = {};
  const offer = await captcha.offer(session);
  const riddle = session.captchas?.[0];
  if (!riddle) throw new Error('no riddle');
  const answer = (typed: string, id = offer.id) =>
    captcha.answered(session, { captchaId: id, captcha: typed });
  return { captcha, session, offer, riddle, answer, sum: String(riddle.left + riddle.right) };
}

describe('the CAPTCHA', () => {
  it('takes four digits, spaces or full width included, once', async () => {
    const { riddle, answer } = await asked();
    const wide = riddle.digits.replace(/\d/g, (digit) => ` ${String.fromCharCode(0xff10 + Number(digit))}`);
    expect(riddle.digits).toMatch(/^\d{4}$/);
    expect(await answer(wide)).toBe(true);
    expect(await answer(riddle.digits)).toBe(false);
  });

  it('takes the answer to the question in words instead', async () => {
    const { offer, answer, sum } = await asked();
    expect(offer.words).toMatch(/^[a-z]+ plus [a-z]+$/);
    expect(await answer(sum)).toBe(true);
  });

  it('is used up by a wrong answer', async () => {
    const { riddle, answer } = await asked();
    expect(await answer('12345')).toBe(false);
    expect(await answer(riddle.digits)).toBe(false);
  });

  it('belongs to its session, and to none after a quarter of an hour', async () => {
    const { riddle, answer } = await asked();
    expect(await (await asked()).answer(riddle.digits, riddle.id)).toBe(false);
    time.at = '2022-12-01T07:15:00.000Z';
    expect(await answer(riddle.digits)).toBe(false);
    time.at = '2022-12-01T07:00:00.000Z';
  });

  it('serves several tabs of a browser, and not endlessly many', async () => {
    const { captcha, session, riddle, answer } = await asked();
    for (let tab = 0; tab < 4; tab++) await captcha.offer(session);
    expect(session.captchas).toHaveLength(5);
    expect(await answer(riddle.digits)).toBe(true);
    for (let tab = 0; tab < 9; tab++) await captcha.offer(session);
    expect(session.captchas).toHaveLength(5);
  });

  it('is a picture, another one each time, for its session alone', async () => {
    const { captcha, session, riddle } = await asked();
    const picture = captcha.picture(session, riddle.id);
    expect(picture?.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(picture?.length).toBeLessThan(20_000);
    expect(captcha.picture(session, riddle.id)?.equals(picture ?? Buffer.alloc(0))).toBe(false);
    expect(captcha.picture({}, riddle.id)).toBeUndefined();
  });
});

describe('the CAPTCHA as a proof of work', () => {
  const worked = async (challenge: Challenge, id: string) => {
    const solution = await solveChallenge({ challenge, deriveKey });
    return { captchaId: id, proof: JSON.stringify({ challenge, solution }) };
  };

  it('takes the work, once, and only for its own riddle', async () => {
    const { captcha, session, offer } = await asked('altcha');
    const challenge = JSON.parse(offer.challenge ?? '') as Challenge;
    const answer = await worked(challenge, offer.id);
    const other = await captcha.offer(session);
    expect(await captcha.answered(session, { ...answer, captchaId: other.id })).toBe(false);
    expect(await captcha.answered(session, answer)).toBe(true);
    expect(await captcha.answered(session, answer)).toBe(false);
  });

  it('refuses work that was made easier, and what is no work at all', async () => {
    const { captcha, session, offer } = await asked('altcha');
    const challenge = JSON.parse(offer.challenge ?? '') as Challenge;
    const easier = { ...challenge, parameters: { ...challenge.parameters, cost: 1 } };
    expect(await captcha.answered(session, await worked(easier, offer.id))).toBe(false);
    const again = await captcha.offer(session);
    expect(await captcha.answered(session, { captchaId: again.id, proof: '{"challenge":' })).toBe(false);
  });

  it('takes the question in words of who has no JavaScript', async () => {
    const { answer, sum } = await asked('altcha');
    expect(await answer(sum)).toBe(true);
  });
});
