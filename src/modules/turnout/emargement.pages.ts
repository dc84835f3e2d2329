import { Controller, Get, NotFoundException, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { sendPage } from '../../http/answers.js';
import { frame } from '../../http/frame.js';
import { render } from '../../http/views.js';
import { listElections } from '../../projections/elections.projection.js';
import { scrutinsOfElection } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { emargementPdf } from './emargement-pdf.js';
import { Emargement } from './emargement.js';

class EmargementQuery {
  @IsOptional()
  @IsUUID('4')
  scrutin?: string;
  @IsOptional()
  @IsString()
  @MaxLength(100)
  nom?: string;
  @IsOptional()
  @IsString()
  @MaxLength(200)
  unite?: string;
  @IsOptional()
  @IsString()
  @MaxLength(3)
  format?: string;
}

/** The emargement lists, for the board alone (CGFP 542). Names are in no address that a log keeps: only the route is logged. */
@ApiExcludeController()
@Staff('board')
@Controller('personnel/emargement')
export class EmargementPages {
  constructor(
    private readonly emargement: Emargement,
    private readonly database: Database,
  ) {}

  @Get()
  async list(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { scrutin, nom, unite, format }: EmargementQuery,
  ): Promise<void> {
    const register = this.database.pool('register');
    const elections = await listElections(register);
    const scrutins = (
      await Promise.all(elections.map(({ electionId }) => scrutinsOfElection(register, electionId)))
    )
      .flat()
      .filter(({ held }) => held === 'here');
    const chosen = scrutins.find(({ scrutinId }) => scrutinId === scrutin);
    if (scrutin !== undefined && !chosen) throw new NotFoundException();
    const found = chosen && (await this.emargement.of(chosen.scrutinId, { name: nom, unit: unite }));
    if (format === 'pdf' && chosen && found) {
      const pdf = await emargementPdf(chosen.title, unite, found.lines);
      response.set('Content-Disposition', 'inline; filename="emargement.pdf"');
      response.type('application/pdf').send(pdf);
      return;
    }
    const title = 'Listes d’émargement';
    const html = render('staff-emargement', {
      ...frame(request, 'Espace du personnel', title, {
        via: [{ label: 'Espace du personnel', href: '/personnel' }],
      }),
      scrutins: scrutins.map(({ scrutinId, title: name }) => ({ scrutinId, name })),
      chosen: chosen && { scrutinId: chosen.scrutinId, name: chosen.title },
      typed: { nom: nom ?? '', unite: unite ?? '' },
      pdf: `/personnel/emargement?${new URLSearchParams({ scrutin: scrutin ?? '', nom: nom ?? '', unite: unite ?? '', format: 'pdf' }).toString()}`,
      found,
      signed: found?.lines.filter(({ signedOn }) => signedOn !== undefined).length,
    });
    await sendPage(request, response, html);
  }
}
