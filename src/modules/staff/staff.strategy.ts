import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request, Response } from 'express';
import { Strategy } from 'passport-local';
import { Addresses } from '../../http/addresses.js';
import { evenly } from '../../http/even-pace.js';
import { authenticate, browserOf, freshSession } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import type { SignedIn } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { Busy, Refusal, TooSoon } from '../../ledger/refusal.js';
import { Backoff, type Try } from '../../vault/backoff.js';
import { StaffAccounts, type StaffUser } from './staff-accounts.js';
import { isPair } from './totp.js';

const LEAST = 300; // milliseconds that every answer takes at least: longer than the hash of a password
const NETWORK = 600; // seconds until what a network tried is forgotten

/**
 * passport-local for the staff: name, password and one-time password together. Whatever is wrong, the answer and its time are
 * the same. Wrong tries slow down by account, browser and network. Names are no secret, so a stranger can bring this about:
 * two codes in a row open at any time, being a million times as hard to guess as one.
 */
@Injectable()
export class StaffStrategy extends PassportStrategy(Strategy, 'staff') {
  constructor(
    private readonly accounts: StaffAccounts,
    private readonly backoff: Backoff,
    private readonly addresses: Addresses,
    private readonly site: Site,
    private readonly clock: Clock,
  ) {
    super({ usernameField: 'login', passwordField: 'password', passReqToCallback: true });
  }

  /** Opens a session, whose minute bounds how long it may last, however much is asked in it. */
  async signIn(request: Request, response: Response): Promise<void> {
    const user = await evenly(() => authenticate(this, request, response), LEAST);
    request.session.signedInAt = `${this.clock.now().slice(0, 16)}:00.000Z`;
    if (user.kind !== 'staff') return;
    // Whoever takes a role away ends the sessions there are; this one may have come just after.
    const roles = await this.accounts.rolesOf(user.staffId);
    if (user.roles.every((role) => roles.some((one) => one === role))) return;
    await freshSession(request);
    throw wrong();
  }

  async validate(request: Request, login: string, password: string): Promise<SignedIn> {
    const { code } = request.body as { code?: unknown };
    if (typeof code !== 'string' || !request.res)
      throw new Refusal('sign-in.incomplete', 'The code of the application is missing.');
    const browser = browserOf(request, request.res, this.site.secure);
    const account = `staff/${login.trim().toLowerCase()}`;
    const one = await this.begin(request.ip, account, browser, isPair(code));
    let user: StaffUser | undefined;
    try {
      user = await this.accounts.recognise(login, password, code, browser);
    } catch (error) {
      if (error instanceof Busy) await one?.withdrawn();
      throw error;
    }
    if (!user) {
      this.addresses.count(request.ip, 'staff');
      throw wrong();
    }
    if (one) await one.succeeded();
    else await this.backoff.recognise(account, browser);
    return { kind: 'staff', ...user };
  }

  /** A try that counts, or `undefined` for two codes that are let through where one would have to wait. Throws `TooSoon`. */
  private async begin(
    address: string | undefined,
    account: string,
    browser: string,
    pair: boolean,
  ): Promise<Try | undefined> {
    try {
      if (this.addresses.suspicious(address, 'staff')) throw new TooSoon(NETWORK);
      return await this.backoff.begin(account, browser);
    } catch (error) {
      if (error instanceof TooSoon && pair) return undefined;
      throw error;
    }
  }
}

function wrong(): Refusal {
  return new Refusal('sign-in.wrong', 'Name, password and code do not match.', 'forbidden');
}
