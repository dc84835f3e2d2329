import { csrfSync } from 'csrf-sync';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session, { type Store } from 'express-session';
import { randomBytes } from 'node:crypto';
import passport, { type Strategy } from 'passport';
import { Refusal } from '../ledger/refusal.js';
import { AUTOMATIC } from './session-store.js';
import { forget, stationOf } from './station.js';
import { readUploads } from './uploads.js';
import type { SignedIn } from './visitor.js';

/** What the cookies of a deployment are like. */
export interface Cookies {
  /** https: the browser sends them encrypted only, and to this very host (`__Host-`). */
  readonly secure: boolean;
  /** Signs the session cookie. Asked for at every request: it may be erased with its election, and made anew. */
  readonly secret: () => Promise<string>;
}

const YEAR = 365 * 86_400_000;

/** `__Host-` binds a cookie to this host and to https; a demonstration on the loopback address has no https. */
export function cookieName(secure: boolean, name: 'session' | 'browser'): string {
  return `${secure ? '__Host-' : ''}isoloir-${name}`;
}

/** Lets every request know its session, and refuses a change that no page of ours asked for. After the body parsers. */
export async function useSessions(
  app: Pick<NestExpressApplication, 'use'>,
  store: Store,
  { secure, secret }: Cookies,
): Promise<void> {
  const secrets = [await secret()]; // express-session keeps this list, and looks into it at each request
  passport.serializeUser((user, done) => {
    done(null, user);
  });
  app.use((_request: Request, _response: Response, next: NextFunction) => {
    const renewed = (now: string) => void secrets.splice(0, 1, now);
    void secret().then(renewed, () => undefined); // where the database is away, the known one serves
    next();
  });
  app.use(
    session({
      name: cookieName(secure, 'session'),
      secret: secrets,
      store,
      resave: false,
      saveUninitialized: false,
      proxy: secure, // TLS ends at a proxy, which says so in X-Forwarded-Proto
      cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
    }),
  );
  app.use((request: Request, _: Response, next: NextFunction) => {
    if (isAutomatic(request)) Object.assign(request.session, { [AUTOMATIC]: true });
    next();
  });
  app.use(passport.initialize());
  app.use(readUploads); // the token of such a form is in it
  app.use((request: Request, response: Response, next: NextFunction) => {
    protect(request, response, (error?: unknown) => {
      // The field has done its duty: handlers validate what is left.
      if (isRecord(request.body)) delete request.body._csrf;
      next(error === undefined ? undefined : new Refusal(...CSRF, 'forbidden'));
    });
  });
}

/** What an open page asks by itself: a screen that nobody looks at any more must not keep somebody signed in. */
function isAutomatic({ headers }: Request): boolean {
  return headers.accept === 'text/event-stream' || headers['x-automatic'] === '1';
}

const CSRF = ['session.form-expired', 'This form is of another session: load it again.'] as const;

const { csrfSynchronisedProtection: protect, generateToken } = csrfSync({
  getTokenFromRequest: ({ headers, body }) => {
    const header = headers['x-csrf-token'];
    const field: unknown = isRecord(body) ? body._csrf : undefined;
    return typeof header === 'string' ? header : typeof field === 'string' ? field : undefined;
  },
});

/** The token of this session: `_csrf` in every form, `X-CSRF-Token` on every call of the API that is not a GET. */
export function csrfToken(request: Request): string {
  return generateToken(request);
}

/**
 * Asks a strategy who this is, and starts a new session for them: nothing of the old one goes over, so that a session id
 * that somebody else planted is worth nothing. Throws what the strategy threw.
 */
export async function authenticate(
  strategy: Strategy,
  request: Request,
  response: Response,
): Promise<SignedIn> {
  let user: SignedIn | undefined;
  await settled((done) => {
    const told = (error: unknown, who?: SignedIn | false | null): void => {
      user = who || undefined;
      done(error);
    };
    // passport hangs its outcomes on the strategy: each request needs one of its own, or two of them get mixed up.
    const own = Object.create(strategy) as Strategy;
    (passport.authenticate(own, told) as RequestHandler)(request, response, done);
  });
  if (!user) throw new Refusal('sign-in.incomplete', 'Say who you are first.');
  await startSession(request, user);
  return user;
}

/** A new session for somebody who was recognised by a password or by a link. */
export async function startSession(request: Request, user: SignedIn): Promise<void> {
  await settled((done) => {
    request.logIn(user, done);
  });
  if (stationOf(request)) request.session.station = true;
}

/** A new session for nobody in particular: whatever the old one held is gone. */
export function freshSession(request: Request): Promise<void> {
  return settled((done) => {
    request.session.regenerate(done);
  });
}

/** « Déconnexion » (F66): the session is over, its row is gone. */
export async function endSession(request: Request, response: Response, secure: boolean): Promise<void> {
  const name = cookieName(secure, 'session');
  response.clearCookie(name, { httpOnly: true, sameSite: 'lax', secure, path: '/' });
  if (stationOf(request)) forgetBrowser(response, secure); // the next one is somebody else
  forget(request, response);
  await settled((done) => {
    request.session.destroy(done);
  });
}

/** What answers by a callback, as a promise. */
function settled(work: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => {
      if (!error) resolve();
      else reject(error instanceof Error ? error : new Error('the session failed', { cause: error }));
    });
  });
}

/** The random name that this browser keeps for a year, so that it is known again after a sign-in (design 8). */
export function browserOf(request: Request, response: Response, secure: boolean): string {
  const name = cookieName(secure, 'browser');
  const known = new RegExp(`(?:^|; )${name}=([\\w-]{22})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];
  const browser = known ?? randomBytes(16).toString('base64url');
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  response.cookie(name, browser, { ...options, ...(!stationOf(request) && { maxAge: YEAR }) });
  return browser;
}

/** This browser is nobody's from now on. */
export function forgetBrowser(response: Response, secure: boolean): void {
  const name = cookieName(secure, 'browser');
  response.clearCookie(name, { httpOnly: true, sameSite: 'lax', secure, path: '/' });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
