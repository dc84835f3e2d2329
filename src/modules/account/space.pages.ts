import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AnySignedIn } from '../../http/access.guard.js';
import { sendPage } from '../../http/answers.js';
import { inParisShort } from '../../http/paris-time.js';
import { SessionStore } from '../../http/session-store.js';
import { render } from '../../http/views.js';
import { votingTimes, type VotingTimes } from '../../http/voting-times.js';
import { ElectorId, signedIn } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { findBoxes } from '../../projections/boxes.projection.js';
import type { ElectionRow } from '../../projections/elections.projection.js';
import { findElector } from '../../projections/electors.projection.js';
import { scrutinsOf } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { Identities } from '../../vault/identities.js';
import { PageFrames, type FormFrame } from './page-frames.js';

const SPACE = [{ label: 'Mon portail', href: '/espace' }];

/** Screen E8 and what it leads to. For signed-in electors. */
@ApiExcludeController()
@Controller()
export class SpacePages {
  constructor(
    private readonly frames: PageFrames,
    private readonly identities: Identities,
    private readonly sessions: SessionStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** « Bienvenue sur votre portail Élections ». */
  @Get('espace')
  async home(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    const { calendar, ...frame } = await this.frame(request, 'Mon portail', electorId, []);
    const user = signedIn(request);
    const { lastSignIn } = request.session;
    await sendPage(
      request,
      response,
      render('space', {
        ...frame,
        activated: user?.kind === 'elector' && user.activated,
        lastSignIn: lastSignIn && inParisShort(new Date(lastSignIn)),
        times: calendar && (await this.times(electorId, calendar)),
      }),
    );
  }

  /** « Mes informations personnelles » (F53, F54). */
  @Get('espace/informations')
  async information(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    const frame = await this.frame(request, 'Mes informations personnelles', electorId);
    const identity = await this.identities.of(electorId);
    const lines = identity
      ? [
          ['Nom', identity.lastName],
          ['Prénom', identity.firstName],
          ['Date de naissance', identity.birthDate.split('-').reverse().join('/')],
          ['Identifiant', identity.email],
          ['Corps', identity.corps],
          ['Académie', identity.academy],
          ['Affectation', identity.unit],
        ]
      : [];
    await sendPage(request, response, render('information', { ...frame, lines }));
  }

  /** « Rester connecté »: any request prolongs the session, and this one says until when. */
  @AnySignedIn()
  @Post('session')
  stay(@Req() request: Request, @Res() response: Response): void {
    response.status(200).json({ endsAt: this.sessions.ends(request.session).at.toISOString() });
  }

  /** When this elector can vote: by the boxes once they are open, since each may have its own closing (F113). */
  private async times(
    electorId: string,
    { votingOpensAt, votingClosesAt }: NonNullable<ElectionRow['calendar']>,
  ): Promise<VotingTimes> {
    const register = this.database.pool('register');
    const scrutinIds = (await findElector(register, electorId))?.scrutinIds ?? [];
    const boxes = await findBoxes(register, scrutinIds);
    const titles = new Map((await scrutinsOf(register, scrutinIds)).map((one) => [one.scrutinId, one.title]));
    const closes = boxes.map(({ closesAt }) => closesAt.getTime());
    const first = closes.length > 0 ? new Date(Math.min(...closes)) : votingClosesAt;
    const closings = boxes.map(({ scrutinId, closesAt }) => ({
      title: titles.get(scrutinId) ?? '',
      closesAt,
    }));
    return votingTimes(votingOpensAt, first, closings, new Date(this.clock.now()));
  }

  private async frame(
    request: Request,
    title: string,
    electorId: string,
    via = SPACE,
  ): Promise<FormFrame & Pick<ElectionRow, 'calendar'>> {
    const electionId = (await this.identities.of(electorId))?.electionId;
    const frame = await this.frames.of(request, title, {
      via,
      scripts: ['countdown'],
      ...(electionId && { electionId }),
    });
    return { ...frame, calendar: frame.elections[0]?.calendar };
  }
}
