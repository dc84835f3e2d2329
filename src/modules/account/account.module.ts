import { Module } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Digests } from '../../vault/digests.js';
import { AccountController } from './account.controller.js';
import { accountHandlers } from './account.handlers.js';
import { AccountMails } from './account.mails.js';
import { Accounts } from './accounts.js';
import { Activation } from './activation.js';
import { Backoff } from './backoff.js';
import { Captcha } from './captcha.js';
import { ElectorStrategy } from './elector.strategy.js';
import { Identities } from './identities.js';
import { Links } from './links.js';
import { Seeding } from './seeding.js';
import { SignIn } from './sign-in.js';

const captcha = {
  provide: Captcha,
  inject: [Digests, Clock],
  useFactory: (digests: Digests, clock: Clock) => new Captcha('digits', digests, clock),
};

/** Accounts: from the opening mail to the elector's space. */
@Module({
  controllers: [AccountController],
  providers: [
    ...accountHandlers,
    captcha,
    Identities,
    Links,
    Accounts,
    AccountMails,
    Seeding,
    Backoff,
    ElectorStrategy,
    SignIn,
    Activation,
  ],
  exports: [Identities, Links, Accounts, AccountMails, Seeding, Captcha, SignIn, Activation],
})
export class AccountModule {}
