import { describe, expect, it } from '@jest/globals';
import { NotFoundException, ValidationPipe } from '@nestjs/common';
import { IsInt, IsUUID, MaxLength } from 'class-validator';
import { Corruption } from '../../src/events/codec.js';
import { errorPage } from '../../src/http/error-page.js';
import { BadFields, problemOf } from '../../src/http/problem.js';
import { Conflict, Refusal, Unavailable } from '../../src/ledger/refusal.js';
import { describeError } from '../../src/operations/log.js';

class Body {
  @IsUUID('4') electionId!: string;
  @MaxLength(3) title!: string;
  @IsInt() graceMinutes!: number;
}

const pipe = new ValidationPipe({
  whitelist: true,
  forbidNonWhitelisted: true,
  transform: true,
  exceptionFactory: (errors) => new BadFields(errors),
});

describe('a malformed request', () => {
  it('is 400 and names every field, but repeats no value', async () => {
    const body = { electionId: 'secret', title: 'secret', graceMinutes: 20, numen: 'secret' };
    const error: unknown = await pipe
      .transform(body, { type: 'body', metatype: Body })
      .catch((e: unknown) => e);
    const problem = problemOf(error);
    expect(problem).toMatchObject({ status: 400, code: 'request.invalid', log: 'nothing' });
    expect(problem.fields?.map(({ field, rule }) => `${field} ${rule}`).sort()).toStrictEqual([
      'electionId isUuid',
      'numen whitelistValidation',
      'title maxLength',
    ]);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('keeps the status that a body parser gave it', () => {
    expect(problemOf(Object.assign(new Error('too large'), { status: 413 }))).toMatchObject({
      status: 413,
      code: 'request.too-large',
    });
  });

  it('may be for what is not there', () => {
    expect(problemOf(new NotFoundException('Cannot GET /secret'))).toStrictEqual({
      status: 404,
      code: 'request.not-found',
      title: 'There is nothing at this address',
      log: 'nothing',
    });
  });
});

describe('a failure', () => {
  it('that the rules ask for is 409, or 403 where a right is missing', () => {
    expect(problemOf(new Refusal('box.frozen', 'The box is frozen.'))).toMatchObject({
      status: 409,
      code: 'box.frozen',
      detail: 'The box is frozen.',
      log: 'info',
    });
    expect(problemOf(new Refusal('board.not-a-member', 'No.', 'forbidden')).status).toBe(403);
  });

  it.each([new Conflict('election-1: 4 races lost'), new Unavailable('10.0.0.1 is silent')])(
    'that passes is 503 and says when to ask again: %s',
    (error) => {
      const problem = problemOf(error);
      expect(problem).toMatchObject({ status: 503, code: error.code, log: 'warn' });
      expect(problem.retryAfter).toBeGreaterThan(0);
      expect(problem.detail).not.toContain(error.message);
    },
  );

  it('of the database is 503', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(problemOf(refused)).toMatchObject({ status: 503, code: 'database.unavailable', log: 'error' });
  });

  it('of the ledger is 500 and fatal', () => {
    expect(problemOf(new Corruption('ledger.bad-event', 'CalendarSet.v1: secret'))).toStrictEqual({
      status: 500,
      code: 'ledger.bad-event',
      title: 'Something went wrong here',
      log: 'fatal',
    });
  });

  it.each([
    new TypeError('x is not a function'),
    Object.assign(new Error('open'), { code: 'ENOENT', path: '/secret' }),
    'text',
    undefined,
  ])('of ours is 500 without detail: %s', (error) => {
    expect(problemOf(error)).toStrictEqual({
      status: 500,
      code: 'server.error',
      title: 'Something went wrong here',
      log: 'error',
    });
  });
});

describe('an error in the log', () => {
  it('shows where it happened and none of the values it quotes', () => {
    const duplicate = Object.assign(
      new Error('duplicate key: Key (mail)=(ann@example.org) "ann@example.org"'),
      {
        code: '23505',
        detail: 'Key (mail)=(ann@example.org) already exists.',
      },
    );
    const described = describeError(new Error('outer', { cause: duplicate }));
    expect(described).toMatchObject({ type: 'Error', message: 'outer', cause: { code: '23505' } });
    expect(JSON.stringify(described)).toContain('problem.test');
    expect(JSON.stringify(described)).not.toContain('ann@');
  });
});

describe('a page of the staff, before any election', () => {
  it('says so, and not that it is not there', () => {
    const problem = problemOf(new Refusal('election.none', 'No election is declared yet.'));
    const page = errorPage(problem, { path: '/personnel/notices', method: 'GET' });
    expect(problem.status).toBe(409);
    expect(page).toContain('Aucune élection n’est encore déclarée');
  });
});
