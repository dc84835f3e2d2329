import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Log } from '../operations/log.js';
import { isQuiet, routeOf } from '../operations/request-log.js';
import { errorPage } from './error-page.js';
import { problemOf, type Problem } from './problem.js';

/** Answers every failure: as problem details (RFC 9457) below /api, as a page elsewhere. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    // A refusal on the way from the gate to the receipt is counted with its minute, and has no line.
    if (problem.log !== 'nothing' && !(problem.log === 'info' && isQuiet(routeOf(request)))) {
      const { code, status } = problem;
      // What the rules refuse is no fault of ours: its code says it all.
      const err = problem.log === 'info' ? {} : { err: error };
      this.log.pino[problem.log]({ route: routeOf(request), code, status, ...err }, 'request failed');
    }
    if (response.headersSent) {
      response.destroy(); // half an answer must not look like a whole one
      return;
    }
    if (problem.retryAfter !== undefined) response.set('Retry-After', String(problem.retryAfter));
    response.status(problem.status);
    if (/^\/api(?:[/?]|$)/.test(request.originalUrl)) {
      response.type('application/problem+json').send(JSON.stringify(detailsOf(problem)));
    } else if (problem.status === 401) {
      response.redirect(303, signInPage(request));
    } else {
      if (problem.place !== undefined) {
        response.set('X-Line-Place', String(problem.place));
        // Who waits at a door need not press anything; what was sent by a form is never sent again by itself.
        if (request.method === 'GET') response.set('Refresh', String(problem.retryAfter ?? 2));
      }
      response.type('html').send(errorPage(problem, request));
    }
  }
}

/** Where who is not signed in is led, by one redirect, and told that a session ended if there was one (F24). */
function signInPage({ headers, path }: Request): string {
  if (/^\/(?:personnel|bureau)(?:\/|$)/.test(path)) return '/personnel/connexion';
  return headers.cookie?.includes('isoloir-session=') ? '/connexion?session=terminee' : '/connexion';
}

function detailsOf({ status, code, title, detail, fields, place, retryAfter }: Problem): object {
  return { type: `urn:isoloir:problem:${code}`, title, status, code, detail, fields, place, retryAfter };
}
