import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { authenticate, endSession, freshSession, startSession } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import type { SignedIn } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal, TooSoon } from '../../ledger/refusal.js';
import { SignIns } from '../../vault/sign-ins.js';
import { minuteOf } from './account.decider.js';
import { Accounts } from './accounts.js';
import { Addresses } from '../../http/addresses.js';
import { Captcha, type CaptchaAnswer } from '../../captcha/captcha.js';
import { ElectorStrategy, VERIFIED } from './elector.strategy.js';
import { evenly } from '../../http/even-pace.js';
import { PortalWindow } from './portal-window.js';
import { Identities } from '../../vault/identities.js';

const RESET_WAIT = 600; // seconds until what a network asked for is forgotten
const RESET_STEP = 300; // milliseconds: longer than the append that an identifier of somebody costs

/** The way in, in the order of the screens: identifier (E3), password (E4) or its réassort (E5), and the way out. */
@Injectable()
export class SignIn {
  constructor(
    private readonly identities: Identities,
    private readonly accounts: Accounts,
    private readonly addresses: Addresses,
    private readonly captcha: Captcha,
    private readonly strategy: ElectorStrategy,
    private readonly signIns: SignIns,
    private readonly portal: PortalWindow,
    private readonly clock: Clock,
    private readonly site: Site,
  ) {}

  /** E3: keeps who one says to be. Without an election it is the one of this portal. Tells nothing about accounts. */
  async identify(
    request: Request,
    { identifier, electionId, ...captcha }: { identifier: string; electionId?: string } & CaptchaAnswer,
  ): Promise<void> {
    await this.checkCaptcha(request, captcha);
    const election = await this.portal.require(electionId);
    const digest = await this.identities.identifierDigest(election, identifier);
    request.session.claim = { electionId: election, digest: digest.toString('hex') };
  }

  /** E4 asks for a CAPTCHA too when many sign-ins failed from this address; never on the organiser's networks. */
  captchaNeeded(request: Request): boolean {
    return this.addresses.suspicious(request.ip);
  }

  /** E4: a new session for who knows the password. Throws `sign-in.wrong`, `TooSoon`, `Busy`; all at an even pace. */
  password(
    request: Request,
    response: Response,
    { password, ...captcha }: { password: string } & CaptchaAnswer,
  ): Promise<SignedIn> {
    return evenly(async () => {
      if (this.captchaNeeded(request)) await this.checkCaptcha(request, captcha);
      request.body = { claim: request.session.claim?.digest, password };
      const user = await authenticate(this.strategy, request, response);
      if (user.kind !== 'elector') return user;
      // Another password ends the sessions there are; this one may have come just after.
      const secrets = await this.accounts.secrets(user.electorId);
      if (secrets?.password !== response.locals[VERIFIED]) {
        await freshSession(request);
        throw new Refusal('sign-in.wrong', 'The password was replaced meanwhile.', 'forbidden');
      }
      await this.noteMinute(request, user.electorId);
      return user;
    });
  }

  /**
   * E4 to E5: « Besoin du réassort de votre mot de passe ». The same answer at the same pace for everybody (F88). Throws
   * `TooSoon` where too many were asked for from one network, whoever they were for.
   */
  async requestReset(request: Request): Promise<void> {
    const { claim } = request.session;
    if (!claim) throw new Refusal('sign-in.incomplete', 'Say who you are first.');
    if (this.addresses.suspicious(request.ip, 'resets')) throw new TooSoon(RESET_WAIT);
    this.addresses.count(request.ip, 'resets');
    return evenly(
      () => this.accounts.requestReset(claim.electionId, Buffer.from(claim.digest, 'hex')),
      RESET_STEP,
    );
  }

  /** A new session for an elector whom a link of a mail brought here, with or without an activated account. */
  async enter(request: Request, electorId: string, activated: boolean): Promise<void> {
    await startSession(request, { kind: 'elector', electorId, activated });
    await this.noteMinute(request, electorId);
  }

  /** « Déconnexion » (F66). */
  signOut(request: Request, response: Response): Promise<void> {
    return endSession(request, response, this.site.secure);
  }

  /** Throws `captcha.wrong`. E6 asks for one too. */
  async checkCaptcha(request: Request, answer: CaptchaAnswer): Promise<void> {
    if (!(await this.captcha.answered(request.session, answer)))
      throw new Refusal('captcha.wrong', 'The answer to the CAPTCHA is not right: ask for another one.');
  }

  /** « Dernière connexion » (F6) is the minute of the sign-in before this one. */
  private async noteMinute(request: Request, electorId: string): Promise<void> {
    const minute = minuteOf(this.clock.now());
    const before = await this.signIns.note(electorId, minute);
    request.session.signedInAt = minute;
    if (before) request.session.lastSignIn = before.toISOString();
  }
}
