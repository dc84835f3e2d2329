import { Module } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Digests } from '../../vault/digests.js';
import { AccountController } from './account.controller.js';
import { accountHandlers } from './account.handlers.js';
import { AccountMails } from './account.mails.js';
import { Accounts } from './accounts.js';
import { Activation } from './activation.js';
import { Backoff } from '../../vault/backoff.js';
import { Captcha } from './captcha.js';
import { CareController } from './care.controller.js';
import { Care } from './care.js';
import { CarePages } from './care.pages.js';
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
  controllers: [AccountController, CareController, CarePages],
  providers: [
    ...accountHandlers,
    captcha,
    Identities,
    Links,
    Accounts,
    AccountMails,
    Seeding,
    Care,
    Backoff,
    ElectorStrategy,
    SignIn,
    Activation,
  ],
  exports: [Identities, Links, Accounts, AccountMails, Seeding, Care, Captcha, SignIn, Activation],
})
export class AccountModule {}
