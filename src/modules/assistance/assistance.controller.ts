import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { IsString, IsUUID, Length } from 'class-validator';
import type { Request } from 'express';
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
  constructor(private readonly desk: HelpDesk) {}

  /** Asks for help, signed in or not. */
  @Public()
  @Post()
  @ApiCreatedResponse({ type: AskedView })
  @ApiTooManyRequestsResponse({ description: 'More than five in an hour.' })
  async ask(@Req() request: Request, @Body() { text }: AssistanceBody): Promise<AskedView> {
    return { assistanceId: await this.desk.ask(text, electorOf(request), askerOf(request)) };
  }

  /** What the signed-in elector asked, with the answers. */
  @Get('mine')
  @ApiOkResponse({ type: [AssistanceView] })
  async mine(@ElectorId() electorId: string): Promise<AssistanceView[]> {
    return (await this.desk.of(electorId)).map(viewOf);
  }

  /** What waits for an answer. */
  @Staff('assistance', 'administrator')
  @Get()
  @ApiOkResponse({ type: [AssistanceView] })
  async open(): Promise<AssistanceView[]> {
    return (await this.desk.open()).map(viewOf);
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

/** Whose requests are counted together: an elector's, or those of an address of the network. Held in memory only. */
export function askerOf(request: Request): string {
  return electorOf(request) ?? request.ip ?? '';
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
