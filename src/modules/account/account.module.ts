import { Module } from '@nestjs/common';
import { accountHandlers } from './account.handlers.js';
import { AccountMails } from './account.mails.js';
import { Accounts } from './accounts.js';
import { Identities } from './identities.js';
import { Links } from './links.js';
import { Seeding } from './seeding.js';

/** Accounts: from the opening mail to the elector's space. */
@Module({
  providers: [...accountHandlers, Identities, Links, Accounts, AccountMails, Seeding],
  exports: [Identities, Links, Accounts, AccountMails, Seeding],
})
export class AccountModule {}
