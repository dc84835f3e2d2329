import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Max,
  Min,
} from 'class-validator';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { DeliveryRegister, type Recorded } from './delivery-register.js';

export const CHANNELS = ['hand', 'post', 'registered'] as const;

class NoticesParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

class UndeliveredQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'The last elector of the page before.' })
  @IsOptional()
  @IsUUID('4')
  after?: string;
  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit = 100;
}

class DeliveriesBody {
  @ApiProperty({ type: [String], format: 'uuid', minItems: 1, maxItems: 1000 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsUUID('4', { each: true })
  electorIds!: string[];
  @ApiProperty({ enum: CHANNELS })
  @IsIn(CHANNELS)
  channel!: (typeof CHANNELS)[number];
}

class CountsView {
  @ApiProperty()
  electors!: number;
  @ApiProperty({ description: 'Electors without a code, or with a scrutin that their code does not serve.' })
  pending!: number;
  @ApiProperty()
  delivered!: number;
}

class UndeliveredView {
  @ApiProperty({ format: 'uuid' })
  electorId!: string;
}

class RecordedView implements Recorded {
  @ApiProperty()
  recorded!: number;
  @ApiProperty()
  already!: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'By the code of the refusal.',
  })
  refused!: Record<string, number>;
}

/** The delivery of notices, for programs of the staff: a franking machine, a postal firm. No names. */
@ApiTags('notices')
@Staff('administrator')
@Controller('api/notices')
export class NoticesController {
  constructor(private readonly register: DeliveryRegister) {}

  /** Records that electors have their notices (F116). */
  @Post('deliveries')
  @HttpCode(200)
  @ApiOkResponse({ type: RecordedView })
  record(@StaffId() staffId: string, @Body() { electorIds, channel }: DeliveriesBody): Promise<RecordedView> {
    return this.register.record(electorIds, channel, staffId);
  }

  /** How far the notices of an election are. */
  @Get(':electionId')
  @ApiOkResponse({ type: CountsView })
  count(@Param() { electionId }: NoticesParams): Promise<CountsView> {
    return this.register.count(electionId);
  }

  /** Electors whose notice has not reached them. */
  @Get(':electionId/undelivered')
  @ApiOkResponse({ type: [UndeliveredView] })
  async undelivered(
    @Param() { electionId }: NoticesParams,
    @Query() { after, limit }: UndeliveredQuery,
  ): Promise<UndeliveredView[]> {
    return (await this.register.undelivered(electionId, after, limit)).map(({ electorId }) => ({
      electorId,
    }));
  }
}
