import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import type { Request, Response } from 'express';
import { Public, Staff } from '../../http/access.guard.js';
import { browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { StaffId } from '../../http/visitor.js';
import { staffRoles, type StaffRole } from '../../events/staff.events.js';
import { StaffAccounts, type StaffListed } from './staff-accounts.js';
import { StaffEnrolment, type ShownLink } from './staff-enrolment.js';
import { GrantRole, RevokeRole } from './staff.commands.js';
import { StaffStrategy } from './staff.strategy.js';

/** Name, password and the code of the authenticator application. */
export class StaffSignInBody {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  login!: string;
  @ApiProperty()
  @IsString()
  @Length(1, 256)
  password!: string;
  @ApiProperty({
    example: '123 456',
    description: 'Two codes in a row are let through after `sign-in.too-soon`.',
  })
  @IsString()
  @Length(6, 20)
  code!: string;
}

class RoleBody {
  @ApiProperty({ enum: staffRoles })
  @IsIn(staffRoles)
  role!: StaffRole;
}

class NewStaffBody extends RoleBody {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  login!: string;
}

export class StaffParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  staffId!: string;
}

export class StaffRoleParams extends StaffParams {
  @ApiProperty({ enum: staffRoles })
  @IsIn(staffRoles)
  role!: StaffRole;
}

class StaffLinkView implements ShownLink {
  @ApiProperty({ format: 'uuid' })
  staffId!: string;
  @ApiProperty({
    description: 'By which the holder, and nobody else, sets password and authenticator. Given once.',
  })
  link!: string;
  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;
}

class StaffView implements StaffListed {
  @ApiProperty({ format: 'uuid' })
  staffId!: string;
  @ApiProperty()
  login!: string;
  @ApiProperty({ enum: staffRoles, isArray: true })
  roles!: readonly StaffRole[];
  @ApiProperty({ description: 'Whether the holder has chosen password and authenticator.' })
  ready!: boolean;
  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  linkExpiresAt!: string | null;
}

/** Another of the staff, who is present: needed where the account has a holder already. */
class ApprovalBody {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  login?: string;
  @ApiProperty({ required: false, example: '123 456' })
  @IsOptional()
  @IsString()
  @Length(6, 20)
  code?: string;
}

/** The staff: signing in, and who may do what. The first administrator comes from `isoloir staff add`. */
@ApiTags('staff')
@Controller('api/staff')
export class StaffController {
  constructor(
    private readonly accounts: StaffAccounts,
    private readonly enrolment: StaffEnrolment,
    private readonly strategy: StaffStrategy,
    private readonly site: Site,
    private readonly commands: CommandBus,
  ) {}

  /** Signs in with name, password and one-time password. */
  @Public()
  @Post('sign-in')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Signed in, in a new session.' })
  @ApiForbiddenResponse({ description: '`sign-in.wrong`: one of the three is wrong, or the code was used.' })
  @ApiTooManyRequestsResponse({
    description: '`sign-in.too-soon`: again after `Retry-After`, or two codes in a row.',
  })
  async signIn(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: StaffSignInBody,
  ): Promise<void> {
    request.body = body; // where the strategy looks
    await this.strategy.signIn(request, response);
  }

  /** Everybody of the staff. */
  @Staff('administrator')
  @Get()
  @ApiOkResponse({ type: [StaffView] })
  list(): Promise<StaffView[]> {
    return this.accounts.list();
  }

  /** Adds somebody, who signs in once they have used the link. */
  @Staff('administrator')
  @Post()
  @ApiOkResponse({ type: StaffLinkView })
  add(@StaffId() by: string, @Body() { login, role }: NewStaffBody): Promise<StaffLinkView> {
    return this.enrolment.invite(login, role, by);
  }

  /**
   * Another link for who lost password or authenticator. Where the account has a holder, an administrator or a member of a
   * board approves, who is neither the holder nor who asks. The event names both.
   */
  @Staff('administrator')
  @Post(':staffId/link')
  @HttpCode(200)
  @ApiOkResponse({ type: StaffLinkView })
  @ApiForbiddenResponse({ description: '`staff.second-person`, or `staff.approver`: not one of those.' })
  renew(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @StaffId() by: string,
    @Param() { staffId }: StaffParams,
    @Body() { login, code }: ApprovalBody,
  ): Promise<StaffLinkView> {
    const approver = login !== undefined && code !== undefined ? { login, code } : undefined;
    const browser = browserOf(request, response, this.site.secure);
    return this.enrolment.renew(staffId, by, approver, browser);
  }

  /** Adds a role to somebody else. */
  @Staff('administrator')
  @Post(':staffId/roles')
  @HttpCode(204)
  async grant(
    @StaffId() by: string,
    @Param() { staffId }: StaffParams,
    @Body() { role }: RoleBody,
  ): Promise<void> {
    await this.commands.execute(new GrantRole(staffId, role, by));
  }

  /** Takes a role away from somebody else; their sessions end. */
  @Staff('administrator')
  @Delete(':staffId/roles/:role')
  @HttpCode(204)
  async revoke(@StaffId() by: string, @Param() { staffId, role }: StaffRoleParams): Promise<void> {
    await this.commands.execute(new RevokeRole(staffId, role, by));
  }
}
