import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { staffRoles, type StaffRole } from '../../events/staff.events.js';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, saidOf, type FormError, type Words } from '../../http/form-reader.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { browserOf, csrfToken } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { StaffId } from '../../http/visitor.js';
import { render } from '../../http/views.js';
import { TooSoon } from '../../ledger/refusal.js';
import { Clock } from '../../ledger/clock.js';
import { StaffAccounts, type StaffListed } from './staff-accounts.js';
import { StaffEnrolment, type ShownLink } from './staff-enrolment.js';
import { GrantRole, RevokeRole } from './staff.commands.js';
import { StaffParams, StaffRoleParams } from './staff.controller.js';

const NAME = 'Espace du personnel';
const TITLE = 'Comptes du personnel';
const PATH = '/personnel/comptes';

/** What a role is called, and what it lets do. */
const ROLES: Readonly<Record<StaffRole, string>> = {
  administrator: 'administration : prépare l’élection, crée les comptes',
  board: 'bureau de vote : siège, approuve, dépouille',
  auditor: 'audit : lit le registre et la participation',
  assistance: 'assistance : aide les électeurs, sans pouvoir sur les votes',
};
const OPTIONS = [['', ''], ...staffRoles.map((role) => [role, ROLES[role]] as const)];

/** Who may sign in as staff: added, given roles and one-time links here, by administrators (F115). */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/comptes')
export class StaffAccountsPages {
  constructor(
    private readonly accounts: StaffAccounts,
    private readonly enrolment: StaffEnrolment,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly site: Site,
  ) {}

