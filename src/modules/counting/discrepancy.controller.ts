import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { Boards } from './boards.js';
import type { Member } from './counting.commands.js';
import { BoardParams, DiscrepancyBody, DiscrepancyParams } from './counting.bodies.js';
import { Discrepancies, type Discrepancy } from './discrepancies.js';

/** What a board states where names, signatures and ballots do not agree (CGFP R. 211-574): two members, in the minutes. */
@ApiTags('counting')
@Staff('board')
@Controller('api/boards/:boardId/discrepancies')
export class DiscrepancyController {
  constructor(
    private readonly discrepancies: Discrepancies,
    private readonly boards: Boards,
  ) {}

  /** What the last reconciliation found that does not agree, what waits for a second member, and what was stated. */
  @Get()
  @ApiOkResponse()
  async list(@Param() { boardId }: BoardParams, @StaffId() staffId: string) {
    await this.boards.memberOf(boardId, staffId);
    return (await this.discrepancies.of(boardId)).map(viewOf);
  }

  /** Proposes what is to be stated of a scrutin; a later proposal replaces an earlier one. */
  @Post()
  @ApiCreatedResponse()
  @ApiConflictResponse({
    description:
      'counting.no-discrepancy, counting.register-altered, counting.other-key, counting.discrepancy-stated.',
  })
  async ask(
    @Param() { boardId }: BoardParams,
    @Body() { scrutinId, text }: DiscrepancyBody,
    @StaffId() staffId: string,
  ): Promise<{ requestId: string }> {
    return { requestId: await this.discrepancies.ask(boardId, staffId, scrutinId, text) };
  }

  /** Approves it, after all is compared again: it is stated, and the register key may be destroyed. */
  @Post(':requestId/approval')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiForbiddenResponse({ description: 'counting.two-members, counting.nobody-presides.' })
  @ApiConflictResponse({
    description: 'counting.no-request, counting.asker-left, counting.other-figures, counting.key-destroyed.',
  })
  approve(@Param() { boardId, requestId }: DiscrepancyParams, @StaffId() staffId: string): Promise<void> {
    return this.discrepancies.approve(boardId, staffId, requestId);
  }

  /** Takes it back, or refuses it. */
  @Delete(':requestId')
  @HttpCode(204)
  @ApiNoContentResponse()
  drop(@Param() { boardId, requestId }: DiscrepancyParams, @StaffId() staffId: string): Promise<void> {
    return this.discrepancies.drop(boardId, staffId, requestId);
  }
}

function viewOf({ asked, stated, ...found }: Discrepancy) {
  const seats = (members: readonly Member[]) => members.map(({ seat, office }) => ({ seat, office }));
  return {
    ...found,
    asked: asked
      ? {
          ...{ requestId: asked.requestId, text: asked.text, at: asked.askedAt.toISOString() },
          by: seats(asked.by ? [asked.by] : [])[0] ?? null,
        }
      : null,
    stated: stated ? { ...stated, by: seats(stated.by) } : null,
  };
}
