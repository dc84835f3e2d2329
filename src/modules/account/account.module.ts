import { Module } from '@nestjs/common';
import { accountHandlers } from './account.handlers.js';
import { Accounts } from './accounts.js';
import { Identities } from './identities.js';
import { Links } from './links.js';

/** Accounts: from the opening mail to the elector's space. */
@Module({
  providers: [...accountHandlers, Identities, Links, Accounts],
  exports: [Identities, Links, Accounts],
})
export class AccountModule {}