  @Get()
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.everybody(request, response, {}, []);
  }

  /** Adds somebody. The link is in this answer and in no other. */
  @Post()
  async add(@Req() request: Request, @Res() response: Response, @StaffId() by: string): Promise<void> {
    const form = new FormReader(request.body);
    const login = form.text('login', 'Nom de connexion', 100);
    const role = form.choice('role', 'Rôle', staffRoles);
    let link: ShownLink | undefined;
    const work = async () => (link = await this.enrolment.invite(login, role, by));
    const errors = await outcomeOf(form, work, said);
    if (link) await this.handOver(request, response, login, link);
    else await this.everybody(request, response, form.values(['login', 'role']), errors);
  }

  @Get(':staffId')
  async one(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { staffId }: StaffParams,
  ): Promise<void> {
    await this.account(request, response, { by, staffId }, {}, []);
  }

  /** Another link. Where the account has a holder, somebody else of the staff is present and approves. */
  @Post(':staffId/lien')
  async renew(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { staffId }: StaffParams,
  ): Promise<void> {
    const { login, ready } = await this.known(staffId);
    const form = new FormReader(request.body);
    const approver = ready
      ? {
          login: form.text('approver', 'Nom de connexion de la seconde personne', 100),
          code: form.text('code', 'Code à usage unique de la seconde personne', 20),
        }
      : undefined;
    const browser = browserOf(request, response, this.site.secure);
    let link: ShownLink | undefined;
    const work = async () => (link = await this.enrolment.renew(staffId, by, approver, browser));
    const errors = await outcomeOf(form, work, said);
    if (link) await this.handOver(request, response, login, link);
    else await this.account(request, response, { by, staffId }, form.values(['approver']), errors);
  }

  @Post(':staffId/roles')
  async grant(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { staffId }: StaffParams,
  ): Promise<void> {
    await this.known(staffId);
    const form = new FormReader(request.body);
    const command = new GrantRole(staffId, form.choice('role', 'Rôle', staffRoles), by);
    const errors = await outcomeOf(form, () => this.commands.execute(command), said);
    if (errors.length === 0) return seeOther(request, response, `${PATH}/${staffId}`);
    await this.account(request, response, { by, staffId }, form.values(['role']), errors);
  }

  @Post(':staffId/roles/:role/retrait')
  async revoke(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { staffId, role }: StaffRoleParams,
  ): Promise<void> {
    await this.known(staffId);
    const command = new RevokeRole(staffId, role, by);
    const errors = await outcomeOf(new FormReader({}), () => this.commands.execute(command), said);
    if (errors.length === 0) return seeOther(request, response, `${PATH}/${staffId}`);
    await this.account(request, response, { by, staffId }, {}, errors);
  }

  private async everybody(
    request: Request,
    response: Response,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const people = (await this.accounts.list()).map((one) => ({ ...one, state: this.stateOf(one) }));
    const page = {
      ...frame(request, NAME, TITLE, { via: [{ label: NAME, href: '/personnel' }] }),
      ...{ csrf: csrfToken(request), path: PATH, people, roles: OPTIONS, names: ROLES, values, errors },
    };
    await sendPage(request, response, render('staff-accounts', page), errors.length > 0 ? 422 : 200);
  }

  private async account(
    request: Request,
    response: Response,
    { by, staffId }: { by: string; staffId: string },
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const one = await this.known(staffId);
    const page = {
      ...frame(request, NAME, one.login, {
        via: [
          { label: NAME, href: '/personnel' },
          { label: TITLE, href: PATH },
        ],
      }),
      ...{ csrf: csrfToken(request), path: `${PATH}/${staffId}`, one, own: by === staffId },
      ...{ state: this.stateOf(one), names: ROLES, values, errors },
      roles: OPTIONS.filter(([role]) => !one.roles.includes(role as StaffRole)),
    };
    await sendPage(request, response, render('staff-account', page), errors.length > 0 ? 422 : 200);
  }

  /** The link, to be given to its holder: nobody can show it again. */
  private async handOver(
    request: Request,
    response: Response,
    login: string,
    { staffId, link, expiresAt }: ShownLink,
  ): Promise<void> {
    const page = {
      ...frame(request, NAME, 'Lien à remettre', {
        via: [
          { label: NAME, href: '/personnel' },
          { label: TITLE, href: PATH },
        ],
      }),
      ...{ login, link, expires: inParis(new Date(expiresAt)), path: `${PATH}/${staffId}` },
    };
    await sendPage(request, response, render('staff-handed-link', page));
  }

  private async known(staffId: string): Promise<StaffListed> {
    const one = (await this.accounts.list()).find((listed) => listed.staffId === staffId);
    if (!one) throw new NotFoundException();
    return one;
  }

  private stateOf({ ready, linkExpiresAt }: StaffListed): string {
    if (linkExpiresAt === null) return ready ? 'en usage' : 'sans mot de passe';
    const until = inParis(new Date(linkExpiresAt));
    const link = linkExpiresAt > this.clock.now() ? `lien valable jusqu’au ${until}` : 'lien échu';
    return ready ? `en usage, ${link}` : `jamais utilisé, ${link}`;
  }
}

const words: Words = {
  'staff.login-taken': { field: 'login', text: 'Nom de connexion : quelqu’un d’autre le porte déjà.' },
  'staff.own-role': { field: 'role', text: 'Rôle : un autre administrateur doit changer les vôtres.' },
  'staff.holds-share': {
    field: 'role',
    text: 'Rôle : qui siège dans un bureau n’administre pas le service (CNIL 2019-053, objectif 1-08).',
  },
  'staff.second-person': {
    field: 'approver',
    text: 'Nom de connexion de la seconde personne : ni la vôtre, ni celle de ce compte.',
  },
  'staff.approver': {
    field: 'code',
    text: 'Code à usage unique : ce nom et ce code ne vont pas ensemble, ou ce compte n’est ni d’administration ni de bureau.',
  },
};

function said(error: unknown): FormError {
  if (error instanceof TooSoon)
    return {
      field: 'code',
      text: `Code à usage unique : trop d’essais, réessayez dans ${Math.ceil(error.retryAfter / 60)} minute(s).`,
    };
  return saidOf(error, words);
}
