import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { StaffRole } from '../../events/staff.events.js';
import { Site } from '../../http/site.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal } from '../../ledger/refusal.js';
import { Backoff } from '../../vault/backoff.js';
import { Digests } from '../../vault/digests.js';
import { StaffAccounts } from './staff-accounts.js';
import { IssueStaffLink, SetStaffSecrets, type StaffLink } from './staff.commands.js';
import { requireLink } from './staff.decider.js';
import { stepOf } from './totp.js';

/** A link as who hands it on sees it, once. */
export interface ShownLink {
  readonly staffId: string;
  readonly link: string;
  readonly expiresAt: string;
}

/** What the holder chose: a password, and an authenticator that has shown the code of its key. */
export interface ChosenSecrets {
  readonly password: string;
  readonly confirmation: string;
  readonly totpKey: string;
  readonly code: string;
}

/** One of the staff who is present and approves, with the code of the application. */
export interface Approver {
  readonly login: string;
  readonly code: string;
}

const LIFE = 3 * 86_400_000; // milliseconds
const TOKEN = /^([0-9a-f]{32})([0-9a-f]{32})([0-9a-f]{64})$/;

/**
 * How one of the staff comes to a password and an authenticator that nobody else has seen: by a one-time link, and later in a
 * session of their own. A token holds both ids and a keyed digest of them; it is stored nowhere.
 */
@Injectable()
export class StaffEnrolment {
  constructor(
    private readonly accounts: StaffAccounts,
    private readonly commands: CommandBus,
    private readonly digests: Digests,
    private readonly clock: Clock,
    private readonly site: Site,
    private readonly backoff: Backoff,
  ) {}

  /** An account without secrets, and the link to hand to its holder. The event says who made it. */
  async invite(login: string, role: StaffRole, by: string): Promise<ShownLink> {
    const link = this.fresh();
    return this.shown(await this.accounts.addWithLink(login, role, by, link), link);
  }

  /**
   * Another link, for who lost password or authenticator. What there was counts until it is used. Where somebody has chosen
   * them before, a third one of the staff approves, who is present: whoever makes a link could use it, and be that person.
   */
  async renew(staffId: string, by: string, approver?: Approver, browser = ''): Promise<ShownLink> {
    const { secrets } = await this.accounts.known(staffId);
    const replaces = secrets?.password !== undefined;
    const approvedBy = replaces && approver ? await this.approved(approver, browser) : undefined;
    const link = this.fresh();
    await this.commands.execute(new IssueStaffLink(staffId, link, by, replaces, approvedBy));
    return this.shown(staffId, link);
  }

  /** Who this is: an administrator or a member of a board, by name and one-time password. Wrong ones slow down. */
  private async approved({ login, code }: Approver, browser: string): Promise<string> {
    const one = await this.backoff.begin(`staff-approval/${login.trim().toLowerCase()}`, browser);
    const staffId = await this.accounts.approver(login, code);
    const roles = staffId === undefined ? [] : await this.accounts.rolesOf(staffId);
    if (staffId === undefined || !roles.some((role) => role === 'administrator' || role === 'board'))
      throw new Refusal('staff.approver', 'Name and one-time password do not match.', 'forbidden');
    await one.succeeded();
    return staffId;
  }

  /** Whose a link is; refuses one that is used, replaced or too old. Changes nothing. */
  async look(token: string): Promise<{ staffId: string; linkId: string; login: string }> {
    const [, staff = '', link = '', mac = ''] = TOKEN.exec(token) ?? [];
    const [staffId, linkId] = [uuidOf(staff), uuidOf(link)];
    const right = await this.digests.of('staff-link', staffId, linkId);
    if (!timingSafeEqual(right, Buffer.from(mac.padEnd(64, '0'), 'hex')))
      throw new Refusal('staff.link-unknown', 'No such link was made.');
    const known = await this.accounts.known(staffId);
    requireLink(linkId, known, this.clock.now());
    return { staffId, linkId, login: known.secrets?.login ?? '' };
  }

  /** The holder of a link sets both, and the link is used up. */
  async complete(token: string, chosen: ChosenSecrets): Promise<void> {
    const { staffId, linkId } = await this.look(token);
    await this.set(staffId, chosen, linkId);
  }

  /** The holder of a session sets both anew, with a code of the authenticator there is. */
  async change(staffId: string, presentCode: string, chosen: ChosenSecrets): Promise<void> {
    this.check(chosen);
    if (!(await this.accounts.confirm(staffId, presentCode)))
      throw new Refusal(
        'staff.wrong-code',
        'The present one-time password is wrong or was used.',
        'forbidden',
      );
    await this.set(staffId, chosen);
  }

  private async set(staffId: string, chosen: ChosenSecrets, linkId?: string): Promise<void> {
    this.check(chosen);
    const { secrets } = await this.accounts.known(staffId);
    if (!secrets) throw new Refusal('staff.not-added', 'Nobody of the staff has this id.');
    const version = await this.accounts.write(staffId, secrets.login, chosen.password, chosen.totpKey);
    await this.commands.execute(new SetStaffSecrets(staffId, version, linkId));
  }

  /** Before anything is hashed or used up. */
  private check({ password, confirmation, totpKey, code }: ChosenSecrets): void {
    if (password !== confirmation)
      throw new Refusal('staff.password-confirmation', 'Password and confirmation differ.');
    if (stepOf(totpKey, code, this.clock.now()) === undefined)
      throw new Refusal('staff.wrong-new-code', 'This is not the code of the new key.');
  }

  private fresh(): StaffLink {
    const expiresAt = new Date(Date.parse(this.clock.now()) + LIFE).toISOString();
    return { linkId: randomUUID(), expiresAt };
  }

  private async shown(staffId: string, { linkId, expiresAt }: StaffLink): Promise<ShownLink> {
    const mac = await this.digests.of('staff-link', staffId, linkId);
    const token = (staffId + linkId).replaceAll('-', '') + mac.toString('hex');
    return { staffId, link: `${this.site.url}/personnel/lien/${token}`, expiresAt };
  }
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
