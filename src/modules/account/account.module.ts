import { Module } from '@nestjs/common';
import { AccountController } from './account.controller.js';
import { accountHandlers } from './account.handlers.js';
import { AccountMails } from './account.mails.js';
import { Accounts } from './accounts.js';
import { Activation } from './activation.js';
import { Backoff } from '../../vault/backoff.js';
import { CareController } from './care.controller.js';
import { Care } from './care.js';
import { CarePages } from './care.pages.js';
import { ElectorStrategy } from './elector.strategy.js';
import { Electors } from './electors.js';
import { Enrolments } from './enrolments.js';
import { ActivationPages } from './activation.pages.js';
import { Links } from './links.js';
import { ListImport } from './lists/list-import.js';
import { Seeding } from './seeding.js';
import { PageFrames } from './page-frames.js';
import { SignInPages } from './sign-in.pages.js';
import { SpacePages } from './space.pages.js';
import { SignIn } from './sign-in.js';
import { Sweeper } from './sweeper.js';

/** Accounts: from the opening mail to the elector's space. */
@Module({
  controllers: [AccountController, SignInPages, ActivationPages, SpacePages, CareController, CarePages],
  providers: [
    ...accountHandlers,
    PageFrames,
    Electors,
    Enrolments,
    ListImport,
    Links,
    Accounts,
    AccountMails,
    Seeding,
    Care,
    Backoff,
    ElectorStrategy,
    SignIn,
    Activation,
    Sweeper,
  ],
  exports: [
    Electors,
    Enrolments,
    ListImport,
    Links,
    Accounts,
    AccountMails,
    Seeding,
    Care,
    SignIn,
    Activation,
  ],
})
export class AccountModule {}
