import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../http/access.guard.js';
import { seeOther, sendPage } from '../http/answers.js';
import { FormReader, saidOf, type FormError } from '../http/form-reader.js';
import { frame, stepsToElections } from '../http/frame.js';
import { csrfToken } from '../http/sessions.js';
import { uploadOf, uploadsOf } from '../http/uploads.js';
import { render } from '../http/views.js';
import { EventStore } from '../ledger/event-store.js';
import { electionWords } from '../modules/election/election.words.js';
import { rosterWords } from '../modules/board/roster.words.js';
import { scrutinError } from '../modules/scrutin/scrutin.words.js';
import { Projections } from '../projections/projections.js';
import { BadElectionFile, readElectionFile } from './election-file.js';
import { ElectionFiles } from './election-files.js';
import { RefusedChange, type Change } from './election-plan.js';
import { SentPapers } from './sent-papers.js';
import { WrittenElection } from './written-election.js';

class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

const NAME = 'Espace du personnel';
const TITLE = 'Une élection en un fichier';
const LONGEST = 900_000; // characters
const PATIENCE = 10_000; // milliseconds until the pages show what was just done

/** Where an administrator applies the YAML file of an election, after seeing what would change, and gets the present one. */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel')
export class ElectionFilePages {
  constructor(
    private readonly files: ElectionFiles,
    private readonly papers: SentPapers,
    private readonly written: WrittenElection,
    private readonly store: EventStore,
    private readonly projections: Projections,
  ) {}

  @Get('elections/:electionId/fichier')
  async download(@Res() response: Response, @Param() { electionId }: ElectionParams): Promise<void> {
    const yaml = await this.written.of(electionId);
    if (yaml === undefined) throw new NotFoundException();
    response.attachment(`election-${electionId}.yaml`).type('application/yaml; charset=utf-8').send(yaml);
  }

  @Get('fichier')
  form(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.page(request, response, '', []);
  }

  /** Shows what would change; nothing is written to the ledger. */
  @Post('fichier')
  async preview(@Req() request: Request, @Res() response: Response): Promise<void> {
    const form = new FormReader(request.body);
    const typed = uploadOf(request, 'fichier')?.toString('utf8') ?? form.typed('yaml');
    if (typed.trim() === '') form.wrong('fichier', 'Fichier : choisissez un fichier, ou collez son texte.');
    if (typed.length > LONGEST) form.wrong('fichier', 'Fichier : trop long.');
    if (form.errors.length > 0) return this.page(request, response, typed, form.errors);
    try {
      const { yaml, paper } = await this.papers.keep(typed, uploadsOf(request, 'pieces'));
      const changes = await this.files.changesOf(yaml, paper);
      await this.page(request, response, yaml, [], changes);
    } catch (error) {
      await this.page(request, response, typed, [errorOf(error)]);
    }
  }

  @Post('fichier/application')
  async apply(@Req() request: Request, @Res() response: Response): Promise<void> {
    const yaml = new FormReader(request.body).typed('yaml');
    try {
      const { paper } = await this.papers.keep(yaml, []);
      await this.files.apply(await this.files.changesOf(yaml, paper));
    } catch (error) {
      return this.page(request, response, yaml, [errorOf(error)]);
    }
    const head = await this.store.head();
    for (const name of ['elections', 'scrutins', 'boards'])
      await this.projections.waitFor(name, head, PATIENCE);
    await seeOther(request, response, `/personnel/elections/${readElectionFile(yaml).election.id}`);
  }

  private async page(
    request: Request,
    response: Response,
    yaml: string,
    errors: readonly FormError[],
    changes?: readonly Change[],
  ): Promise<void> {
    const page = {
      ...frame(request, NAME, TITLE, { via: stepsToElections }),
      csrf: csrfToken(request),
      values: { yaml },
      errors,
      changes: changes?.map(({ inFrench }) => inFrench),
    };
    await sendPage(request, response, render('setup-file', page), errors.length > 0 ? 409 : 200);
  }
}

/** What the page says of a file that is none, or that the rules refuse. */
function errorOf(error: unknown): FormError {
  if (error instanceof BadElectionFile) return { field: 'yaml', text: error.inFrench };
  const { text } = wordsOf(error);
  return {
    field: 'yaml',
    text: error instanceof RefusedChange ? `${capital(error.inFrench)} : ${text}` : text,
  };
}

function wordsOf(error: unknown): FormError {
  try {
    return scrutinError(error);
  } catch {
    return saidOf(error, { ...electionWords, ...rosterWords });
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
