import {
  Controller,
  Get,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Captcha } from '../../captcha/captcha.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { boothHash, boothIntegrity } from '../../http/booth-file.js';
import { frame, nameOf, type Frame } from '../../http/frame.js';
import { betweenDays, inParis, inParisPlain, inParisShort, openPeriod } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { ElectorId } from '../../http/visitor.js';
import { findElection, type ElectionRow } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { Vault } from '../../vault/vault.js';
import { boothPolicy } from './booth-policy.js';
import { signatureSheet } from './signature-sheet.js';
import { VotingSpace, type OpenedScrutin, type Signed } from './voting-space.js';
import { passedGate, type Voter } from '../../vault/voter.js';

const PORTAL = { label: 'Mon portail', href: '/espace' };
const SPACE = { label: 'Je Vote', href: '/vote' };

/** Screens E9 and E11 to E15, which one script draws, and « mon émargement » (F81), which needs none. */
@ApiExcludeController()
@Controller()
export class BoothPages {
  constructor(
    private readonly space: VotingSpace,
    private readonly captcha: Captcha,
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** Where the portal led before the vote opened. */
  @Get('espace/vote')
  elsewhere(@Req() request: Request, @Res() response: Response): Promise<void> {
    return seeOther(request, response, '/vote');
  }

  /** E9, and the booth behind it. */
  @Get('vote')
  async vote(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    const { who, election, opened } = await this.look(electorId);
    const votable = opened.filter(
      ({ box }) => this.space.phase(box, request.session.signedInAt) !== 'closed',
    );
    const page = frame(request, election ? nameOf([election]) : 'Portail Élections', 'Je Vote', {
      via: [PORTAL],
    });
    if (!who || !election || votable.length === 0) {
      await sendPage(request, response, notNow(page, election, opened.length > 0));
      return;
    }
    response.set('Content-Security-Policy', boothPolicy(request.headers.host));
    const html = render('booth', {
      ...page,
      scripts: [], // everything that runs here is in the one script whose hash is sealed
      sealedScript: { src: `/assets/booth.js?v=${boothHash().slice(0, 16)}`, integrity: boothIntegrity() },
      pinned: JSON.stringify(pinned(request, election, opened)),
      captcha: await this.captcha.offer(request.session),
      again: passedGate(request.session.gate, who),
      period:
        election.calendar && openPeriod(election.calendar.votingOpensAt, election.calendar.votingClosesAt),
    });
    await sendPage(request, response, html);
  }

  /** « Mes émargements » (F81): without the voting code, at any time. */
  @Get('vote/emargements')
  async signatures(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    const { election, signed } = await this.signed(electorId);
    const name = election ? nameOf([election]) : 'Portail Élections';
    const lines = signed.map(({ scrutin: { scrutinId, title }, ...when }) => ({
      ...{ scrutinId, title, when: whenSaid(when) },
    }));
    const page = frame(request, name, 'Mes émargements', { via: [PORTAL, SPACE] });
    await sendPage(request, response, render('signatures', { ...page, lines }));
  }

  /** « Télécharger mon émargement », from the register and the names in the vault. */
  @Get('vote/emargements/:scrutinId')
  async signature(
    @Param('scrutinId', new ParseUUIDPipe({ version: '4' })) scrutinId: string,
    @ElectorId() electorId: string,
  ): Promise<StreamableFile> {
    const { who, election, opened, signed } = await this.signed(electorId);
    const one = signed.find(({ scrutin }) => scrutin.scrutinId === scrutinId);
    const { box } = opened.find(({ scrutin }) => scrutin === one?.scrutin) ?? {};
    if (!who || !one || !box) throw new NotFoundException();
    const pdf = await signatureSheet({
      election: election?.title ?? '',
      scrutin: one.scrutin.title,
      elector: await this.nameOf(who),
      dated: one.at ?? box.closesAt,
      when: whenSaid(one),
    });
    const disposition = `attachment; filename="emargement-${scrutinId.slice(0, 8)}.pdf"`;
    return new StreamableFile(pdf, { type: 'application/pdf', disposition });
  }

  private async look(electorId: string) {
    const who = await this.space.voter(electorId);
    if (!who) return { who, election: undefined, opened: [] };
    const election = await findElection(this.database.pool('register'), who.electionId);
    return { who, election, opened: await this.space.opened(who) };
  }

  private async signed(electorId: string): Promise<{
    who: Voter | undefined;
    election: ElectionRow | undefined;
    opened: OpenedScrutin[];
    signed: Signed[];
  }> {
    const { who, election, opened } = await this.look(electorId);
    return { who, election, opened, signed: await this.space.signed(electorId, opened) };
  }

  private async nameOf({ identity }: Voter): Promise<string> {
    const known = (await this.vault.read('identity', identity)) as
      Partial<Record<string, string>> | undefined;
    return `${known?.['firstName'] ?? ''} ${known?.['lastName'] ?? ''}`.trim();
  }
}

/** « le jeudi 1 décembre 2022 à 12h47 (heure de Paris) »; later the days, or nothing where these are not told. */
function whenSaid({ at, days }: Pick<Signed, 'at' | 'days'>): string | undefined {
  if (at) return `le ${inParisPlain(at)} (heure de Paris)`;
  return days && betweenDays(days);
}

/** What the script believes, and nothing else: it is in the page before anything is asked. */
function pinned(request: Request, election: ElectionRow, opened: readonly OpenedScrutin[]): object {
  const { lastSignIn } = request.session as Partial<Request['session']>;
  return {
    electionId: election.electionId,
    election: election.title,
    csrf: csrfToken(request),
    lastSignIn: lastSignIn === undefined ? null : inParisShort(new Date(lastSignIn)),
    scrutins: opened.map(({ scrutin, box, sealed }) => ({
      scrutinId: scrutin.scrutinId,
      title: scrutin.title,
      seal: box.seal,
      electionFile: box.electionFile,
      ...sealed,
    })),
  };
}

function notNow(page: Frame, election: ElectionRow | undefined, over: boolean): string {
  const opens = election?.calendar
    ? `${inParis(election.calendar.votingOpensAt)} (heure de Paris)`
    : undefined;
  const paragraphs = over
    ? ['Le vote est clos. Vos émargements restent disponibles.']
    : [
        `L’espace de vote ouvre le ${opens ?? 'une date qui reste à fixer'}.`,
        'Munissez-vous alors de votre notice de vote : elle porte le code qui vous sera demandé.',
      ];
  const next = over
    ? { href: '/vote/emargements', label: 'Mes émargements' }
    : { href: '/espace', label: 'Retour à mon portail' };
  return render('said', { ...page, paragraphs, next });
}
