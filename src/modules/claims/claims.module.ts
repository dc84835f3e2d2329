import { Module } from '@nestjs/common';
import { ClaimDesk } from './claim-desk.js';
import { claimHandlers } from './claims.handlers.js';
import { ClaimElectorPages, ClaimStaffPages } from './claims.pages.js';

/** Claims against electoral lists (F57, F110): filed by electors, decided by administrators. */
@Module({
  controllers: [ClaimElectorPages, ClaimStaffPages],
  providers: [...claimHandlers, ClaimDesk],
})
export class ClaimsModule {}
