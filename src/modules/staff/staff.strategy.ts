import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request, Response } from 'express';
import { Strategy } from 'passport-local';
import { authenticate, browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import type { SignedIn } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { Busy, Refusal } from '../../ledger/refusal.js';
import { Backoff } from '../../vault/backoff.js';
import { StaffAccounts } from './staff-accounts.js';

/** passport-local for the staff: name, password and one-time password together. Whatever is wrong, the answer is the same. */
@Injectable()
export class StaffStrategy extends PassportStrategy(Strategy, 'staff') {
  constructor(
    private readonly accounts: StaffAccounts,
    private readonly backoff: Backoff,
    private readonly site: Site,
    private readonly clock: Clock,
  ) {
    super({ usernameField: 'login', passwordField: 'password', passReqToCallback: true });
  }

  /** Opens a session, whose minute bounds how long it may last, however much is asked in it. */
  async signIn(request: Request, response: Response): Promise<void> {
    await authenticate(this, request, response);
    request.session.signedInAt = `${this.clock.now().slice(0, 16)}:00.000Z`;
  }

  async validate(request: Request, login: string, password: string): Promise<SignedIn> {
    const { code } = request.body as { code?: unknown };
    if (typeof code !== 'string' || !request.res)
      throw new Refusal('sign-in.incomplete', 'The code of the application is missing.');
    const browser = browserOf(request, request.res, this.site.secure);
    const one = await this.backoff.begin(`staff/${login.trim().toLowerCase()}`, browser);
    try {
      const user = await this.accounts.recognise(login, password, code, browser);
      if (user) {
        await one.succeeded();
        return { kind: 'staff', ...user };
      }
    } catch (error) {
      if (error instanceof Busy) await one.withdrawn();
      throw error;
    }
    throw new Refusal('sign-in.wrong', 'Name, password and code do not match.', 'forbidden');
  }
}
