import { Controller, Get, Header, Req, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { frame, nameOf } from '../../http/frame.js';
import { inParis, openPeriod } from '../../http/paris-time.js';
import { votingTimes } from '../../http/voting-times.js';
import { Public } from '../../http/access.guard.js';
import { render } from '../../http/views.js';
import { Clock } from '../../ledger/clock.js';
import { extendedScrutins, type ExtendedScrutin } from '../../projections/boxes.projection.js';
import { listElections, type ElectionRow } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { codesSheet } from './codes-sheet.js';
import { articles, Content, type ArticleName, type Quoted } from './content.js';

const HTML = 'text/html; charset=utf-8';
const names = Object.keys(articles) as ArticleName[];
const TO_COME = 'dates à venir';

/** The pages that anyone may read: home and words. */
@ApiExcludeController()
@Controller()
export class PortalPages {
  /** The same for everybody, and a second's work: drawn again when the election changes. */
  private sheetDrawn: { readonly of: string; readonly pdf: Buffer } | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly content: Content,
  ) {}

  /** Screen E2: which election is held here, when one can vote, and the way in. */
  @Public()
  @Get()
  @Header('Content-Type', HTML)
  async home(@Req() request: Request): Promise<string> {
    const elections = await listElections(this.database.pool('register'));
    const now = new Date(this.clock.now());
    const name = nameOf(elections);
    return render('home', {
      ...frame(request, name, name, { scripts: ['countdown'] }),
      trail: [],
      elections: await Promise.all(
        elections.map(async ({ electionId, title, calendar }) => {
          const extended = await this.extended(electionId);
          const times =
            calendar && votingTimes(calendar.votingOpensAt, calendar.votingClosesAt, extended, now);
          return { electionId, title, times };
        }),
      ),
    });
  }

  /** Edito, help, tutorials: Markdown of the organiser (F60, F62 to F65). */
  @Public()
  @Get(Object.values(articles))
  @Header('Content-Type', HTML)
  async article(@Req() request: Request): Promise<string> {
    const elections = await listElections(this.database.pool('register'));
    const name = names.find((one) => articles[one] === request.path) ?? 'aide';
    const [only, ...others] = elections;
    const extended = only && others.length === 0 ? await this.extended(only.electionId) : [];
    const article = this.content.page(name, quoted(elections, extended));
    return render('article', { ...frame(request, nameOf(elections), article.title), ...article });
  }

  private extended(electionId: string): Promise<ExtendedScrutin[]> {
    return extendedScrutins(this.database.pool('register'), electionId);
  }

  /** One page on which to write down one's codes (F52). */
  @Public()
  @Get('fiche.pdf')
  async sheet(): Promise<StreamableFile> {
    const elections = await listElections(this.database.pool('register'));
    const calendar = elections.length === 1 ? elections[0]?.calendar : undefined;
    const period = calendar && openPeriod(calendar.votingOpensAt, calendar.votingClosesAt);
    const of = [nameOf(elections), period].join('\n');
    if (this.sheetDrawn?.of !== of)
      this.sheetDrawn = { of, pdf: await codesSheet(nameOf(elections), period) };
    const { pdf } = this.sheetDrawn;
    return new StreamableFile(pdf, { type: 'application/pdf', disposition: 'inline; filename="fiche.pdf"' });
  }
}

/** Dates of the election, if only one is held here: a text that serves several cannot say when. */
function quoted(elections: readonly ElectionRow[], extended: readonly ExtendedScrutin[]): Quoted {
  const calendar = elections.length === 1 ? elections[0]?.calendar : undefined;
  const last = extended.at(-1)?.closesAt;
  const later = last ? `, ou ${inParis(last)} pour certains scrutins` : '';
  const date = (instant: Date | undefined) => (instant ? inParis(instant) : TO_COME);
  return {
    élection: elections.length === 1 ? nameOf(elections) : 'élections professionnelles',
    'ouverture du portail': date(calendar?.portalOpensAt),
    'ouverture du vote': date(calendar?.votingOpensAt),
    'clôture du vote': date(calendar?.votingClosesAt) + later,
  };
}
