import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Staff } from '../../../http/access.guard.js';
import { StaffId } from '../../../http/visitor.js';
import { KindBody, MailingElection, MailingParams, OrderBody, TestBody } from './mailing.bodies.js';
import { Mailings, type MailingOverview } from './mailings.js';

/** Mails to many electors, for programs of the staff. */
@ApiTags('mailings')
@Staff('administrator')
@Controller('api/elections/:electionId/mailings')
export class MailingController {
  constructor(private readonly mailings: Mailings) {}

  /** What was ordered, how far it is, what waits and what came back. */
  @Get()
  @ApiOkResponse({ description: 'Counts only: of nobody it says whether a letter went there.' })
  list(@Param() { electionId }: MailingElection): Promise<MailingOverview> {
    return this.mailings.overview(electionId);
  }

  /** The letter as it would be written. */
  @Get('preview')
  @ApiOkResponse({ description: 'Subject, both bodies, and how many it would go to.' })
  preview(@Param() { electionId }: MailingElection, @Query() { kind }: KindBody): Promise<object> {
    return this.mailings.preview(electionId, kind);
  }

  /** Sends it to one address. */
  @Post('test')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: '`mailing.test-failed`: with the code of the mail server.' })
  async test(
    @StaffId() staffId: string,
    @Param() { electionId }: MailingElection,
    @Body() { kind, address }: TestBody,
  ): Promise<void> {
    await this.mailings.test(electionId, kind, address, staffId);
  }

  /** Sends it to all whom it concerns. */
  @Post()
  @ApiConflictResponse({ description: '`mailing.under-way`: another one goes on.' })
  order(
    @StaffId() staffId: string,
    @Param() { electionId }: MailingElection,
    @Body() { kind, perMinute }: OrderBody,
  ): Promise<{ mailingId: string }> {
    return this.mailings.order(electionId, kind, perMinute, staffId);
  }

  /** Stops it. */
  @Post(':mailingId/stop')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'What left has left.' })
  async stop(@StaffId() staffId: string, @Param() { electionId, mailingId }: MailingParams): Promise<void> {
    await this.mailings.stop(electionId, mailingId, staffId);
  }
}
