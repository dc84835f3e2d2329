import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { ApprovalBody, BoardParams, BreakBody, ProposalBody } from './board.bodies.js';
import { Sealing } from './sealing.js';

/** Sealing, for programs: administrators propose, members approve (CGFP 552). */
@ApiTags('boards')
@Controller('api/boards/:boardId/seal')
export class SealingController {
  constructor(private readonly sealing: Sealing) {}

  /** Computes what would be sealed and puts it before the members. */
  @Staff('administrator')
  @Post()
  @ApiCreatedResponse({
    schema: { properties: { seal: { type: 'string', description: 'Address of the document.' } } },
  })
  @ApiConflictResponse({
    description: '`sealing.lists-open`, `sealing.credential-count`, … say what is missing.',
  })
  async propose(
    @StaffId() by: string,
    @Param() { boardId }: BoardParams,
    @Body() { surplus = [] }: ProposalBody,
  ): Promise<{ seal: string }> {
    const accounted = new Map(surplus.map(({ scrutinId, credentials }) => [scrutinId, credentials]));
    return { seal: await this.sealing.propose(boardId, by, accounted) };
  }

  /** Approves the seal of this hash. With the president and two delegates the scrutins are sealed. */
  @Staff('board')
  @Post('approvals')
  @HttpCode(204)
  @ApiNoContentResponse()
  async approve(
    @StaffId() staffId: string,
    @Param() { boardId }: BoardParams,
    @Body() { seal }: ApprovalBody,
  ): Promise<void> {
    await this.sealing.approve(boardId, seal, staffId);
  }

  /** Asks to break the seal, or agrees with somebody else who asked. */
  @Staff('administrator', 'board')
  @Post('breaking')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: '`sealing.opening`: voting opens or is open.' })
  async break(
    @StaffId() staffId: string,
    @Param() { boardId }: BoardParams,
    @Body() { seal, reason }: BreakBody,
  ): Promise<void> {
    await this.sealing.break(boardId, seal, reason, staffId);
  }
}
