import { Global, Module } from '@nestjs/common';
import { Backoff } from '../../vault/backoff.js';
import { StaffCodes } from '../../vault/staff-codes.js';
import { StaffAccountsPages } from './staff-accounts.pages.js';
import { StaffAccounts } from './staff-accounts.js';
import { StaffEnrolment } from './staff-enrolment.js';
import { StaffSecretsPages } from './staff-secrets.pages.js';
import { StaffController } from './staff.controller.js';
import { staffHandlers } from './staff.handlers.js';
import { StaffPages } from './staff.pages.js';
import { StationPages } from './station.pages.js';
import { StaffStrategy } from './staff.strategy.js';

/** Those who set up, control and help: administrators, board members, auditors, assistance. */
@Global() // a signature takes a one-time password, whichever module asks for it
@Module({
  controllers: [StaffController, StaffPages, StaffSecretsPages, StaffAccountsPages, StationPages],
  providers: [
    ...staffHandlers,
    StaffAccounts,
    StaffEnrolment,
    StaffStrategy,
    Backoff,
    { provide: StaffCodes, useExisting: StaffAccounts },
  ],
  exports: [StaffAccounts, StaffCodes],
})
export class StaffModule {}
