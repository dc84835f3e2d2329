import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { Care } from './care.js';

class BounceBody {
  @ApiProperty({ format: 'uuid', description: 'Of the mail: it is in the address that it came back to.' })
  @IsUUID('4')
  linkId!: string;
  @ApiPropertyOptional({ example: '5.2.2', description: 'The code of RFC 3463 or RFC 5321.' })
  @IsOptional()
  @Matches(/^(\d\.\d{1,3}\.\d{1,3}|\d{3})$/)
  reason?: string;
}

class CareParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electorId!: string;
}

class ChangeParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  requestId!: string;
}

class AddressBody {
  @ApiProperty({ format: 'email' })
  @IsEmail()
  @MaxLength(254)
  email!: string;
}

class AskedChangeView {
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
}

/** Mails that go astray, for programs of the staff. */
@ApiTags('staff')
@Staff('assistance', 'administrator')
@Controller('api/staff')
export class CareController {
  constructor(private readonly care: Care) {}

  /** A mail came back: what reads the mailbox of `MAIL_BOUNCES` says so. */
  @Post('bounces')
  @HttpCode(204)
  @ApiNoContentResponse()
  bounced(@Body() { linkId, reason }: BounceBody): Promise<void> {
    return this.care.bounced(linkId, reason);
  }

  /** Has a new opening link sent, or a réassort of the password where the account is active. */
  @Post('electors/:electorId/link')
  @HttpCode(204)
  @ApiNoContentResponse()
  sendLink(@StaffId() staffId: string, @Param() { electorId }: CareParams): Promise<void> {
    return this.care.sendLink(electorId, staffId);
  }

  /** Asks for another address; another of the staff must approve. */
  @Post('electors/:electorId/contact')
  async ask(
    @StaffId() staffId: string,
    @Param() { electorId }: CareParams,
    @Body() { email }: AddressBody,
  ): Promise<AskedChangeView> {
    return { requestId: await this.care.askContactChange(electorId, email, staffId) };
  }

  /** Approves what another of the staff asked for. */
  @Post('contact-requests/:requestId/approval')
  @HttpCode(204)
  @ApiNoContentResponse()
  approve(@StaffId() staffId: string, @Param() { requestId }: ChangeParams): Promise<void> {
    return this.care.approveContactChange(requestId, staffId);
  }
}
