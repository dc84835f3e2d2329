import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { randomBytes } from 'node:crypto';
import type { SessionData } from 'express-session';
import { Captcha, type CaptchaAnswer } from '../../captcha/captcha.js';
import { verifyGate } from '../../crypto/gate-key.js';
import { browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Backoff } from '../../vault/backoff.js';
import { voter } from '../../vault/voter.js';

/** What the browser sends to pass: a nonce of this session, and its signature by the gate key (protocol V7). */
export interface Passing extends CaptchaAnswer {
  readonly nonce: string;
  readonly signature: string;
}

const TABS = 5; // tabs of one browser that may each hold a nonce
/** Signatures are checked against this key where an elector has no code, so that the answer takes as long. */
const NOBODY = '00'.repeat(31) + '01';

/**
 * « Saisie du code de vote » (E9, F43, F44). The code stays in the browser: what comes here is a signature, which tells
 * nothing about the credentials that the code also gives (V8).
 */
@Injectable()
export class Gate {
  constructor(
    private readonly ledger: Ledger,
    private readonly captcha: Captcha,
    private readonly backoff: Backoff,
    private readonly clock: Clock,
    private readonly site: Site,
  ) {}

  /** A nonce for a tab of this session, to be signed once. */
  offer(session: Partial<SessionData>): string {
    const nonce = randomBytes(24).toString('base64url');
    session.gateNonces = [...(session.gateNonces ?? []), nonce].slice(-TABS);
    return nonce;
  }

  /**
   * Lets a session into the voting space. Throws `captcha.wrong`, `gate.nonce-unknown`, `gate.wrong-code`, and `TooSoon`
   * after several wrong codes. Nothing is written to the ledger (design 3, point 8).
   */
  async pass(
    request: Request,
    response: Response,
    electorId: string,
    { nonce, signature, ...captcha }: Passing,
  ): Promise<void> {
    const { session } = request;
    if (!(await this.captcha.answered(session, captcha))) {
      throw new Refusal('captcha.wrong', 'The answer to the CAPTCHA is not right: ask for another one.');
    }
    const nonces = session.gateNonces ?? [];
    session.gateNonces = nonces.filter((one) => one !== nonce);
    if (!nonces.includes(nonce)) {
      throw new Refusal('gate.nonce-unknown', 'This nonce is of another session or was used.');
    }
    const one = await this.backoff.begin(`gate/${electorId}`, browserOf(request, response, this.site.secure));
    const { state } = await this.ledger.load(voter, `elector-${electorId}`);
    const right = verifyGate(state?.gateKey ?? NOBODY, state?.electionId ?? '', nonce, signature);
    if (!state?.gateKey || !right) {
      throw new Refusal('gate.wrong-code', 'This is not the voting code of this elector.', 'forbidden');
    }
    await one.succeeded();
    const at = `${this.clock.now().slice(0, 16)}:00.000Z`;
    session.gate = { electionId: state.electionId, key: state.gateKey, at };
  }
}
