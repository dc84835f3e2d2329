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
import { boothIntegrity } from '../../http/booth-file.js';
import { frame, nameOf } from '../../http/frame.js';
import { betweenDays, inParis, inParisPlain, inParisShort } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { ElectorId } from '../../http/visitor.js';
import { byClosing } from '../../http/voting-times.js';
import { Clock } from '../../ledger/clock.js';
import { findElection, type ElectionRow } from '../../projections/elections.projection.js';
import { talliesByIds } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { Vault } from '../../vault/vault.js';
import { boothPolicy } from './booth-policy.js';
import { signatureSheet } from './signature-sheet.js';
import { VotingSpace, type OpenedScrutin, type Signed } from './voting-space.js';
import { passedGate, type Voter } from '../../vault/voter.js';

const PORTAL = { label: 'Mon portail', href: '/espace' };
const SPACE = { label: 'Je Vote', href: '/vote' };
const NO_SCRUTIN = [
  'Aucun scrutin de ce portail ne vous appelle à voter.',
  'Si c’est une erreur, prévenez l’assistance ou, jusqu’à la clôture des listes, formulez une réclamation dans votre espace.',
];
const LATE = [
  'Le vote n’est pas encore ouvert pour vos scrutins, bien que son heure soit venue. Il s’ouvre dès que le bureau de vote les a scellés.',
  'Rechargez cette page dans quelques minutes ; si ce message reste, prévenez l’assistance.',
];
const OTHER_BOOTH = [
  'Le programme de vote de ce serveur n’est pas celui que le bureau de vote a scellé : il ne vous est pas envoyé, et vous ne pouvez pas voter en ce moment.',
  'Le bureau de vote en est averti. Rechargez cette page dans quelques minutes ; si ce message reste, prévenez l’assistance. Ne saisissez votre code de vote nulle part ailleurs.',
];
const NOTICE = 'Munissez-vous alors de votre notice de vote : elle porte le code qui vous sera demandé.';

/** Screens E9 and E11 to E15, which one script draws, and « mon émargement » (F81), which needs none. */
@ApiExcludeController()
@Controller()
export class BoothPages {
  constructor(
    private readonly space: VotingSpace,
    private readonly captcha: Captcha,
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly clock: Clock,
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
      const said = await this.notNow(who, election, opened.length > 0);
      await sendPage(request, response, render('said', { ...page, ...said }));
      return;
    }
    const script = await this.space.countingBooth(votable.map(({ box }) => box.boardId));
    if (script === undefined) {
      const next = { href: '/espace', label: 'Retour à mon portail' };
      await sendPage(request, response, render('said', { ...page, paragraphs: OTHER_BOOTH, next }), 503);
      return;
    }
    response.set('Content-Security-Policy', boothPolicy(request.headers.host));
    const html = render('booth', {
      ...page,
      scripts: [], // everything that runs here is in the one script whose hash is sealed
      sealedScript: { src: `/assets/booth.js?v=${script.slice(0, 16)}`, integrity: boothIntegrity(script) },
      pinned: JSON.stringify(pinned(request, election, opened)),
      captcha: await this.captcha.offer(request.session),
      again: passedGate(request.session.gate, who),
      times: byClosing(votable.map(({ scrutin, box }) => ({ title: scrutin.title, closesAt: box.closesAt }))),
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
    const { election, opened, signed } = await this.signed(electorId);
    const name = election ? nameOf([election]) : 'Portail Élections';
    const lines = signed.map(({ scrutin: { scrutinId, title }, ...when }) => ({
      ...{ scrutinId, title, when: whenSaid(when) },
    }));
    const page = frame(request, name, 'Mes émargements', { via: [PORTAL, SPACE] });
    const notAgreed = await this.notAgreed(opened);
    await sendPage(request, response, render('signatures', { ...page, lines, notAgreed }));
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

  /** The titles of scrutins whose register does not say of everybody who signed (CGFP R. 211-574). */
  private async notAgreed(opened: readonly OpenedScrutin[]): Promise<string[]> {
    const titles = new Map(opened.map(({ scrutin }) => [scrutin.scrutinId, scrutin.title]));
    const tallies = await talliesByIds(this.database.pool('register'), [...titles.keys()]);
    return tallies.flatMap(({ scrutinId, discrepancy }) =>
      discrepancy ? (titles.get(scrutinId) ?? []) : [],
    );
  }

  /** Why there is nothing to vote in now. */
  private async notNow(
    who: Voter | undefined,
    election: ElectionRow | undefined,
    over: boolean,
  ): Promise<{ paragraphs: readonly string[]; next: { href: string; label: string } }> {
    const calendar = election?.calendar;
    const now = new Date(this.clock.now());
    const none = {
      paragraphs: NO_SCRUTIN,
      next: { href: '/autres-scrutins', label: 'Les scrutins qui n’ont pas lieu ici' },
    };
    const back = { href: '/espace', label: 'Retour à mon portail' };
    if (over) {
      const next = { href: '/vote/emargements', label: 'Mes émargements' };
      return { paragraphs: ['Le vote est clos. Vos émargements restent disponibles.'], next };
    }
    if (!who || !(await this.space.called(who))) return none;
    if (calendar && now >= calendar.votingClosesAt) return { paragraphs: ['Le vote est clos.'], next: back };
    if (calendar && now >= calendar.votingOpensAt) return { paragraphs: LATE, next: back };
    const opens = calendar
      ? `${inParis(calendar.votingOpensAt)} (heure de Paris)`
      : 'une date qui reste à fixer';
    return { paragraphs: [`L’espace de vote ouvre le ${opens}.`, NOTICE], next: back };
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
