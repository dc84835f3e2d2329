import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { IsString, IsUUID, Length } from 'class-validator';
import type { Request } from 'express';
import type { SessionData } from 'express-session';
import { ElectorId } from '../../http/visitor.js';
import type { Receipt } from './casting.js';
import { CastVote } from './vote.commands.js';

const LONGEST_BALLOT = 200_000;

class ScrutinParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
}

class VoteBody {
  @ApiProperty({
    minLength: 1,
    maxLength: LONGEST_BALLOT,
    description: 'The ballot as the browser made it: the compact JSON of Belenios, to the byte.',
  })
  @IsString()
  @Length(1, LONGEST_BALLOT)
  ballot!: string;
}

class ReceiptView implements Receipt {
  @ApiProperty({ description: 'SHA-256 of the ballot, in base64: compare it with the one computed before.' })
  reference!: string;
  @ApiProperty({ description: 'The event of the box that holds the ballot, from 1.' })
  batch!: number;
  @ApiProperty({ format: 'date-time', description: 'The minute of the vote.' })
  at!: string;
  @ApiProperty({ description: 'Ed25519 signature, 128 hex digits (docs/protocol.md, A1).' })
  acknowledgement!: string;
}

/** The vote itself, for the booth. */
@ApiTags('vote')
@Controller('api/scrutins/:scrutinId/votes')
export class VoteController {
  constructor(private readonly commands: CommandBus) {}

  /** Casts the ballot of the signed-in elector. Asking again with the same ballot gives the same answer. */
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Cast the ballot of the signed-in elector' })
  @ApiOkResponse({ type: ReceiptView, description: 'The vote is counted; asking again says so again.' })
  @ApiBadRequestResponse({ description: 'The ballot is wrong; the field that is wrong is named.' })
  @ApiForbiddenResponse({
    description: 'vote.gate-closed, vote.not-on-roll, vote.credential-unknown: nothing was recorded.',
  })
  @ApiConflictResponse({
    description:
      'vote.not-open, vote.suspended, vote.already-voted, vote.credential-used, vote.repeated-randomness: nothing was recorded.',
  })
  @ApiTooManyRequestsResponse({ description: 'Ask again after Retry-After: nothing was recorded.' })
  cast(
    @Param() { scrutinId }: ScrutinParams,
    @ElectorId() electorId: string,
    @Req() request: Request,
    @Body() { ballot }: VoteBody,
  ): Promise<Receipt> {
    const { signedInAt, gate } = request.session as Partial<SessionData>;
    // Without a minute of sign-in there is no grace: the greatest text is after every closing.
    return this.commands.execute(new CastVote(scrutinId, electorId, ballot, signedInAt ?? '9999', gate));
  }
}
