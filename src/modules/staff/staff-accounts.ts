import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { VaultVersion } from '../../events/fields.js';
import type { StaffRole } from '../../events/staff.events.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Database } from '../../storage/database.js';
import { SlowHashes } from '../../vault/slow-hashes.js';
import type { StaffCodes } from '../../vault/staff-codes.js';
import { Vault } from '../../vault/vault.js';
import { AddStaff, type StaffLink } from './staff.commands.js';
import { staff } from './staff.decider.js';
import { newTotpKey, stepOf } from './totp.js';

/** What only the vault knows of one of the staff: kind `staff`. */
export interface StaffSecrets {
  /** What is typed to sign in, in lower case. */
  readonly login: string;
  /** argon2id, in the PHC text form; like the key not there until the holder has set both. */
  readonly password?: string;
  /** The key of the one-time passwords, in base32. */
  readonly totp?: string;
}

/** Somebody who may sign in now. */
export interface StaffUser {
  readonly staffId: string;
  readonly roles: readonly StaffRole[];
}

/** One of the staff, as administrators see them. */
export interface StaffListed extends StaffUser {
  readonly login: string;
  /** Whether the holder has chosen password and authenticator. */
  readonly ready: boolean;
  /** Until when the newest link may be used; null where it was used, or none was made. */
  readonly linkExpiresAt: string | null;
}

/** Characters that a password has at least. */
export const SHORTEST_PASSWORD = 12;
const LINE = 20; // of the staff who wait to have a password hashed: their line is their own

