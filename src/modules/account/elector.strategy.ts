import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-local';
import { browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import type { SignedIn } from '../../http/visitor.js';
import { Busy, Refusal } from '../../ledger/refusal.js';
import { SlowHashes } from '../../vault/slow-hashes.js';
import { Accounts } from './accounts.js';
import { Addresses } from '../../http/addresses.js';
import { Backoff } from '../../vault/backoff.js';
import { Identities } from '../../vault/identities.js';

/** Where an answer keeps the hash that a password was verified by. */
export const VERIFIED = 'verified';

/**
 * passport-local for electors. The user name is the digest of the identifier that the session has from screen E3. An
 * identifier that nobody has, an account never activated and a wrong password cost the same and are told alike (F88).
 */
@Injectable()
export class ElectorStrategy extends PassportStrategy(Strategy, 'elector') {
  constructor(
    private readonly identities: Identities,
    private readonly accounts: Accounts,
    private readonly hashes: SlowHashes,
    private readonly backoff: Backoff,
    private readonly addresses: Addresses,
    private readonly site: Site,
  ) {
    super({ usernameField: 'claim', passwordField: 'password', passReqToCallback: true });
  }

  async validate(request: Request, claimed: string, password: string): Promise<SignedIn> {
    const { claim } = request.session;
    if (claim?.digest !== claimed || !request.res)
      throw new Refusal('sign-in.incomplete', 'Say who you are first.');
    const browser = browserOf(request, request.res, this.site.secure);
    const one = await this.backoff.begin(claimed, browser);
    const electorId = await this.identities.findByDigest(claim.electionId, Buffer.from(claimed, 'hex'));
    const secrets = await this.accounts.secrets(electorId);
    try {
      if (await this.hashes.verify(browser, secrets?.password, password)) {
        await one.succeeded();
        request.res.locals[VERIFIED] = secrets?.password;
        return { kind: 'elector', electorId: electorId as string, activated: true };
      }
    } catch (error) {
      if (error instanceof Busy) await one.withdrawn();
      throw error;
    }
    this.addresses.count(request.ip);
    throw new Refusal('sign-in.wrong', 'Identifier and password do not match.', 'forbidden');
  }
}
