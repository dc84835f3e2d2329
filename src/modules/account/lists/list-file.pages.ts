import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { Staff } from '../../../http/access.guard.js';
import { sendPage } from '../../../http/answers.js';
import { stepsToElections } from '../../../http/frame.js';
import { FormReader, saidOf, type FormError } from '../../../http/form-reader.js';
import { uploadOf } from '../../../http/uploads.js';
import { render } from '../../../http/views.js';
import { EventStore } from '../../../ledger/event-store.js';
import { Projections } from '../../../projections/projections.js';
import { PageFrames } from '../page-frames.js';
import { ListFiles, type FileOutcome } from './list-files.js';

class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

const TITLE = 'Listes électorales par fichier';
const MOST_SHOWN = 200; // faults on the page
const PATIENCE = 10_000; // milliseconds until the pages show what was just done
const WORDS = {
  'lists.closed': { text: 'Les listes électorales sont closes : plus rien n’y change (CGFP R. 211-528).' },
} as const;

/**
 * Where an administrator imports or corrects electoral lists by a CSV file: first all that is wrong with it, line by line;
 * then, if nothing is, the same file again. In between it is kept nowhere, because NUMEN and NIR are in it.
 */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/elections/:electionId/electeurs')
export class ListFilePages {
  constructor(
    private readonly files: ListFiles,
    private readonly frames: PageFrames,
    private readonly store: EventStore,
    private readonly projections: Projections,
  ) {}

  @Get()
  form(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    return this.page(request, response, electionId, { values: { mode: 'inscription' }, errors: [] });
  }

  @Post()
  async read(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const mode = form.choice('mode', 'Fichier', ['inscription', 'correction']);
    const content = uploadOf(request, 'fichier');
    const checked = form.typed('sha256'); // of the file whose report was shown; empty: show it
    if (!content) form.wrong('fichier', 'Fichier : à choisir.');
    else if (checked !== '' && createHash('sha256').update(content).digest('hex') !== checked)
      form.wrong('fichier', 'Fichier : ce n’est pas celui qui vient d’être vérifié. Vérifiez-le d’abord.');
    const values = { mode, mails: form.typed('mails') };
    if (form.errors.length > 0 || !content)
      return this.page(request, response, electionId, { values, errors: form.errors, checked });
    try {
      const outcome = await this.files.read(electionId, mode, content, {
        write: checked !== '',
        mails: form.typed('mails') === 'oui',
      });
      if (outcome.done !== undefined) await this.shown();
      await this.page(request, response, electionId, { values, errors: [], outcome });
    } catch (error) {
      await this.page(request, response, electionId, { values, errors: [saidOf(error, WORDS)] });
    }
  }

  private async page(
    request: Request,
    response: Response,
    electionId: string,
    shown: {
      readonly values: Record<string, string>;
      readonly errors: readonly FormError[];
      readonly outcome?: FileOutcome;
      readonly checked?: string;
    },
  ): Promise<void> {
    const page = await this.frames.of(request, TITLE, { electionId, via: stepsToElections });
    const election = page.elections.find((one) => one.electionId === electionId);
    if (!election) throw new NotFoundException();
    const { outcome, errors, values, checked = '' } = shown;
    const html = render('setup-electors', {
      ...page,
      ...{ electionId, errors, values, outcome },
      faults: outcome?.faults.slice(0, MOST_SHOWN),
      sha256: outcome && outcome.faulty === 0 && outcome.done === undefined ? outcome.sha256 : checked,
      closed: election.listsClosedAt !== undefined,
    });
    await sendPage(request, response, html, errors.length > 0 ? 422 : (outcome?.faulty ?? 0) > 0 ? 409 : 200);
  }

  private async shown(): Promise<void> {
    await this.projections.waitFor('electors', await this.store.head(), PATIENCE);
  }
}