/** The accounts of the staff: administrators, board members, auditors, assistance. Roles are read from the stream. */
@Injectable()
export class StaffAccounts implements StaffCodes {
  private readonly hashes = new SlowHashes(1, LINE);

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly commands: CommandBus,
    private readonly vault: Vault,
    private readonly database: Database,
  ) {}

  /**
   * Adds somebody who is here, at the command line or in a demonstration. The TOTP key is given once, for the QR code, and
   * never again. Who is not here is invited (staff-enrolment.ts).
   */
  async add(login: string, password: string, role: StaffRole): Promise<{ staffId: string; totpKey: string }> {
    const totpKey = newTotpKey();
    const staffId = randomUUID();
    const secrets = await this.write(staffId, normaliseLogin(login), password, totpKey);
    await this.commands.execute<AddStaff, Executed>(new AddStaff(staffId, secrets, role, undefined));
    return { staffId, totpKey };
  }

  /** An account of this name that has no secrets yet: whoever adds it never knows them. */
  async addWithLink(login: string, role: StaffRole, by: string, link: StaffLink): Promise<string> {
    const staffId = randomUUID();
    const name = normaliseLogin(login);
    await this.take(name, staffId);
    const version = await this.vault.write('staff', { login: name });
    await this.commands.execute<AddStaff, Executed>(new AddStaff(staffId, version, role, by, link));
    return staffId;
  }

  /** Writes what somebody chose to the vault, for an event to name. Takes the name where it is a new one. */
  async write(staffId: string, login: string, password: string, totp: string): Promise<VaultVersion> {
    if (password.length < SHORTEST_PASSWORD)
      throw new Refusal(
        'staff.password-too-short',
        `A password has at least ${SHORTEST_PASSWORD} characters.`,
      );
    await this.take(login, staffId);
    const secrets: StaffSecrets = { login, password: await this.hashes.hash(staffId, password), totp };
    return this.vault.write('staff', { ...secrets });
  }

  /**
   * Who signs in with this name, password and one-time password; undefined when anything is wrong, and then nobody learns
   * what. The password is hashed only where the code is right, so that a flood of guesses costs next to nothing. The code is
   * used up only by a sign-in that succeeds in all the rest.
   */
  async recognise(
    login: string,
    password: string,
    code: string,
    who: string,
  ): Promise<StaffUser | undefined> {
    const staffId = await this.find(normaliseLogin(login));
    const { roles, secrets } = await this.known(staffId);
    const step = secrets?.totp === undefined ? undefined : stepOf(secrets.totp, code, this.clock.now());
    if (staffId === undefined || step === undefined || roles.length === 0) return undefined;
    if (!(await this.hashes.verify(who, secrets?.password, password))) return undefined;
    return (await this.useUp(staffId, step)) ? { staffId, roles } : undefined;
  }

  /** Uses up a one-time password of somebody who is signed in: a signature. */
  async confirm(staffId: string, code: string): Promise<boolean> {
    const { secrets } = await this.known(staffId);
    const step = secrets?.totp === undefined ? undefined : stepOf(secrets.totp, code, this.clock.now());
    return step !== undefined && this.useUp(staffId, step);
  }

  /** Somebody who is present and approves what another does: name and one-time password. */
  async approver(login: string, code: string): Promise<string | undefined> {
    const staffId = await this.find(normaliseLogin(login));
    return staffId !== undefined && (await this.confirm(staffId, code)) ? staffId : undefined;
  }

  /** What one of the staff may do now. */
  async rolesOf(staffId: string): Promise<readonly StaffRole[]> {
    return (await this.known(staffId)).roles;
  }

  /** Everybody who has a name, for administrators. */
  async list(): Promise<StaffListed[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ login: string; staff_id: string }>(
        'select login, staff_id from vault.staff_logins order by login',
      );
    const known = await Promise.all(rows.map(({ staff_id }) => this.known(staff_id)));
    return rows.map(({ login, staff_id }, index) => ({
      staffId: staff_id,
      login,
      roles: known[index]?.roles ?? [],
      ready: known[index]?.secrets?.password !== undefined,
      linkExpiresAt: known[index]?.link?.expiresAt ?? null,
    }));
  }

  /** Roles, secrets and newest link of somebody; nothing of nobody. */
  async known(staffId: string | undefined): Promise<{
    readonly roles: readonly StaffRole[];
    readonly secrets: StaffSecrets | undefined;
    readonly link: StaffLink | undefined;
  }> {
    const nobody = { roles: [], secrets: undefined, link: undefined };
    if (staffId === undefined) return nobody;
    const { state } = await this.ledger.load(staff, `staff-${staffId}`);
    if (state.phase === 'absent') return nobody;
    const secrets = (await this.vault.read('staff', state.secrets)) as StaffSecrets | undefined;
    return { roles: [...state.roles], secrets, link: state.link };
  }

  private async find(login: string): Promise<string | undefined> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ staff_id: string }>('select staff_id from vault.staff_logins where login = $1', [login]);
    return rows[0]?.staff_id;
  }

  /** Takes a name before the event that makes it count; one that a crash left without its event is taken over. */
  private async take(login: string, staffId: string): Promise<void> {
    const holder = await this.find(login);
    if (holder === staffId) return;
    const counts = holder !== undefined && (await this.known(holder)).secrets !== undefined;
    const { rowCount } = await this.database.pool('vault').query(
      `insert into vault.staff_logins as l (login, staff_id) values ($1, $2)
       on conflict (login) do update set staff_id = excluded.staff_id where l.staff_id = $3`,
      [login, staffId, counts ? null : (holder ?? null)],
    );
    if (rowCount === 0) throw new Refusal('staff.login-taken', 'Somebody else signs in by this name.');
  }

  /** A step serves once, and none before it serves again (RFC 6238, section 5.2). */
  async useUp(staffId: string, step: number): Promise<boolean> {
    const { rowCount } = await this.database.pool('vault').query(
      `insert into vault.staff_codes as c (staff_id, step) values ($1, $2)
       on conflict (staff_id) do update set step = excluded.step where c.step < excluded.step`,
      [staffId, step],
    );
    return rowCount === 1;
  }
}

/** A name as it is compared: trimmed, NFC, lower case. */
function normaliseLogin(typed: string): string {
  return typed.normalize('NFC').trim().toLowerCase().normalize('NFC');
}
