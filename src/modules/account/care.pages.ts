import {
  Body,
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsEmail, IsIn, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { ElectionQuery } from '../../http/election-query.js';
import { frame, type Frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { mayCall } from '../../http/roles.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { chosenElection } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { Care, type CareRow } from './care.js';
import { ElectorHistory, type HistoryLine } from './elector-history.js';
import { Identities } from '../../vault/identities.js';

const HTML = 'text/html; charset=utf-8';
const PAGE = 50;

class ListQuery extends ElectionQuery {
  @IsOptional()
  @IsIn(['retournes', 'inactifs', 'abandonnes'])
  liste?: 'retournes' | 'inactifs' | 'abandonnes';
  @IsOptional()
  @IsUUID('4')
  apres?: string;
}

class SearchBody extends ElectionQuery {
  @IsString()
  @Length(3, 254)
  identifier!: string;
}

/** Which elector. */
export class ElectorParams {
  @IsUUID('4')
  electorId!: string;
}

/** The address that an elector is to have. */
export class ContactBody {
  @IsEmail()
  @MaxLength(254)
  email!: string;
}

class RequestParams {
  @IsUUID('4')
  requestId!: string;
}

/** Where assistance finds the electors whose mails go astray, and mends it (F13). */
@ApiExcludeController()
@Staff('assistance', 'administrator')
@Controller('personnel')
export class CarePages {
  constructor(
    private readonly care: Care,
    private readonly identities: Identities,
    private readonly database: Database,
    private readonly history: ElectorHistory,
    private readonly clock: Clock,
  ) {}

  @Get('messages')
  @Header('Content-Type', HTML)
  async mails(
    @Req() request: Request,
    @Query() { election, liste = 'retournes', apres }: ListQuery,
  ): Promise<string> {
    const { elections, electionId } = await this.chosen(election);
    const rows =
      liste === 'abandonnes'
        ? await this.care.listGivenUp(PAGE)
        : await this.care.list(liste === 'retournes' ? 'bounced' : 'silent', electionId, apres, PAGE);
    const more = liste !== 'abandonnes' && rows.length === PAGE ? rows.at(-1)?.electorId : undefined;
    const counts = await this.care.count(electionId);
    return render('staff-mails', {
      ...framed(request, 'Messages aux électeurs'),
      ...{ elections, electionId, liste },
      counts,
      more,
      rows: rows.map(shown),
    });
  }

  @Get('electeurs')
  @Header('Content-Type', HTML)
  async search(@Req() request: Request, @Query() { election }: ElectionQuery): Promise<string> {
    const chosen = await this.chosen(election);
    return render('staff-search', { ...framed(request, 'Chercher un électeur'), ...chosen, nobody: false });
  }

  /** By a POST, so that an address is in no history and no log. */
  @Post('electeurs')
  async find(
    @Req() request: Request,
    @Res() response: Response,
    @Body() { election, identifier }: SearchBody,
  ): Promise<void> {
    const chosen = await this.chosen(election);
    const electorId = await this.identities.find(chosen.electionId, identifier);
    if (electorId !== undefined) {
      response.redirect(303, `/personnel/electeurs/${electorId}`);
      return;
    }
    const page = { ...framed(request, 'Chercher un électeur'), ...chosen, nobody: true };
    response.status(404).type('html').send(render('staff-search', page));
  }

  @Get('electeurs/:electorId')
  @Header('Content-Type', HTML)
  async elector(@Req() request: Request, @Param() { electorId }: ElectorParams): Promise<string> {
    const row = await this.care.show(electorId);
    if (!row) throw new NotFoundException();
    const history = await this.history.of(electorId);
    const slowed = Math.ceil((await this.care.slowedFor(electorId)) / 60);
    return render('staff-elector', {
      ...framed(request, 'Un électeur'),
      row: shown(row),
      slowed,
      code: codeStateOf(history),
      history: history.map(lineOf),
      mayCorrect: mayCall(rolesOf(request), 'GET /personnel/electeurs/:electorId/inscription'),
    });
  }

  /** « Envoyer un nouveau lien d'ouverture ». */
  @Post('electeurs/:electorId/lien')
  async sendLink(
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electorId }: ElectorParams,
  ): Promise<void> {
    await this.care.sendLink(electorId, staffId);
    response.redirect(303, `/personnel/electeurs/${electorId}`);
  }

  /** The first of two: asks for another address. */
  @Post('electeurs/:electorId/adresse')
  @Redirect('/personnel/changements', 303)
  async ask(
    @StaffId() staffId: string,
    @Param() { electorId }: ElectorParams,
    @Body() { email }: ContactBody,
  ): Promise<void> {
    await this.care.askContactChange(electorId, email, staffId);
  }

  @Get('changements')
  @Header('Content-Type', HTML)
  async changes(@Req() request: Request, @StaffId() staffId: string): Promise<string> {
    const requests = await this.care.contactRequests();
    return render('staff-changes', {
      ...framed(request, 'Changements d’adresse à approuver'),
      requests: requests.map(({ identity, askedAt, ...one }) => ({
        ...one,
        name: nameOf(identity),
        former: identity?.email,
        askedAt: inParis(askedAt),
        own: one.staffId === staffId,
      })),
    });
  }

  /** The second of two. */
  @Post('changements/:requestId/approuver')
  @Redirect('/personnel/changements', 303)
  approve(@StaffId() staffId: string, @Param() { requestId }: RequestParams): Promise<void> {
    return this.care.approveContactChange(requestId, staffId);
  }

  @Post('changements/:requestId/abandonner')
  @Redirect('/personnel/changements', 303)
  drop(@Param() { requestId }: RequestParams): Promise<void> {
    return this.care.dropContactRequest(requestId);
  }

  private chosen(asked: string | undefined) {
    return chosenElection(this.database.pool('register'), asked, this.clock.now());
  }
}

function framed(request: Request, title: string): Frame & { csrf: string } {
  const via = [{ label: 'Espace du personnel', href: '/personnel' }];
  return { ...frame(request, 'Espace du personnel', title, { via }), csrf: csrfToken(request) };
}

function rolesOf(request: Request): readonly string[] {
  const user = signedIn(request);
  return user?.kind === 'staff' ? user.roles : [];
}

/** What became of the voting code, as far as assistance may know it: that there is one, and how often it was made anew. */
function codeStateOf(history: readonly HistoryLine[]): string {
  const delivered = history.find(({ type }) => type === 'NoticeDelivered');
  const renewed = history.filter(({ type }) => type === 'VotingCodeReassorted').length;
  const issued = history.some(({ type }) => type === 'VotingCodeIssued');
  const notice = delivered
    ? `notice remise le ${inParis(delivered.at)} (${channels.get(delivered.detail ?? '') ?? ''})`
    : issued
      ? 'notice faite, remise non notée'
      : 'pas encore de code';
  return renewed === 0 ? notice : `${notice} ; code refait ${renewed} fois`;
}

function lineOf({ at, type, entered, left, by, claimId, detail }: HistoryLine) {
  const more = [
    entered.length > 0 && `inscrit : ${entered.join(', ')}`,
    left.length > 0 && `radié : ${left.join(', ')}`,
    detail !== undefined && (reasons.get(detail) ?? channels.get(detail) ?? detail),
  ].filter((one) => typeof one === 'string');
  return { at: inParis(at), what: happenings[type], more: more.join(' ; '), by: by.join(', '), claimId };
}

const channels = new Map([
  ['hand', 'en main propre'],
  ['post', 'par courrier'],
  ['registered', 'en recommandé'],
  ['mail', 'par messagerie'],
  ['sms', 'par SMS'],
  ['in-person', 'en personne'],
]);

const happenings: Readonly<Record<HistoryLine['type'], string>> = {
  ElectorRegistered: 'Inscription',
  ElectorCorrected: 'Correction de l’inscription',
  ElectorRemoved: 'Radiation',
  ContactChanged: 'Changement d’adresse',
  ActivationLinkIssued: 'Lien d’ouverture',
  MailBounced: 'Message retourné',
  AccountActivated: 'Activation du compte',
  PasswordResetRequested: 'Lien de réassort du mot de passe',
  PasswordReset: 'Nouveau mot de passe',
  NoticeDelivered: 'Remise de la notice',
  VotingCodeIssued: 'Code de vote fait',
  CodeReassortRequested: 'Réassort du code demandé',
  VotingCodeReassorted: 'Code de vote refait',
};

function nameOf(identity: CareRow['identity']): string {
  return identity ? `${identity.lastName} ${identity.firstName}` : '(données effacées)';
}

const outcomes = { waiting: 'en attente d’envoi', done: 'envoyé', failed: 'jamais parti' } as const;
/** RFC 3463, in the words of assistance. */
const reasons = new Map([
  ['5.1.1', 'adresse inconnue'],
  ['5.1.2', 'domaine inconnu'],
  ['5.2.1', 'boîte désactivée'],
  ['5.2.2', 'boîte pleine'],
]);

function shown({ electorId, identity, outcome, issuedAt, bouncedAt, reason, activatedAt }: CareRow) {
  return {
    electorId,
    name: nameOf(identity),
    email: identity?.email,
    academy: identity?.academy,
    sent: bouncedAt ? 'retourné' : outcome === undefined ? 'aucun' : outcomes[outcome],
    reason: bouncedAt && (reasons.get(reason ?? '') ?? reason),
    issuedAt: issuedAt && inParis(issuedAt),
    activatedAt: activatedAt && inParis(activatedAt),
  };
}
