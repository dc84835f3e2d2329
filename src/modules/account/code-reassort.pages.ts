import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController, ApiNoContentResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { Request, Response } from 'express';
import { Public } from '../../http/access.guard.js';
import { sendPage } from '../../http/answers.js';
import { render } from '../../http/views.js';
import { ElectorId } from '../../http/visitor.js';
import { Refusal } from '../../ledger/refusal.js';
import { CodeReassort } from './code-reassort.js';
import type { PageError } from './page-errors.js';
import { PageFrames } from './page-frames.js';

const BACK = '/espace';

/** E10. */
export class CodeRequestForm {
  @IsString()
  @MaxLength(256)
  answer = '';
  @IsString()
  @MaxLength(64)
  proof = '';
  @IsIn(['mail', 'sms'])
  channel: 'mail' | 'sms' = 'mail';
  @IsString()
  @MaxLength(254)
  address = '';
}

class CredentialBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
  @ApiProperty()
  @IsString()
  @MaxLength(700)
  credential!: string;
}

export class NewCodeBody {
  @ApiProperty({ description: 'the token of the link' })
  @IsString()
  @MaxLength(200)
  token!: string;
  @ApiProperty({ description: 'the public half of the gate key, docs/protocol.md V6' })
  @Matches(/^[0-9a-f]{64}$/)
  gateKey!: string;
  @ApiProperty({ type: [CredentialBody] })
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => CredentialBody)
  credentials!: CredentialBody[];
}

/** By the code of a refusal: the words for it, and its field. */
const words: Readonly<Record<string, PageError>> = {
  'reassort.wrong': {
    text: 'La réponse secrète ou le numéro saisis ne correspondent pas à votre compte. Vérifiez les deux.',
  },
  'reassort.too-many': {
    text: 'Vous avez fait cinq essais aujourd’hui : réessayez demain, ou adressez-vous à l’assistance.',
  },
  'reassort.not-sent': {
    field: 'address',
    text: 'Le message n’a pas pu être envoyé. Cet essai ne compte pas : vérifiez l’adresse ou le numéro.',
  },
  'reassort.no-sms': {
    text: 'Le lien est envoyé par messagerie seulement : saisissez une adresse personnelle.',
  },
  'reassort.telephone': {
    field: 'address',
    text: 'Saisissez un numéro de téléphone portable, par exemple 06 12 34 56 78.',
  },
  'reassort.email': { field: 'address', text: 'Saisissez une adresse de messagerie personnelle.' },
  'reassort.professional': {
    field: 'address',
    text: 'L’adresse doit être différente de votre adresse professionnelle.',
  },
};
const dead = {
  unknown: 'Ce lien n’est pas valable.',
  'reassort.link-used': 'Ce lien a déjà servi. Faites une nouvelle demande si vous n’avez pas noté le code.',
  'reassort.link-void': 'Un autre lien, plus récent, a remplacé celui-ci.',
  'reassort.link-expired': 'Ce lien était valable une heure : faites une nouvelle demande.',
} as const;

/** « Demande de réassort du code de vote », and the page of its link (E10, F46 to F51). */
@ApiExcludeController()
@Controller()
export class CodeReassortPages {
  constructor(
    private readonly reassort: CodeReassort,
    private readonly frames: PageFrames,
  ) {}

  @Get('vote/reassort')
  async form(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    await this.show(request, response, electorId, { errors: [], channel: 'mail' }, 200);
  }

  /** « ENVOYER ». */
  @Post('vote/reassort')
  async send(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
    @Body() form: CodeRequestForm,
  ): Promise<void> {
    try {
      await this.reassort.request(electorId, form);
    } catch (error) {
      const wrong = error instanceof Refusal ? words[error.code] : undefined;
      if (!wrong) throw error;
      await this.show(request, response, electorId, { errors: [wrong], channel: form.channel }, 403);
      return;
    }
    const frame = await this.frames.of(request, 'Lien envoyé');
    await sendPage(request, response, render('code-sent', { ...frame, back: BACK }));
  }

  /** The page of the link. A GET changes nothing (F96): the browser makes the code when a button is pressed. */
  @Public()
  @Get('reassort/:token')
  async link(
    @Req() request: Request,
    @Res() response: Response,
    @Param('token') token: string,
  ): Promise<void> {
    const frame = await this.frames.of(request, 'Nouveau code de vote', { scripts: ['new-code'] });
    const page = (data: object, status: number) =>
      sendPage(request, response, render('new-code', { ...frame, ...data }), status);
    try {
      const open = await this.reassort.look(token);
      if (!open) {
        await page({ problem: dead.unknown }, 404);
        return;
      }
      const { electionId, inPerson, scrutins } = open;
      await page({ token, electionId, inPerson, scrutins: JSON.stringify(scrutins) }, 200);
    } catch (error) {
      const problem = error instanceof Refusal ? dead[error.code as keyof typeof dead] : undefined;
      if (problem === undefined) throw error;
      await page({ problem }, 410);
    }
  }

  private async show(
    request: Request,
    response: Response,
    electorId: string,
    { errors, channel }: { errors: readonly PageError[]; channel: string },
    status: number,
  ): Promise<void> {
    const { label: question, open } = await this.reassort.question(electorId);
    const frame = await this.frames.of(request, 'Réassort du code de vote');
    const data = { ...frame, question, open, errors, channel, bySms: this.reassort.bySms, back: BACK };
    await sendPage(request, response, render('code-reassort', data), status);
  }
}

/** What the browser of an elector sends of another code: public halves only. */
@ApiTags('voting code')
@Controller('api')
export class CodeReassortController {
  constructor(private readonly reassort: CodeReassort) {}

  /** Takes another code, by the token of a link. Sent twice, it is done once. */
  @Public()
  @Post('voting-code')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The new code counts; the old one is worth nothing.' })
  complete(@Body() { token, gateKey, credentials }: NewCodeBody): Promise<void> {
    return this.reassort.complete(token, gateKey, credentials);
  }

  /** Asks for a link, as the page does. */
  @Post('voting-code/request')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The link was sent.' })
  request(@ElectorId() electorId: string, @Body() form: CodeRequestForm): Promise<void> {
    return this.reassort.request(electorId, form);
  }
}
