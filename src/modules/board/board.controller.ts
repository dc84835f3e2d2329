import { Body, Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { scrutinsOfBoard } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import {
  AbortBody,
  BoardParams,
  BoardTitleBody,
  CeremonyParams,
  DecryptionBody,
  MemberBody,
  MessageBody,
  NewBoardBody,
  NewCeremonyBody,
  RehearsalParams,
  RoundMessageBody,
  SeatParams,
} from './board.bodies.js';
import {
  AbortCeremony,
  AppointMember,
  DeclareBoard,
  RenameBoard,
  ReplaceMember,
  StartCeremony,
} from './board.commands.js';
import { boardView, BoardView } from './board.views.js';
import { Boards } from './boards.js';
import { Ceremonies } from './ceremonies.js';
import { Members } from './members.js';
import { Rehearsals } from './rehearsals.js';

/** Boards and their keys, for programs: administrators declare, members take part. */
@ApiTags('boards')
@Controller('api/boards')
export class BoardController {
  constructor(
    private readonly commands: CommandBus,
    private readonly boards: Boards,
    private readonly ceremonies: Ceremonies,
    private readonly rehearsals: Rehearsals,
    private readonly members: Members,
    private readonly database: Database,
  ) {}

  /** The boards that one may see: all of them for administrators and auditors, one's own for members. */
  @Staff('administrator', 'auditor', 'board')
  @Get()
  @ApiOkResponse({ type: [BoardView] })
  async list(@Req() request: Request): Promise<BoardView[]> {
    const rows = await this.members.boardsOf(request);
    return Promise.all(rows.map(async ({ boardId }) => boardView(await this.boards.of(boardId))));
  }

  /** Declares a board (CGFP 536). */
  @Staff('administrator')
  @Post()
  @ApiCreatedResponse({ schema: { properties: { boardId: { type: 'string', format: 'uuid' } } } })
  async declare(@Body() { electionId, title }: NewBoardBody): Promise<{ boardId: string }> {
    const boardId = randomUUID();
    await this.commands.execute(new DeclareBoard(boardId, electionId, title));
    return { boardId };
  }

  /** One board with its members, its ceremony, its key and its seal. */
  @Staff('administrator', 'auditor', 'board')
  @Get(':boardId')
  @ApiOkResponse({ type: BoardView })
  async one(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<BoardView> {
    await this.members.requireSight(request, boardId);
    return boardView(await this.boards.of(boardId));
  }

  /** Corrects the title, until the scrutins are sealed. */
  @Staff('administrator')
  @Put(':boardId/title')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: '`sealing.sealed`: break the seal first.' })
  async rename(
    @StaffId() by: string,
    @Param() { boardId }: BoardParams,
    @Body() { title }: BoardTitleBody,
  ): Promise<void> {
    await this.commands.execute(new RenameBoard(boardId, title, by));
  }

  /** Gives a seat to one of the staff. */
  @Staff('administrator')
  @Post(':boardId/members')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: 'A rule of CGFP 536 to 546 refuses it; the code says which.' })
  async appoint(@Param() { boardId }: BoardParams, @Body() body: MemberBody): Promise<void> {
    const { seat, office, staffId, substitute, listId } = body;
    await this.commands.execute(new AppointMember(boardId, seat, office, staffId, substitute, listId));
  }

  /** The substitute takes the seat. */
  @Staff('administrator')
  @Post(':boardId/seats/:seat/replacement')
  @HttpCode(204)
  @ApiNoContentResponse()
  async replace(@StaffId() by: string, @Param() { boardId, seat }: SeatParams): Promise<void> {
    await this.commands.execute(new ReplaceMember(boardId, seat, by));
  }

  /** Begins a key ceremony, or a practice of one. */
  @Staff('administrator', 'board')
  @Post(':boardId/ceremonies')
  @ApiCreatedResponse({ schema: { properties: { ceremonyId: { type: 'string', format: 'uuid' } } } })
  async startCeremony(
    @Req() request: Request,
    @Param() { boardId }: BoardParams,
    @Body() { practice }: NewCeremonyBody,
  ): Promise<{ ceremonyId: string }> {
    await this.members.requireSight(request, boardId);
    const ceremonyId = randomUUID();
    const [scrutin] = await scrutinsOfBoard(this.database.pool('register'), boardId);
    await this.commands.execute(
      new StartCeremony(boardId, ceremonyId, practice, scrutin?.group ?? 'Ed25519'),
    );
    return { ceremonyId };
  }

  /** A seat speaks in a round of the ceremony. The same message again changes nothing. */
  @Staff('board')
  @Post(':boardId/ceremonies/:ceremonyId/messages')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({
    description: '`ceremony.round-not-open`, `ceremony.already-said`, `ceremony.over`, …',
  })
  async speak(
    @StaffId() staffId: string,
    @Param() { boardId, ceremonyId }: CeremonyParams,
    @Body() { seat, round, message }: RoundMessageBody,
  ): Promise<void> {
    await this.ceremonies.speak({ boardId, ceremonyId, staffId, seat, message }, round);
  }

  /** A seat shows that the share dealt to it is wrong; the ceremony ends and names who cheated. */
  @Staff('board')
  @Post(':boardId/ceremonies/:ceremonyId/complaints')
  @HttpCode(204)
  @ApiNoContentResponse()
  async complain(
    @StaffId() staffId: string,
    @Param() { boardId, ceremonyId }: CeremonyParams,
    @Body() { seat, message }: MessageBody,
  ): Promise<void> {
    await this.ceremonies.complain({ boardId, ceremonyId, staffId, seat, message });
  }

  /** Gives a ceremony up, or ends it and names who is absent. */
  @Staff('administrator', 'board')
  @Post(':boardId/ceremonies/:ceremonyId/end')
  @HttpCode(204)
  @ApiNoContentResponse()
  async abort(
    @Req() request: Request,
    @Param() { boardId, ceremonyId }: CeremonyParams,
    @Body() { reason }: AbortBody,
  ): Promise<void> {
    await this.members.requireSight(request, boardId);
    await this.commands.execute(new AbortCeremony(boardId, ceremonyId, reason));
  }

  /** Puts a test tally before the holders. */
  @Staff('administrator', 'board')
  @Post(':boardId/rehearsals')
  @ApiCreatedResponse({ schema: { properties: { rehearsalId: { type: 'string', format: 'uuid' } } } })
  async rehearse(
    @Req() request: Request,
    @Param() { boardId }: BoardParams,
  ): Promise<{ rehearsalId: string }> {
    await this.members.requireSight(request, boardId);
    return { rehearsalId: await this.rehearsals.start(boardId) };
  }

  /** What a seat decrypted of the test tally. */
  @Staff('board')
  @Post(':boardId/rehearsals/:rehearsalId/decryptions')
  @HttpCode(204)
  @ApiNoContentResponse()
  async decrypt(
    @StaffId() staffId: string,
    @Param() { boardId, rehearsalId }: RehearsalParams,
    @Body() { seat, decryption }: DecryptionBody,
  ): Promise<void> {
    await this.rehearsals.decrypt(boardId, rehearsalId, staffId, seat, decryption);
  }
}
