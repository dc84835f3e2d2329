import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { Json } from '../../crypto/canonical-json.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { SlowHashes } from '../../vault/slow-hashes.js';
import { Vault } from '../../vault/vault.js';
import {
  ActivateAccount,
  IssueActivationLink,
  RequestPasswordReset,
  ResetPassword,
} from './account.commands.js';
import { account, linkRefusal, type Account, type Registered } from './account.decider.js';
import { normaliseAnswer } from './challenge-questions.js';
import { Identities, nothing } from '../../vault/identities.js';
import { Links, type LinkName } from './links.js';

/** What an elector keeps secret, hashed: kind `secrets` of the vault. */
export interface Secrets {
  /** argon2id, in the PHC text form; so is the answer. */
  readonly password: string;
  /** Which question, by its id. */
  readonly question: string;
  readonly answer: string;
}

/** A link as its bearer may know it. */
export type LinkStatus =
  | { readonly state: 'unknown' }
  | (LinkName & {
      readonly state: 'open' | 'used' | 'void' | 'expired';
      readonly purpose: 'activation' | 'reset';
      readonly expiresAt: string;
      /** The account is active: the link sets a new password. Otherwise it activates (F14). */
      readonly activated: boolean;
    });

const DAY = 86_400_000;

/** The accounts of electors: their state, their links, activation and réassort of the password. */
@Injectable()
export class Accounts {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly commands: CommandBus,
    private readonly vault: Vault,
    private readonly hashes: SlowHashes,
    private readonly identities: Identities,
    private readonly links: Links,
  ) {}

  /** The state of an account, folded from its stream. */
  async of(electorId: string): Promise<Account> {
    return (await this.ledger.load(account, `elector-${electorId}`)).state;
  }

  /** What a token opens. Changes nothing: a mail scanner may look as often as it likes (F96). */
  async link(token: string): Promise<LinkStatus> {
    const name = await this.links.open(token);
    if (!name) return { state: 'unknown' };
    const state = await this.of(name.electorId);
    const link = state.phase === 'registered' ? state.links.get(name.linkId) : undefined;
    if (state.phase !== 'registered' || !link) return { state: 'unknown' };
    const { purpose, expiresAt, fate } = link;
    const expired = fate === 'open' && linkRefusal(link, this.clock.now()) !== undefined;
    const activated = state.secrets !== undefined;
    return { ...name, state: expired ? 'expired' : fate, purpose, expiresAt, activated };
  }

  /** The account that a link of this session opens; refuses a link that was used or replaced since, or is too old. */
  async opened({ electorId, linkId }: LinkName): Promise<Registered> {
    const state = await this.of(electorId);
    if (state.phase === 'absent') throw new Refusal('account.link-void', 'This elector is on no list now.');
    const refused = linkRefusal(state.links.get(linkId), this.clock.now());
    if (refused) throw refused;
    return state;
  }

  /** Has the opening mail sent to an elector (F10). */
  issueActivationLink(electorId: string, expiresAt: string): Promise<Executed> {
    return this.commands.execute<IssueActivationLink, Executed>(
      new IssueActivationLink(electorId, randomUUID(), expiresAt),
    );
  }

  /** Réassort of the password (F34). Answers nothing, whether or not somebody has this identifier (F88). */
  async requestReset(electionId: string, identifierDigest: Buffer): Promise<void> {
    const electorId = await this.identities.findByDigest(electionId, identifierDigest);
    if (electorId === undefined) return;
    const expiresAt = new Date(Date.parse(this.clock.now()) + DAY).toISOString();
    await this.commands.execute(new RequestPasswordReset(electorId, randomUUID(), expiresAt));
  }

  /** The hash of a password that was checked against the rules; `who` waits in line under this name when it is full. */
  hashPassword(who: string, password: string): Promise<string> {
    return this.hashes.hash(who, password);
  }

  /** « Activer son compte »: saves password, question and answer for good, and uses the link up (F33). */
  async activate(
    { electorId, linkId }: LinkName,
    { password, question, answer }: { password: string; question: string; answer: string },
    who: string,
  ): Promise<Executed> {
    const hashed = await this.hashes.hash(who, normaliseAnswer(answer));
    const secrets: Secrets = { password, question, answer: hashed };
    const version = await this.vault.write('secrets', { ...secrets });
    return this.commands.execute<ActivateAccount, Executed>(new ActivateAccount(electorId, linkId, version));
  }

  /** Saves another password and uses the link up; question and answer stay (F98). `password` is a hash. */
  async resetPassword({ electorId, linkId }: LinkName, password: string): Promise<Executed> {
    const before = await this.secrets(electorId);
    if (!before) throw new Refusal('account.not-active', 'This account was never activated.');
    const version = await this.vault.write('secrets', { ...before, password });
    return this.commands.execute<ResetPassword, Executed>(new ResetPassword(electorId, linkId, version));
  }

  /** What the elector keeps secret; undefined when the account is not active. Nobody's secrets cost as much to look up. */
  async secrets(electorId: string | undefined): Promise<Secrets | undefined> {
    const state = await this.of(electorId ?? randomUUID());
    const named = state.phase === 'registered' ? state.secrets : undefined;
    return secretsOf(await this.vault.read('secrets', named ?? nothing()));
  }
}

function secretsOf(value: Json | undefined): Secrets | undefined {
  return value as Secrets | undefined;
}
