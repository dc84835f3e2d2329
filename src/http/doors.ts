import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { browserOf } from './sessions.js';

/** A line in front of something; throws `Busy` with a place when it is full, and keeps the place under the name. */
export interface Line {
  run<T>(who: string, work: () => Promise<T>): Promise<T>;
}

/** The pages by which one comes in: the identification and the link of a mail. Who is inside is not held up. */
const DOORS = /^\/(?:connexion$|lien\/)/;

/**
 * Lets in so many at once when the portal opens and everybody comes: the others see a page with their place, which asks
 * again by itself. One who was let in waits for no line of this kind any more.
 */
export function holdDoors(line: Line, secure: boolean): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.method !== 'GET' || !DOORS.test(request.path)) {
      next();
      return;
    }
    const answered = () =>
      new Promise<void>((resolve) => {
        response.once('close', resolve);
        next();
      });
    line.run(browserOf(request, response, secure), answered).catch(next);
  };
}
