import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { smsSender } from '../../src/sms/open-sms.js';
import { HttpSmsSender, MemorySmsSender, NoSmsSender, SmsNotSent } from '../../src/sms/sms-sender.js';

const TO = '+33612345678';
const WORDS = 'Élections : votre lien https://vote.example.fr/reassort/abc';

let gateway: Server;
let url: string;
let received: { method: string | undefined; headers: IncomingMessage['headers']; body: string }[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  received = [];
  gateway = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ method: request.method, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/sms`;
});
afterEach(async () => {
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
});

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('{}');

/** The reason, which an operator may read in a log: never whom the message was for, nor what it said. */
async function refusal(sender = new HttpSmsSender(url, 'secret', 500)): Promise<string> {
  const error: unknown = await sender.send(TO, WORDS).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SmsNotSent);
  const { message, cause } = error as SmsNotSent;
  expect(cause).toBeUndefined();
  for (const secret of [TO.slice(3), 'reassort', 'secret', '127.0.0.1'])
    expect(message).not.toContain(secret);
  return (error as SmsNotSent).reason;
}

describe('a gateway of text messages', () => {
  it.each([200, 202, 204])('takes a message with %i', async (code) => {
    answer = status(code);
    await new HttpSmsSender(url, 'secret').send(TO, WORDS);
    expect(received).toHaveLength(1);
    const [{ method, headers, body }] = received as [(typeof received)[0]];
    expect(method).toBe('POST');
    expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer secret' });
    expect(JSON.parse(body)).toStrictEqual({ to: TO, text: WORDS });
  });

  it('is asked without a token where there is none', async () => {
    answer = status(200);
    await new HttpSmsSender(url, undefined).send(TO, WORDS);
    expect(received[0]?.headers.authorization).toBeUndefined();
  });

  it.each([400, 401, 429, 500, 503])('that says %i took nothing', async (code) => {
    answer = status(code);
    expect(await refusal()).toBe(`the gateway says ${code}`);
    expect(received).toHaveLength(1); // it is not asked twice: the first message may have left
  });

  it('that leads elsewhere is not followed: a number goes to nobody else', async () => {
    answer = status(307, { Location: url });
    expect(await refusal()).toBe('the gateway does not answer');
    expect(received).toHaveLength(1);
  });

  it('that says nothing is given up', async () => {
    answer = () => undefined;
    const began = performance.now();
    expect(await refusal()).toBe('the gateway does not answer');
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(received).toHaveLength(1);
  });

  it('that hangs up, or is not there, took nothing', async () => {
    answer = (response) => response.destroy();
    expect(await refusal()).toBe('the gateway does not answer');
    await new Promise((resolve) => gateway.close(resolve));
    expect(await refusal()).toBe('the gateway does not answer');
  });
});

describe('the way out for text messages', () => {
  const production = {
    ...{ ISOLOIR_MODE: 'production', PUBLIC_URL: 'https://vote.example.fr', ISOLOIR_KEK_FILE: '/run/key' },
    ...{ SMTP_URL: 'smtp://mail.example.fr', MAIL_FROM: 'Élections <elections@example.fr>' },
  };

  it('is the gateway of SMS_URL, with its token', async () => {
    answer = status(200);
    const sender = smsSender(readConfig({ ...production, SMS_URL: url, SMS_TOKEN: 'of the gateway' }));
    expect(sender.offered).toBe(true);
    await sender.send(TO, WORDS);
    expect(received[0]?.headers.authorization).toBe('Bearer of the gateway');
  });

  it('does not exist in production without it, and is not offered', async () => {
    const sender = smsSender(readConfig(production));
    expect(sender).toBeInstanceOf(NoSmsSender);
    expect(sender.offered).toBe(false);
    await expect(sender.send(TO, WORDS)).rejects.toThrow(SmsNotSent);
  });

  it('is memory in a demonstration', () => {
    const sender = smsSender(readConfig({}));
    expect(sender).toBeInstanceOf(MemorySmsSender);
    expect(sender.offered).toBe(true);
  });
});
