import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { SessionStore } from '../../http/session-store.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  countMails,
  electorOfLink,
  findMail,
  listMailTrouble,
  type MailRow,
  type MailTrouble,
} from '../../projections/mail-status.projection.js';
import { givenUp, outcomesOf } from '../../projections/reactions.js';
import { Database } from '../../storage/database.js';
import { IssueActivationLink, RecordBounce, RequestPasswordReset } from './account.commands.js';
import { accountReactions } from './account.mails.js';
import { Accounts } from './accounts.js';
import { Electors } from './electors.js';
import { Occasions } from './occasions.js';
import { Backoff } from '../../vault/backoff.js';
import { normaliseIdentifier } from '../../vault/identifier.js';
import { Identities, type Identity } from '../../vault/identities.js';

/** An elector whose mail needs a look, as the staff see it. */
export interface CareRow extends MailRow {
  readonly identity: Identity | undefined;
  /** Whether the newest mail has left. */
  readonly outcome: 'waiting' | 'done' | 'failed' | undefined;
}

const DAY = 86_400_000;

/** What the staff do for electors whose mails go astray (F13, F14): lists, and new links. No power over votes. */
@Injectable()
export class Care {
  constructor(
    private readonly database: Database,
    private readonly identities: Identities,
    private readonly electors: Electors,
    private readonly accounts: Accounts,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly sessions: SessionStore,
    private readonly occasions: Occasions,
    private readonly backoff: Backoff,
  ) {}

  count(electionId: string): Promise<{ electors: number; silent: number; bounced: number }> {
    return countMails(this.database.pool('register'), electionId);
  }

  /** A page of those whose mail came back, or who never activated an account, after one of them. */
  async list(trouble: MailTrouble, electionId: string, after?: string, limit = 50): Promise<CareRow[]> {
    const register = this.database.pool('register');
    return this.withNames(await listMailTrouble(register, trouble, electionId, { after, limit }));
  }

  /** Those whose mail never left, though it was tried for hours. */
  async listGivenUp(limit = 50): Promise<CareRow[]> {
    const streams = new Set(await givenUp(this.database, accountReactions, limit));
    const ids = [...streams].map((stream) => stream.slice('elector-'.length));
    const rows = await Promise.all(ids.map((id) => findMail(this.database.pool('register'), id)));
    return this.withNames(rows.filter((row) => row !== undefined));
  }

  /** One elector. */
  async show(electorId: string): Promise<CareRow | undefined> {
    const row = await findMail(this.database.pool('register'), electorId);
    return row && (await this.withNames([row]))[0];
  }

  /** Seconds until a browser that the account does not know may try a password again; 0 when it may now. */
  async slowedFor(electorId: string): Promise<number> {
    const identity = await this.identities.of(electorId);
    if (!identity) return 0;
    const digest = await this.identities.identifierDigest(identity.electionId, identity.email);
    return this.backoff.waitOf(digest.toString('hex'));
  }

  /** « Envoyer un nouveau lien »: an opening link, or a réassort of the password where the account is active. */
  async sendLink(electorId: string, staffId: string): Promise<void> {
    const state = await this.accounts.of(electorId);
    const active = state.phase === 'registered' && state.secrets !== undefined;
    const until = active
      ? new Date(Date.parse(this.clock.now()) + DAY).toISOString()
      : this.occasions.linkUntil();
    const Command = active ? RequestPasswordReset : IssueActivationLink;
    await this.commands.execute(new Command(electorId, randomUUID(), until, staffId));
  }

  /** A mail came back after it had left: its envelope, or its text, named the link. */
  async bounced(linkId: string, reason?: string): Promise<void> {
    const electorId = await electorOfLink(this.database.pool('register'), linkId);
    if (electorId === undefined) throw new Refusal('account.link-unknown', 'No such link was issued.');
    await this.commands.execute(new RecordBounce(electorId, linkId, reason));
  }

  /**
   * Asks for another address for an elector (also after sealing: the address is on no list). Another of the staff must
   * approve; a later request replaces an earlier one. Kept in the vault, because it is not yet a fact.
   */
  async askContactChange(electorId: string, email: string, staffId: string): Promise<string> {
    if (!(await this.identities.of(electorId)))
      throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
    const requestId = randomUUID();
    await this.database.pool('vault').query(
      `insert into vault.contact_requests (elector_id, request_id, email, staff_id, asked_at) values ($1, $2, $3, $4, $5)
       on conflict (elector_id) do update
         set request_id = excluded.request_id, email = excluded.email, staff_id = excluded.staff_id, asked_at = excluded.asked_at`,
      [electorId, requestId, normaliseIdentifier(email), staffId, this.clock.now()],
    );
    return requestId;
  }

  /** What waits for a second member of the staff, the oldest first. */
  async contactRequests(): Promise<(ContactRequest & { identity: Identity | undefined })[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<Row>('select * from vault.contact_requests order by asked_at, request_id limit 100');
    const requests = rows.map(requestOf);
    const identities = await Promise.all(requests.map(({ electorId }) => this.identities.of(electorId)));
    return requests.map((request, index) => ({ ...request, identity: identities[index] }));
  }

  /**
   * The second of two: changes the address, ends the sessions, and has a new opening link sent there; the former address is
   * told. Cut off in the middle, it can be approved again.
   */
  async approveContactChange(requestId: string, staffId: string): Promise<void> {
    const request = await this.request(requestId);
    if (request.staffId === staffId)
      throw new Refusal('account.two-staff', 'Another member of the staff must approve.', 'forbidden');
    const present = await this.identities.of(request.electorId);
    if (present?.email !== request.email)
      await this.electors.changeContact(request.electorId, request.email, [request.staffId, staffId]);
    await this.sessions.endAllOf(request.electorId);
    await this.sendLink(request.electorId, staffId);
    await this.dropContactRequest(requestId);
  }

  /** Nothing changes after all. */
  async dropContactRequest(requestId: string): Promise<void> {
    await this.database
      .pool('vault')
      .query('delete from vault.contact_requests where request_id = $1', [requestId]);
  }

  private async request(requestId: string): Promise<ContactRequest> {
    const { rows } = await this.database
      .pool('vault')
      .query<Row>('select * from vault.contact_requests where request_id = $1', [requestId]);
    if (!rows[0]) throw new Refusal('account.no-contact-request', 'Nothing of this kind waits.');
    return requestOf(rows[0]);
  }

  private async withNames(rows: readonly MailRow[]): Promise<CareRow[]> {
    const ids = rows.flatMap(({ eventId }) => eventId ?? []);
    const outcomes = await outcomesOf(this.database, ids);
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        identity: await this.identities.of(row.electorId),
        outcome: row.eventId === undefined ? undefined : outcomes.get(row.eventId),
      })),
    );
  }
}

/** A change of address that one of the staff asked for. */
export interface ContactRequest {
  readonly requestId: string;
  readonly electorId: string;
  readonly email: string;
  readonly staffId: string;
  readonly askedAt: Date;
}

interface Row {
  request_id: string;
  elector_id: string;
  email: string;
  staff_id: string;
  asked_at: Date;
}

function requestOf(row: Row): ContactRequest {
  return {
    requestId: row.request_id,
    electorId: row.elector_id,
    email: row.email,
    staffId: row.staff_id,
    askedAt: row.asked_at,
  };
}
