import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { Request, Response } from 'express';
import { CaptchaBody } from '../../captcha/captcha.body.js';
import { ElectorId } from '../../http/visitor.js';
import { Refusal } from '../../ledger/refusal.js';
import { passedGate } from '../../vault/voter.js';
import { BoothView, GateView } from './booth.views.js';
import { Gate } from './gate.js';
import { VotingSpace } from './voting-space.js';

/** Screen E9. The code itself is no field: it stays where it was typed (docs/protocol.md, V4). */
class PassGateBody extends CaptchaBody {
  @ApiProperty({ description: 'From `GET /api/gate`, in this session.' })
  @Matches(/^[\w-]{32}$/)
  nonce!: string;
  @ApiProperty({ description: 'Ed25519 signature by the gate key (docs/protocol.md, V7): 128 hex digits.' })
  @Matches(/^[0-9a-f]{128}$/)
  signature!: string;
}

/** Gate and booth, for the page and for programs. */
@ApiTags('vote')
@Controller('api')
export class BoothController {
  constructor(
    private readonly gate: Gate,
    private readonly space: VotingSpace,
  ) {}

  /** A nonce for the voting code's key to sign. */
  @Get('gate')
  @ApiOkResponse({ type: GateView })
  async offer(@Req() request: Request, @ElectorId() electorId: string): Promise<GateView> {
    const who = await this.space.voter(electorId);
    if (!who) throw new Refusal('gate.no-elector', 'This elector is on no list.', 'forbidden');
    return { electionId: who.electionId, nonce: this.gate.offer(request.session) };
  }

  /** Passes the gate (E9). Wrong codes slow down. */
  @Post('gate')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiForbiddenResponse({ description: '`gate.wrong-code`' })
  @ApiTooManyRequestsResponse()
  pass(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @ElectorId() electorId: string,
    @Body() body: PassGateBody,
  ): Promise<void> {
    return this.gate.pass(request, response, electorId, body);
  }

  /** The scrutins of the elector, once the gate is passed (F43, F82). */
  @Get('booth')
  @ApiOkResponse({ type: BoothView })
  @ApiForbiddenResponse({ description: '`gate.not-passed`' })
  async scrutins(@Req() { session }: Request, @ElectorId() electorId: string): Promise<BoothView> {
    const who = await this.space.voter(electorId);
    if (!who || !passedGate((session as Partial<Request['session']>).gate, who)) {
      throw new Refusal('gate.not-passed', 'The voting code comes first.', 'forbidden');
    }
    return { scrutins: await this.space.states(electorId, who, session.signedInAt) };
  }
}
