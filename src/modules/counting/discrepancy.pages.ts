import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, saidOf, type FormError, type Words } from '../../http/form-reader.js';
import { StaffId } from '../../http/visitor.js';
import { CountPage, LONGEST } from './count-page.js';
import { BoardParams, DiscrepancyParams } from './counting.bodies.js';
import { Discrepancies } from './discrepancies.js';

/** Why a discrepancy is not stated, as the page says it. */
const unstated: Words = {
  'counting.no-discrepancy': {
    field: 'ecart',
    text: 'Scrutin : aucun écart n’y est à constater. Choisissez un scrutin non concordant.',
  },
  'counting.register-altered': {
    field: 'ecart',
    text: 'Scrutin : ses émargements ne sont plus ceux du gel, aucun constat ne peut passer outre.',
  },
  'counting.other-key': {
    field: 'ecart',
    text: 'Scrutin : sa clé du registre manque, ou n’est plus celle du vote : aucun constat ne peut passer outre.',
  },
  'counting.discrepancy-stated': { field: 'ecart', text: 'Scrutin : son écart est déjà constaté.' },
  'counting.key-destroyed': { field: 'ecart', text: 'Scrutin : il est déjà rapproché, sa clé est détruite.' },
  'counting.two-members': { text: 'Un autre membre du bureau que celui qui propose doit approuver.' },
  'counting.nobody-presides': {
    text: 'L’un des deux doit être la présidence ou, à sa place, le secrétaire : un délégué a proposé, il leur revient d’approuver.',
  },
  'counting.asker-left': {
    text: 'Qui a proposé ce constat ne siège plus au bureau : proposez-le de nouveau.',
  },
  'counting.other-figures': {
    text: 'La comparaison donne maintenant d’autres chiffres que ceux du constat : il est caduc. Lisez-les, puis proposez-en un autre.',
  },
  'counting.no-request': { text: 'Ce constat n’attend plus : il a été approuvé, remplacé ou abandonné.' },
};

/** Where two members of a board state that names, signatures and ballots do not agree (CGFP R. 211-574). */
@ApiExcludeController()
@Staff('board')
@Controller('bureau/depouillement/:boardId/ecart')
export class DiscrepancyPages {
  constructor(
    private readonly discrepancies: Discrepancies,
    private readonly page: CountPage,
  ) {}

  /** « PROPOSER LE CONSTAT ». */
  @Post()
  async ask(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
    @StaffId() staffId: string,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const known = await this.discrepancies.of(boardId);
    const scrutinId = form.choice('ecart', 'Scrutin', ['', ...known.map((one) => one.scrutinId)]);
    const text = form.text('constat', 'Constat du bureau', LONGEST);
    const work = () => this.discrepancies.ask(boardId, staffId, scrutinId, text);
    await this.answer(request, response, { boardId, staffId }, form, work);
  }

  /** « APPROUVER LE CONSTAT », by another member. */
  @Post(':requestId/approbation')
  approve(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId, requestId }: DiscrepancyParams,
    @StaffId() staffId: string,
  ): Promise<void> {
    const work = () => this.discrepancies.approve(boardId, staffId, requestId);
    return this.answer(request, response, { boardId, staffId }, new FormReader({}), work);
  }

  /** « ABANDONNER ». */
  @Post(':requestId/abandon')
  drop(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId, requestId }: DiscrepancyParams,
    @StaffId() staffId: string,
  ): Promise<void> {
    const work = () => this.discrepancies.drop(boardId, staffId, requestId);
    return this.answer(request, response, { boardId, staffId }, new FormReader({}), work);
  }

  /** Does it and leads back to the page of the count, or shows that page with what is wrong and what was typed. */
  private async answer(
    request: Request,
    response: Response,
    { boardId, staffId }: { readonly boardId: string; readonly staffId: string },
    form: FormReader,
    work: () => Promise<unknown>,
  ): Promise<void> {
    const said = (error: unknown): FormError => saidOf(error, unstated);
    const discrepancyErrors = await outcomeOf(form, work, said);
    if (discrepancyErrors.length === 0)
      return seeOther(request, response, `/bureau/depouillement/${boardId}#ecarts`);
    const values = form.values(['ecart', 'constat']);
    const page = await this.page.html(request, boardId, staffId, { discrepancyErrors, values });
    await sendPage(request, response, page, 409);
  }
}
