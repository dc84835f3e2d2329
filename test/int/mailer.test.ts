import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { CatchAll } from '../../src/mail/catch-all.js';
import { Mailer, MailNotSent, RecipientRefused, returnAddress } from '../../src/mail/mailer.js';

const from = { name: 'Élection Professionnelle 2022', address: 'elections@exemple.fr' };
const letter = { subject: 'Ouverture du portail', html: '<p>é</p>', text: 'é' };
const linkId = '3c1f7a52-6d7e-4f55-8d6c-0a4a5b6c7d8e';
const ann = { to: 'ann@exemple.fr', key: 'cafe', linkId };

describe('the mailer, over real SMTP', () => {
  const catchAll = new CatchAll((address) => address.startsWith('nobody@'), 3);
  let mailer: Mailer;
  beforeAll(async () => {
    mailer = new Mailer({ smtpUrl: await catchAll.start(), from, bounces: undefined });
  });
  afterAll(async () => {
    mailer.close();
    await catchAll.stop();
  });

  it('delivers both bodies, from the configured sender, under the given key', async () => {
    await mailer.send(letter, ann);
    expect(await catchAll.newest()).toMatchObject([
      {
        number: 1,
        from: '"Élection Professionnelle 2022" <elections@exemple.fr>',
        to: 'ann@exemple.fr',
        subject: 'Ouverture du portail',
        messageId: '<cafe@exemple.fr>',
        html: '<p>é</p>',
        text: 'é',
      },
    ]);
  });

  it('tells a mailbox that does not exist, without naming it', async () => {
    const failure = await failureOf(mailer.send(letter, { ...ann, to: 'nobody@exemple.fr' }));
    expect(failure).toBeInstanceOf(RecipientRefused);
    expect((failure as RecipientRefused).reason).toBe('5.1.1');
    expect(`${String(failure)}${JSON.stringify(failure)}`).not.toContain('nobody');
  });

  it('is caught in a memory that is bounded', async () => {
    for (let i = 0; i < 5; i++) await mailer.send(letter, { ...ann, key: `k${i}` });
    expect(catchAll.received).toBe(6);
    expect((await catchAll.newest()).map(({ number }) => number)).toEqual([6, 5, 4]);
    expect(await catchAll.find(1)).toBeUndefined();
    const huge = await failureOf(mailer.send({ ...letter, text: 'x'.repeat(300_000) }, ann));
    expect(huge).toBeInstanceOf(MailNotSent);
    expect(catchAll.received).toBe(6);
  });
});

describe('an answer of a mail server', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  it.each([
    ['RCPT', '550 no such user ann@exemple.fr', RecipientRefused, '550'],
    ['RCPT', '552 5.2.2 <ann@exemple.fr> mailbox full', RecipientRefused, '5.2.2'],
    ['RCPT', '550 5.7.1 relaying denied', MailNotSent, '5.7.1'],
    ['RCPT', '450 4.2.0 greylisted', MailNotSent, '4.2.0'],
    ['MAIL', '550 5.1.8 bad sender', MailNotSent, '5.1.8'],
    ['DATA', '552 5.2.2 mailbox full', RecipientRefused, '5.2.2'],
    ['DATA', '554 5.7.1 looks like spam', MailNotSent, '5.7.1'],
  ])('%s: %s', async (command, answer, kind, reason) => {
    server = answering(command, answer);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const mailer = new Mailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, bounces: undefined });
    const failure = await failureOf(mailer.send(letter, ann));
    mailer.close();
    expect(failure).toBeInstanceOf(kind);
    expect((failure as MailNotSent).reason).toBe(reason);
    expect(`${String(failure)}${(failure as Error).stack ?? ''}`).not.toContain('ann@');
  });

  it('that does not come is tried again later', async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const mailer = new Mailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, bounces: undefined });
    expect(await failureOf(mailer.send(letter, ann))).toMatchObject({
      name: 'MailNotSent',
      reason: 'ESOCKET',
    });
    mailer.close();
  });
});

it('what comes back says which link it is about', () => {
  expect(returnAddress('retours@exemple.fr', linkId)).toBe(`retours+${linkId}@exemple.fr`);
  expect(returnAddress('retours@exemple.fr', undefined)).toBe('retours@exemple.fr');
});

async function failureOf(sending: Promise<void>): Promise<unknown> {
  return sending.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A mail server that gives one answer to one command and takes the rest. After DATA it answers to the mail. */
function answering(command: string, answer: string): Server {
  const server = createServer((socket) => {
    let inMail = false;
    socket.write('220 ready\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const text = bytes.toString();
      if (inMail) {
        if (text.endsWith('\r\n.\r\n')) {
          inMail = false;
          socket.write(`${command === 'DATA' ? answer : '250 2.0.0 taken'}\r\n`);
        }
        return;
      }
      const verb = text.slice(0, 4).toUpperCase();
      inMail = verb === 'DATA';
      if (verb === command && !inMail) socket.write(`${answer}\r\n`);
      else socket.write(inMail ? '354 go on\r\n' : '250 fine\r\n');
    });
  });
  return server.listen(0, '127.0.0.1');
}
