import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsISO8601, IsString, IsUUID, Length, ValidateIf } from 'class-validator';
import { Staff } from '../../http/access.guard.js';
import { StaffMember, type SignedIn } from '../../http/visitor.js';
import { boxActions, BoxRequests, type BoxAction, type BoxRequest } from './box-requests.js';

type StaffUser = Extract<SignedIn, { kind: 'staff' }>;

class WishBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
  @ApiProperty({ enum: boxActions })
  @IsIn(boxActions)
  action!: BoxAction;
  @ApiProperty({ required: false, format: 'date-time', description: 'The new closing, of an extension.' })
  @ValidateIf(({ action, closesAt }: WishBody) => action === 'extend' || closesAt !== undefined)
  @IsISO8601({ strict: true })
  closesAt?: string;
  @ApiProperty({ minLength: 1, maxLength: 5_000, description: 'Why; kept as a restricted document.' })
  @IsString()
  @Length(1, 5_000)
  reason!: string;
}

class RequestParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  requestId!: string;
}

class AskedView {
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
}

class BoxRequestView {
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
  @ApiProperty({ format: 'uuid' })
  scrutinId!: string;
  @ApiProperty({ enum: boxActions })
  action!: BoxAction;
  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  closesAt!: string | null;
  @ApiProperty()
  reason!: string;
  @ApiProperty({ format: 'uuid', description: 'Who asked; somebody else must approve.' })
  staffId!: string;
}

/** Suspension, resumption and extension of one box, which take two (design 3, point 7). */
@ApiTags('boxes')
@Staff('administrator', 'board')
@Controller('api/boxes/requests')
export class BoxController {
  constructor(private readonly requests: BoxRequests) {}

  /** What waits for a second person. */
  @Get()
  @ApiOkResponse({ type: [BoxRequestView] })
  async list(): Promise<BoxRequestView[]> {
    return (await this.requests.list()).map(viewOf);
  }

  /** Asks for a suspension, a resumption or an extension. A later request for the same box replaces an earlier one. */
  @Post()
  @ApiCreatedResponse({ type: AskedView })
  @ApiForbiddenResponse({ description: 'The box is of another board.' })
  @ApiConflictResponse({
    description: 'box.not-open, box.frozen, box.suspended, box.not-suspended, box.earlier-closing.',
  })
  async ask(@StaffMember() staff: StaffUser, @Body() body: WishBody): Promise<AskedView> {
    const { scrutinId, action, reason } = body;
    const closesAt = body.closesAt === undefined ? undefined : new Date(body.closesAt).toISOString();
    return { requestId: await this.requests.ask(scrutinId, { action, closesAt, reason }, staff) };
  }

  /** Approves what another one asked: it happens now. */
  @Post(':requestId/approval')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiForbiddenResponse({
    description: 'box.two-staff: who asked cannot approve; box.board-decides: neither is of the board.',
  })
  @ApiConflictResponse({ description: 'box.no-request, box.frozen, box.closed, box.earlier-closing.' })
  async approve(@StaffMember() staff: StaffUser, @Param() { requestId }: RequestParams): Promise<void> {
    await this.requests.approve(requestId, staff);
  }

  /** Takes a request back, or refuses it. */
  @Delete(':requestId')
  @HttpCode(204)
  @ApiNoContentResponse()
  drop(@StaffMember() staff: StaffUser, @Param() { requestId }: RequestParams): Promise<void> {
    return this.requests.drop(requestId, staff);
  }
}

function viewOf({ requestId, scrutinId, action, closesAt, reason, staffId }: BoxRequest): BoxRequestView {
  return { requestId, scrutinId, action, closesAt: closesAt ?? null, reason, staffId };
}
