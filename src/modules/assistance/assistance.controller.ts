import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length } from 'class-validator';
import type { Request } from 'express';
import { Captcha } from '../../captcha/captcha.js';
import { CaptchaBody } from '../../captcha/captcha.body.js';
import { Refusal } from '../../ledger/refusal.js';
import { networkOf } from '../../http/addresses.js';
import { Public, Staff } from '../../http/access.guard.js';
import { ElectorId, signedIn, StaffId } from '../../http/visitor.js';
import { HelpDesk, LONGEST_TEXT, type HelpRequest } from './help-desk.js';

/** A question or an answer. */
export class AssistanceBody {
  @ApiProperty({ minLength: 1, maxLength: LONGEST_TEXT })
  @IsString()
  @Length(1, LONGEST_TEXT)
  text!: string;
}

/** A question, of somebody who is not signed in with the answer to a CAPTCHA. */
class QuestionBody extends CaptchaBody {
  @ApiProperty({ minLength: 1, maxLength: LONGEST_TEXT })
  @IsString()
  @Length(1, LONGEST_TEXT)
  text!: string;
}

/** Where a page of requests begins. */
export class AfterQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'The last request of the page before.' })
  @IsOptional()
  @IsUUID('4')
  after?: string;
}

/** Which request. */
export class AssistanceParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  assistanceId!: string;
}

class AssistanceView {
  @ApiProperty({ format: 'uuid' })
  assistanceId!: string;
  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  electorId!: string | null;
  @ApiProperty({ format: 'date-time' })
  askedAt!: string;
  @ApiProperty({ nullable: true, type: String, description: 'Null once erased.' })
  question!: string | null;
  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  answeredAt!: string | null;
  @ApiProperty({ nullable: true, type: String })
  answer!: string | null;
}

class AskedView {
  @ApiProperty({ format: 'uuid' })
  assistanceId!: string;
}

/** Help with the portal (F61), for programs. */
@ApiTags('assistance')
@Controller('api/assistance')
export class AssistanceController {
  constructor(
    private readonly desk: HelpDesk,
    private readonly captcha: Captcha,
  ) {}

  /** Asks for help, signed in or not; who is not answers a CAPTCHA first. */
  @Public()
  @Post()
  @ApiCreatedResponse({ type: AskedView })
  @ApiConflictResponse({ description: '`captcha.wrong`: ask for another one.' })
  @ApiTooManyRequestsResponse({ description: 'More than five in an hour.' })
  async ask(@Req() request: Request, @Body() { text, ...captcha }: QuestionBody): Promise<AskedView> {
    const electorId = electorOf(request);
    if (electorId === undefined && !(await this.captcha.answered(request.session, captcha)))
      throw new Refusal('captcha.wrong', 'The answer to the CAPTCHA is not right: ask for another one.');
    return { assistanceId: await this.desk.ask(text, electorId, askerOf(request)) };
  }

  /** What the signed-in elector asked, with the answers. */
  @Get('mine')
  @ApiOkResponse({ type: [AssistanceView] })
  async mine(@ElectorId() electorId: string): Promise<AssistanceView[]> {
    return (await this.desk.of(electorId)).map(viewOf);
  }

  /** What waits for an answer, the oldest first, fifty at a time. */
  @Staff('assistance', 'administrator')
  @Get()
  @ApiOkResponse({ type: [AssistanceView] })
  async open(@Query() { after }: AfterQuery): Promise<AssistanceView[]> {
    return (await this.desk.open(after)).map(viewOf);
  }

  /** Answers one. */
  @Staff('assistance', 'administrator')
  @Post(':assistanceId/answer')
  @HttpCode(204)
  @ApiNoContentResponse()
  answer(
    @StaffId() staffId: string,
    @Param() { assistanceId }: AssistanceParams,
    @Body() { text }: AssistanceBody,
  ): Promise<void> {
    return this.desk.answer(assistanceId, staffId, text);
  }
}

/** The elector who asks; undefined when nobody of them is signed in. */
export function electorOf(request: Request): string | undefined {
  const user = signedIn(request);
  return user?.kind === 'elector' ? user.electorId : undefined;
}

/** Whose requests are counted together: an elector's, or those of a network. Held in memory only. */
export function askerOf(request: Request): string {
  return electorOf(request) ?? networkOf(request.ip ?? '');
}

function viewOf({
  electorId,
  question,
  answer,
  askedAt,
  answeredAt,
  assistanceId,
}: HelpRequest): AssistanceView {
  return {
    assistanceId,
    electorId: electorId ?? null,
    askedAt: askedAt.toISOString(),
    question: question ?? null,
    answeredAt: answeredAt?.toISOString() ?? null,
    answer: answer ?? null,
  };
}
