import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import session from 'express-session';
import { useSessions } from '../../src/http/sessions.js';

@Module({})
class Nothing {}

it('a session ends with the key of its cookie, also while the server runs', async () => {
  let key = 'of an election';
  const app = await NestFactory.create<NestExpressApplication>(Nothing, { logger: false });
  const secret = () => Promise.resolve(key);
  await useSessions(app, new session.MemoryStore(), { secure: false, secret });
  app.use((request: Request, response: Response) => {
    const said = request.session.station ? 'known' : 'unknown';
    request.session.station = true;
    response.end(said);
  });
  await app.listen(0, '127.0.0.1');
  const ask = async (cookie?: string) => {
    const answer = await fetch(await app.getUrl(), cookie === undefined ? {} : { headers: { cookie } });
    return { said: await answer.text(), cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
  };
  const { cookie } = await ask();
  expect((await ask(cookie)).said).toBe('known');
  key = 'made after it was erased';
  await ask(); // whatever comes first
  expect((await ask(cookie)).said).toBe('unknown');
  await app.close();
});
