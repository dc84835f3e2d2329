import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Public } from '../../http/access.guard.js';
import { frame, nameOf } from '../../http/frame.js';
import { withScript } from '../../http/offline-page.js';
import { render } from '../../http/views.js';
import { listElections } from '../../projections/elections.projection.js';
import { scrutinsOfElection } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { Transparency } from '../../transparency/transparency.js';

const TITLE = 'Vérifier mon bulletin';
const HTML = 'text/html; charset=utf-8';

/** « Vérifier mon bulletin », without a session; and the same as one file for use without a network (F80). */
@ApiExcludeController()
@Controller('verifier')
export class VerifyPages {
  constructor(
    private readonly database: Database,
    private readonly transparency: Transparency,
  ) {}

  @Public()
  @Get()
  @Header('Content-Type', HTML)
  async page(@Req() request: Request): Promise<string> {
    const register = this.database.pool('register');
    const elections = await listElections(register);
    const scrutins = await Promise.all(
      elections.map(({ electionId }) => scrutinsOfElection(register, electionId)),
    );
    return render('verify', {
      ...frame(request, nameOf(elections), TITLE, { scripts: ['verifier'] }),
      key: this.transparency.signer.vkey,
      scrutins: scrutins.flatMap((rows) => rows.map(({ scrutinId }) => scrutinId)).join(' '),
      offline: true,
    });
  }

  /** One file: the page, its script and the key of the log. */
  @Public()
  @Get('hors-ligne')
  @Header('Content-Type', HTML)
  @Header('Content-Disposition', 'attachment; filename="verifier-mon-bulletin.html"')
  async offline(): Promise<string> {
    const page = render('verify-offline', { title: TITLE, key: this.transparency.signer.vkey });
    return withScript(page, 'verifier');
  }
}
