import type { NextFunction, Request, Response } from 'express';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

/**
 * Logs and measures each request by what it was for, never by whom: method, route pattern, status, duration. Written by
 * hand, not with pino-http, because that begins with everything (address, headers, URL) and takes away.
 */
export function observeRequests(log: Log, metrics: Metrics) {
  const quiet = new MinuteTally(log, metrics);
  return (request: Request, response: Response, next: NextFunction): void => {
    const from = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - from) / 1000;
      const { method } = request;
      const route = routeOf(request);
      // A client that left before the answer: 499, as proxies write it.
      const status = response.writableFinished ? response.statusCode : 499;
      if (isQuiet(route)) {
        quiet.count(method, route, status, seconds);
        return;
      }
      metrics.requestAnswered(method, route, status, seconds);
      log.pino.info({ method, route, status, ms: Math.round(seconds * 1000) }, 'request');
    });
    next();
  };
}

/** The vote, and what its page asks for beside it: documents, proofs of work, the end of the session, a ballot looked for. */
const QUIET =
  /^\/(vote(\/.*)?|espace\/vote|documents\/:sha256|session|captcha\/:id|api\/(gate|booth|captcha|session|deposits|scrutins\/:scrutinId\/votes))$/;

/**
 * From the gate to the receipt nothing is logged that dates what one elector did, or says in which order electors did it:
 * no line of its own for a request, between the lines of others (design 3, point 8).
 */
export function isQuiet(route: string): boolean {
  return QUIET.test(route);
}

/** Counts requests and says so once a minute, on the minute: log and metrics learn no finer time. */
class MinuteTally {
  private readonly counted = new Map<
    string,
    { method: string; route: string; status: number; all: number[] }
  >();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  count(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`;
    const line = this.counted.get(key) ?? { method, route, status, all: [] };
    line.all.push(seconds);
    this.counted.set(key, line);
    this.timer ??= setTimeout(
      () => {
        this.tell();
      },
      60_000 - (Date.now() % 60_000),
    ).unref();
  }

  /** Sorted by what they were for, not by who came first. */
  private tell(): void {
    this.timer = undefined;
    const lines = [...this.counted].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, { method, route, status, all }] of lines) {
      this.log.pino.info({ method, route, status, count: all.length }, 'requests of a minute');
      for (const seconds of all.sort((a, b) => a - b))
        this.metrics.requestAnswered(method, route, status, seconds);
    }
    this.counted.clear();
  }
}

/** The pattern of the route that answered, such as `/api/elections/:electionId`. */
export function routeOf(request: Request): string {
  const { route } = request as { route?: { path?: unknown } };
  if (typeof route?.path === 'string') return route.path;
  return request.originalUrl.startsWith('/assets/') ? '/assets/*' : 'none';
}
