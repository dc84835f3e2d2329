import type { NextFunction, Request, Response } from 'express';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

/**
 * Logs and measures each request by what it was for, never by whom: method, route pattern, status, duration. Written by
 * hand, not with pino-http, because that begins with everything (address, headers, URL) and takes away.
 */
export function observeRequests(log: Log, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const from = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - from) / 1000;
      const { method } = request;
      const route = routeOf(request);
      // A client that left before the answer: 499, as proxies write it.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestAnswered(method, route, status, seconds);
      log.pino.info({ method, route, status, ms: Math.round(seconds * 1000) }, 'request');
    });
    next();
  };
}

/** The pattern of the route that answered, such as `/api/elections/:electionId`. */
export function routeOf(request: Request): string {
  const { route } = request as { route?: { path?: unknown } };
  if (typeof route?.path === 'string') return route.path;
  return request.originalUrl.startsWith('/assets/') ? '/assets/*' : 'none';
}
