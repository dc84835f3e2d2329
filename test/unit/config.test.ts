import { describe, expect, it } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { BadConfig, readConfig } from '../../src/config.js';

const production = {
  ISOLOIR_MODE: 'production',
  ISOLOIR_KEK_FILE: '/run/secrets/kek',
  SMTP_URL: 'smtps://relay.example',
  MAIL_FROM: 'Élection Professionnelle 2022 <elections@exemple.fr>',
  PUBLIC_URL: 'https://vote.example.fr',
};

describe('the configuration', () => {
  it('needs nothing for a demonstration', () => {
    expect(readConfig({})).toStrictEqual({
      mode: 'demonstration',
      demonstration: 'vote',
      host: '127.0.0.1',
      port: 3000,
      publicUrl: undefined,
      trustedProxies: [],
      organiserRanges: [],
      sessionIdleMinutes: 20,
      sessionLongestMinutes: 240,
      dataFolder: resolve('data'),
      databaseUrl: undefined,
      databaseOwnerUrl: undefined,
      databasePool: 5,
      eventStoreUrl: undefined,
      keyFile: undefined,
      clock: undefined,
      contentFolder: undefined,
      captcha: 'digits',
      logLevel: 'info',
      smtpUrl: undefined,
      smsUrl: undefined,
      smsToken: undefined,
      mailFrom: { name: 'Élection Professionnelle 2022', address: 'elections@demonstration.invalid' },
      mailBounces: undefined,
      mailsPerSecond: 20,
      remindAbstainers: false,
      transparencyOrigin: 'demonstration.invalid/transparence',
      transparencyPolicy: undefined,
      verificationThreads: availableParallelism(),
      verifier: 'kernel',
      batchWait: 1_000,
      thinBatchWait: 1_000,
    });
  });

  it('takes an instant of any zone for the clock', () => {
    expect(readConfig({ ISOLOIR_CLOCK: '2022-12-01T08:00:00+01:00' }).clock).toBe('2022-12-01T07:00:00.000Z');
  });

  it('cannot be changed once read', () => {
    expect(Object.isFrozen(readConfig(production))).toBe(true);
  });

  it.each([
    ['ISOLOIR_MODE', 'test', 'one of demonstration, production'],
    ['HOST', '', 'a host name or an address'],
    ['PORT', '', 'a whole number from 0 to 65535'],
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '3000x', 'a whole number from 0 to 65535'],
    ['PUBLIC_URL', 'http://vote.example.fr', 'the https address of the portal'],
    ['PUBLIC_URL', 'https://vote.example.fr/portail', 'the https address of the portal'],
    ['PUBLIC_URL', 'vote.example.fr', 'the https address of the portal'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'addresses or ranges such as 192.0.2.0/24'],
    ['ORGANISER_RANGES', 'loopback', 'addresses or ranges such as 192.0.2.0/24'],
    ['SESSION_IDLE_MINUTES', '4', 'a whole number from 5 to 120'],
    ['ISOLOIR_DATA', ' ', 'the path of a folder'],
    ['DATABASE_URL', 'mysql://localhost/isoloir', 'begins with postgres:// or postgresql://'],
    ['DATABASE_URL', 'postgres://', 'begins with postgres:// or postgresql://'],
    ['DATABASE_OWNER_URL', 'localhost', 'begins with postgres:// or postgresql://'],
    ['DATABASE_POOL', '0', 'a whole number from 1 to 100'],
    ['EVENTSTORE_URL', 'http://localhost:2113', 'begins with esdb:// or esdb+discover://'],
    ['ISOLOIR_KEK_FILE', '', '32 random bytes in base64'],
    ['ISOLOIR_CLOCK', '2022-12-01', 'an instant such as 2022-12-01T08:00:00+01:00'],
    ['ISOLOIR_CLOCK', '2022-13-01T08:00:00Z', 'an instant such as 2022-12-01T08:00:00+01:00'],
    ['SMTP_URL', 'relay.example', 'begins with smtp:// or smtps://'],
    ['MAIL_FROM', 'elections@exemple.fr', 'a name and an address such as'],
    ['MAIL_FROM', 'Élections <elections>', 'a name and an address such as'],
    ['MAIL_FROM', 'Élections\r\nBcc: x@y.fr <a@b.fr>', 'a name and an address such as'],
    ['MAIL_BOUNCES', 'retours', 'an address such as retours@exemple.fr'],
    ['VERIFICATION_THREADS', '0', 'a whole number from 1 to 256'],
    ['ISOLOIR_VERIFIER', 'both', 'one of kernel, sodium'],
    ['BATCH_WAIT_MS', '5001', 'a whole number from 10 to 5000'],
    ['THIN_BATCH_WAIT_MS', '20001', 'a whole number from 10 to 20000'],
    ['MAILS_PER_SECOND', '0', 'a whole number from 1 to 1000'],
    ['CAPTCHA', 'none', 'one of digits, altcha'],
    ['CONTENT', '', 'the path of a folder with pages in Markdown'],
    ['LOG_LEVEL', 'verbose', 'one of fatal, error, warn, info, debug, trace, silent'],
  ])('refuses %s=%s and says what it takes', (variable, value, takes) => {
    expect(refusal({ [variable]: value })).toMatch(`${variable}: takes `);
    expect(refusal({ [variable]: value })).toContain(takes);
  });

  it('takes plain http on the loopback address of a demonstration, and nowhere else', () => {
    expect(readConfig({ PUBLIC_URL: 'http://localhost:3000/' }).publicUrl).toBe('http://localhost:3000');
    expect(refusal({ HOST: '0.0.0.0' })).toMatch(/^PUBLIC_URL: /);
    expect(refusal({ ...production, PUBLIC_URL: 'http://127.0.0.1:3000' })).toMatch(/^PUBLIC_URL: /);
    expect(refusal({ ...production, PUBLIC_URL: undefined })).toMatch(/^PUBLIC_URL: /);
  });

  it.each([
    ['PUBLIC_URL', 'https://vote.example.fr'],
    ['DATABASE_URL', 'postgres://isoloir@localhost/isoloir'],
    ['EVENTSTORE_URL', 'esdb://localhost:2113'],
    ['ISOLOIR_KEK_FILE', '/run/secrets/kek'],
    ['SMTP_URL', 'smtps://relay.example'],
  ])('is not that of a demonstration beside %s, unless it says so', (variable, value) => {
    expect(refusal({ [variable]: value })).toBe(
      `ISOLOIR_MODE: takes production, or demonstration written out, beside ${variable}`,
    );
    expect(readConfig({ ISOLOIR_MODE: 'demonstration', [variable]: value }).mode).toBe('demonstration');
  });

  it('takes ranges between commas', () => {
    const { trustedProxies, organiserRanges } = readConfig({
      TRUSTED_PROXIES: 'loopback, 10.0.0.0/8',
      ORGANISER_RANGES: '2001:db8::/32,192.0.2.7',
    });
    expect(trustedProxies).toStrictEqual(['loopback', '10.0.0.0/8']);
    expect(organiserRanges).toStrictEqual(['2001:db8::/32', '192.0.2.7']);
  });

  it('never repeats a value, which may be a password', () => {
    expect(refusal({ DATABASE_URL: 'http://ann:secret@localhost' })).not.toContain('secret');
  });

  it('refuses an owner of the database without the database', () => {
    expect(refusal({ DATABASE_OWNER_URL: 'postgres://owner@localhost/isoloir' })).toContain(
      'DATABASE_OWNER_URL: takes a value only together with DATABASE_URL',
    );
  });
});

describe('the configuration of production', () => {
  it('refuses a clock that was moved', () => {
    expect(refusal({ ...production, ISOLOIR_CLOCK: '2022-12-01T08:00:00Z' })).toMatch(/^ISOLOIR_CLOCK: /);
  });

  it.each(['ISOLOIR_KEK_FILE', 'SMTP_URL', 'MAIL_FROM'])('needs %s', (variable) => {
    const message = refusal({ ...production, [variable]: undefined });
    expect(message).toMatch(new RegExp(`^${variable}: .*production needs it$`));
  });
});

/** The message of the `BadConfig` that these variables cause; anything else fails the test. */
function refusal(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof BadConfig) return error.message;
    throw error;
  }
  throw new Error('the configuration was taken');
}
