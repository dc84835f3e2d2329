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
import { CodeReassort } from './code-reassort.js';
import { CodeReassortController, CodeReassortPages } from './code-reassort.pages.js';
import { codeHandlers } from './code.handlers.js';
import { DeskReassort } from './desk-reassort.js';
import { DeskReassortController, DeskReassortPages } from './desk-reassort.pages.js';
import { ElectorStrategy } from './elector.strategy.js';
import { Electors } from './electors.js';
import { Enrolments } from './enrolments.js';
import { ActivationPages } from './activation.pages.js';
import { Links } from './links.js';
import { ElectoralLists } from './lists/electoral-lists.js';
import { InscriptionPages } from './lists/inscription.pages.js';
import { ListCorrection } from './lists/list-correction.js';
import { ListFileController } from './lists/list-file.controller.js';
import { ListFilePages } from './lists/list-file.pages.js';
import { ListFiles } from './lists/list-files.js';
import { ListImport } from './lists/list-import.js';
import { ListsPages } from './lists/lists.pages.js';
import { StaffListsPages } from './lists/staff-lists.pages.js';
import { ElectorHistory } from './elector-history.js';
import { MailingController } from './mailings/mailing.controller.js';
import { mailingHandlers } from './mailings/mailing.handlers.js';
import { MailingPages } from './mailings/mailing.pages.js';
import { MailingRun } from './mailings/mailing-run.js';
import { Mailings } from './mailings/mailings.js';
import { Recipients } from './mailings/recipients.js';
import { Occasions } from './occasions.js';
import { PortalWindow } from './portal-window.js';
import { ReassortWatch } from './reassort-watch.js';
import { Seeding } from './seeding.js';
import { PageFrames } from './page-frames.js';
import { SignInPages } from './sign-in.pages.js';
import { SpacePages } from './space.pages.js';
import { SignIn } from './sign-in.js';
import { Sweeper } from './sweeper.js';

/** Accounts: from the opening mail to the elector's space. */
@Module({
  controllers: [
    CodeReassortPages,
    CodeReassortController,
    DeskReassortPages,
    DeskReassortController,
    AccountController,
    SignInPages,
    ActivationPages,
    SpacePages,
    CareController,
    CarePages,
    ListsPages,
    InscriptionPages,
    StaffListsPages,
    MailingPages,
    MailingController,
    ListFileController,
    ListFilePages,
  ],
  providers: [
    ...accountHandlers,
    ...codeHandlers,
    ...mailingHandlers,
    Occasions,
    PortalWindow,
    ElectorHistory,
    Recipients,
    Mailings,
    MailingRun,
    PageFrames,
    Electors,
    Enrolments,
    ListCorrection,
    ListFiles,
    ListImport,
    ElectoralLists,
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
    CodeReassort,
    DeskReassort,
    ReassortWatch,
  ],
  exports: [
    CodeReassort,
    Electors,
    Enrolments,
    ListCorrection,
    ListImport,
    ElectoralLists,
    Links,
    Accounts,
    AccountMails,
    Seeding,
    Care,
    MailingRun,
    SignIn,
    Activation,
  ],
})
export class AccountModule {}
