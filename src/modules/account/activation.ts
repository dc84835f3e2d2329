import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SessionStore } from '../../http/session-store.js';
import { browserOf, freshSession } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { Refusal } from '../../ledger/refusal.js';
import { Accounts, type LinkStatus } from './accounts.js';
import { Backoff } from '../../vault/backoff.js';
import { challengeQuestions, normaliseAnswer } from './challenge-questions.js';
import { Identities } from '../../vault/identities.js';
import type { LinkName } from './links.js';
import { PortalWindow } from './portal-window.js';
import { unmetRules } from './password-rules.js';
import { SignIn } from './sign-in.js';

/** The way from the link of a mail into the portal: confirm (F96), choose a password (E6), activate or not (E7). */
@Injectable()
export class Activation {
  constructor(
    private readonly accounts: Accounts,
    private readonly identities: Identities,
    private readonly backoff: Backoff,
    private readonly signIn: SignIn,
    private readonly portal: PortalWindow,
    private readonly sessions: SessionStore,
    private readonly site: Site,
  ) {}

  /** What the page of a link shows, on a GET: changes nothing, in the ledger or in the session (F96). */
  look(token: string): Promise<LinkStatus> {
    return this.accounts.link(token);
  }

  /** The POST of that page: a session of its own, that may use the link. The link itself is used up when something is saved. */
  async confirm(request: Request, token: string): Promise<LinkStatus & { readonly state: 'open' }> {
    const status = await this.accounts.link(token);
    if (status.state !== 'open') throw refusalOf(status.state);
    await this.requirePortal(status);
    await freshSession(request);
    const { electorId, linkId } = status;
    request.session.link = { electorId, linkId };
    return { ...status, state: 'open' };
  }

  /**
   * E6. An active account has its password saved, and its elector signed in (« reset »); otherwise the hash waits in the
   * session for E7 (« chosen »). The CAPTCHA of the screen is the caller's.
   */
  async choosePassword(
    request: Request,
    response: Response,
    { password, confirmation }: { password: string; confirmation: string },
  ): Promise<'reset' | 'chosen'> {
    const link = linkOf(request);
    const state = await this.accounts.opened(link);
    if (unmetRules(password).length > 0)
      throw new Refusal('account.password-rules', 'The password does not meet the rules.');
    if (password !== confirmation)
      throw new Refusal('account.password-confirmation', 'Password and confirmation differ.');
    const who = browserOf(request, response, this.site.secure);
    const hashed = await this.accounts.hashPassword(who, password);
    if (!state.secrets) {
      request.session.chosenPassword = hashed;
      return 'chosen';
    }
    await this.accounts.resetPassword(link, hashed);
    await this.welcome(request, response, link, true);
    return 'reset';
  }

  /** E7, « ACTIVER SON COMPTE »: saves everything, uses the link up, signs the elector in (F33). */
  async activate(
    request: Request,
    response: Response,
    { question, answer, confirmation }: { question: string; answer: string; confirmation: string },
  ): Promise<void> {
    const link = linkOf(request);
    const password = chosenOf(request);
    if (!challengeQuestions.some(({ id }) => id === question))
      throw new Refusal('account.question-unknown', 'This question is not one of the list.');
    if (normaliseAnswer(answer) === '') throw new Refusal('account.answer-empty', 'The answer says nothing.');
    if (normaliseAnswer(answer) !== normaliseAnswer(confirmation))
      throw new Refusal('account.answer-confirmation', 'Answer and confirmation differ.');
    const who = browserOf(request, response, this.site.secure);
    await this.accounts.activate(link, { password, question, answer }, who);
    await this.welcome(request, response, link, true);
  }

  /**
   * E7, « ACCES SANS ACTIVATION »: a session and nothing else; the link stays good (F32). Looked at again once the session is
   * there: an activation or another address ends all that it finds.
   */
  async enterWithoutActivation(request: Request, response: Response): Promise<void> {
    const link = linkOf(request);
    chosenOf(request);
    await this.requireInactive(link);
    await this.welcome(request, response, link, false);
    try {
      await this.requireInactive(link);
    } catch (error) {
      await freshSession(request);
      throw error;
    }
  }

  /** Refuses a link before the portal of its election opens (F1); the link stays good. */
  async requirePortal({ electorId }: Pick<LinkName, 'electorId'>): Promise<void> {
    const identity = await this.identities.of(electorId);
    if (!identity) throw refusalOf('void');
    await this.portal.require(identity.electionId);
  }

  private async requireInactive(link: LinkName): Promise<void> {
    const { secrets } = await this.accounts.opened(link);
    if (secrets) throw new Refusal('account.already-active', 'This account is active.');
  }

  /** Ends what other sessions there are, knows this browser again, starts a session. */
  private async welcome(
    request: Request,
    response: Response,
    { electorId }: LinkName,
    activated: boolean,
  ): Promise<void> {
    const identity = await this.identities.of(electorId);
    if (identity && activated) {
      const digest = await this.identities.identifierDigest(identity.electionId, identity.email);
      await this.backoff.recognise(digest.toString('hex'), browserOf(request, response, this.site.secure));
      await this.sessions.endAllOf(electorId);
    }
    await this.signIn.enter(request, electorId, activated);
  }
}

const sentences = {
  unknown: 'This link is not one of ours.',
  used: 'This link was used.',
  void: 'A later link or address replaced this one.',
  expired: 'This link is too old.',
} as const;

function refusalOf(state: keyof typeof sentences): Refusal {
  return new Refusal(`account.link-${state}`, sentences[state]);
}

function linkOf({ session }: Request): LinkName {
  if (!session.link) throw new Refusal('account.link-missing', 'Open the link of the mail first.');
  return session.link;
}

function chosenOf({ session }: Request): string {
  if (session.chosenPassword === undefined)
    throw new Refusal('account.password-missing', 'Choose a password first.');
  return session.chosenPassword;
}
