import { Controller, Get, Header, Param, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { parseElection } from '../../crypto/election.js';
import { Public } from '../../http/access.guard.js';
import { frame, nameOf } from '../../http/frame.js';
import { withScript, withWorkers } from '../../http/offline-page.js';
import { render } from '../../http/views.js';
import { Refusal } from '../../ledger/refusal.js';
import { findElection } from '../../projections/elections.projection.js';
import { findTally } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { ScrutinParams } from './counting.bodies.js';

const TITLE = 'Vérifier l’urne';
const HTML = 'text/html; charset=utf-8';

/** « Vérifier l’urne »: every ballot, the tally and the result, in the browser of whoever asks; also without a network. */
@ApiExcludeController()
@Controller('verifier')
export class BoxAuditPages {
  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly database: Database,
  ) {}

  @Public()
  @Get('urne/:scrutinId')
  @Header('Content-Type', HTML)
  async page(@Req() request: Request, @Param() { scrutinId }: ScrutinParams): Promise<string> {
    const tally = await findTally(this.database.pool('register'), scrutinId); // a box is not read for who only asks
    const { frozen, opened } = tally?.phase === 'proclaimed' ? await this.boxes.of(scrutinId) : {};
    if (!frozen || !opened)
      throw new Refusal('counting.no-result', 'No result was proclaimed yet: there is no archive.');
    const election = await findElection(this.database.pool('register'), opened.electionId);
    const { name } = parseElection(await this.boards.text(opened.electionFile));
    return render('box-audit', {
      ...frame(request, nameOf(election ? [election] : []), TITLE, {
        via: [{ label: 'Résultats', href: `/resultats/${opened.electionId}` }],
        scripts: ['box-audit'],
      }),
      ...{ scrutin: name, archive: `/api/scrutins/${scrutinId}/archive`, root: frozen.boxRoot },
    });
  }

  /** One file: the page, its script and that of its workers, the kernel in it. */
  @Public()
  @Get('hors-ligne/urne')
  @Header('Content-Type', HTML)
  @Header('Content-Disposition', 'attachment; filename="verifier-une-urne.html"')
  async offline(): Promise<string> {
    const page = render('box-audit-offline', { title: TITLE });
    return withWorkers(await withScript(page, 'box-audit'), 'box-audit-worker');
  }
}
