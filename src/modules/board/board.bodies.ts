import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ceremonyRounds } from '../../events/board.events.js';
import type { CeremonyRound, Office } from './board.commands.js';

const HASH = /^[0-9a-f]{64}$/;
const MOST_SEATS = 200;
/** Far more than a deal among two hundred holders. */
const LONGEST_MESSAGE = 240_000;

export class BoardParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  boardId!: string;
}

export class SeatParams extends BoardParams {
  @ApiProperty({ minimum: 1, maximum: MOST_SEATS })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MOST_SEATS)
  seat!: number;
}

export class CeremonyParams extends BoardParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  ceremonyId!: string;
}

export class RehearsalParams extends BoardParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  rehearsalId!: string;
}

export class BoardTitleBody {
  @ApiProperty({ maxLength: 200 })
  @IsString()
  @Length(1, 200)
  title!: string;
}

export class NewBoardBody extends BoardTitleBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

export class MemberBody {
  @ApiProperty({
    minimum: 1,
    maximum: MOST_SEATS,
    description: '1 the president, 2 the secretary, then delegates.',
  })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MOST_SEATS)
  seat!: number;
  @ApiProperty({ enum: ['president', 'secretary', 'delegate'] })
  @IsIn(['president', 'secretary', 'delegate'])
  office!: Office;
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  staffId!: string;
  @ApiProperty({ description: 'Of the titular of the same seat.' })
  @IsBoolean()
  substitute!: boolean;
  @ApiPropertyOptional({ format: 'uuid', description: 'Whom a delegate stands for.' })
  @IsOptional()
  @IsUUID('4')
  listId?: string;
}

export class NewCeremonyBody {
  @ApiProperty({ description: 'A practice makes no key.' })
  @IsBoolean()
  practice!: boolean;
}

export class MessageBody {
  @ApiProperty({ minimum: 1, maximum: MOST_SEATS })
  @IsInt()
  @Min(1)
  @Max(MOST_SEATS)
  seat!: number;
  @ApiProperty({ description: 'A signed message, compact JSON (docs/protocol.md, K2).' })
  @IsString()
  @Length(2, LONGEST_MESSAGE)
  message!: string;
}

export class RoundMessageBody extends MessageBody {
  @ApiProperty({ enum: ceremonyRounds })
  @IsIn(ceremonyRounds)
  round!: CeremonyRound;
}

export class AbortBody {
  @ApiProperty({
    enum: ['absent', 'given-up'],
    description: '`absent` names who has not spoken in the present round.',
  })
  @IsIn(['absent', 'given-up'])
  reason!: 'absent' | 'given-up';
}

export class DecryptionBody {
  @ApiProperty({ minimum: 1, maximum: MOST_SEATS })
  @IsInt()
  @Min(1)
  @Max(MOST_SEATS)
  seat!: number;
  @ApiProperty({ description: 'A partial decryption of Belenios.' })
  @IsString()
  @Length(2, LONGEST_MESSAGE)
  decryption!: string;
}

class SurplusBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
  @ApiProperty({ description: 'Credentials of electors who were removed after their notice was made.' })
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  credentials!: number;
}

export class ProposalBody {
  @ApiPropertyOptional({ type: [SurplusBody] })
  @IsOptional()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => SurplusBody)
  surplus?: SurplusBody[];
}

export class ApprovalBody {
  @ApiProperty({ description: 'The hash that was shown.' })
  @Matches(HASH)
  seal!: string;
}

export class BreakBody extends ApprovalBody {
  @ApiProperty({ description: 'Shown to everybody.', maxLength: 4000 })
  @IsString()
  @Length(1, 4000)
  reason!: string;
}

/** The form that begins a ceremony: a box that is ticked for a practice. */
export class PracticeBody {
  @IsOptional()
  @IsIn(['oui'])
  practice?: 'oui';
}
