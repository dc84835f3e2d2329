import type { NextFunction, Request, Response } from 'express';
import { Refusal } from '../ledger/refusal.js';

/** A workstation where electors vote one after the other (F117): whether a printer is at hand. */
export type Station = 'print' | 'no-print';

const YEAR = 365 * 86_400_000;
/** What leaves a file on the disk of whoever asks: an émargement, a sheet, a document. */
const FILES = /^\/(vote\/emargements\/[^/]+|fiche\.pdf)$/;

function cookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}isoloir-station`;
}

/** The kind of workstation that a request comes from; undefined from everywhere else. */
export function stationOf({ headers }: Pick<Request, 'headers'>): Station | undefined {
  const said = /(?:^|; )(?:__Host-)?isoloir-station=([\w-]+)(?:;|$)/.exec(headers.cookie ?? '')?.[1];
  return said === 'print' || said === 'no-print' ? said : undefined;
}

/** Makes a workstation of this browser, or an ordinary browser again. Who sets the cookie alone is only held shorter. */
export function setStation(response: Response, station: Station | undefined, secure: boolean): void {
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  const name = cookieName(secure);
  if (station) response.cookie(name, station, { ...options, maxAge: YEAR });
  else response.clearCookie(name, options);
}

/** Has the browser of a workstation forget what it stored and what it could show again; its cookies are dropped one by one. */
export function forget(request: Request, response: Response): void {
  if (stationOf(request)) response.set('Clear-Site-Data', '"cache", "storage"');
}

/** On a workstation nothing is left in a folder of downloads, whatever a page offers. */
export function refuseFiles(request: Request, _: Response, next: NextFunction): void {
  const refused = stationOf(request) && FILES.test(request.path);
  next(
    refused
      ? new Refusal('station.no-file', 'A workstation for voting gives no files away.', 'forbidden')
      : undefined,
  );
}
