import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { CountedSoftware } from './documents/counted-software.js';
import { Documents } from './documents/documents.js';
import { FrozenRegisters } from './documents/frozen-registers.js';
import { DocumentsController } from './documents/documents.controller.js';
import { ElectionFileModule } from './election-file/election-file.module.js';
import type { Foundation } from './foundation.js';
import { SessionStore } from './http/session-store.js';
import { Site } from './http/site.js';
import { ProblemFilter } from './http/problem.filter.js';
import { AccessGuard } from './http/access.guard.js';
import { Clock } from './ledger/clock.js';
import { EventStore } from './ledger/event-store.js';
import { Ledger } from './ledger/ledger.js';
import { ListFence } from './ledger/list-fence.js';
import { DirectMail } from './mail/direct-mail.js';
import { smsSender } from './sms/open-sms.js';
import { SmsSender } from './sms/sms-sender.js';
import { Addresses } from './http/addresses.js';
import { Captcha } from './captcha/captcha.js';
import { MailingRules } from './modules/account/mailings/mailing.handlers.js';
import { AccountModule } from './modules/account/account.module.js';
import { BoothModule } from './modules/booth/booth.module.js';
import { CountingModule } from './modules/counting/counting.module.js';
import { DemonstrationModule, type Demonstration } from './modules/demonstration/demonstration.module.js';
import { BoardModule } from './modules/board/board.module.js';
import { NoticesModule } from './modules/notices/notices.module.js';
import { ElectionModule } from './modules/election/election.module.js';
import { ClaimsModule } from './modules/claims/claims.module.js';
import { ScrutinModule } from './modules/scrutin/scrutin.module.js';
import { AssistanceModule } from './modules/assistance/assistance.module.js';
import { StaffModule } from './modules/staff/staff.module.js';
import { TransparencyModule } from './modules/transparency/transparency.module.js';
import { TurnoutModule } from './modules/turnout/turnout.module.js';
import { PortalModule } from './modules/portal/portal.module.js';
import { VoteModule } from './modules/vote/vote.module.js';
import { Log } from './operations/log.js';
import { Metrics } from './operations/metrics.js';
import { OperationsController } from './operations/operations.controller.js';
import { Readiness } from './operations/readiness.js';
import { Projections } from './projections/projections.js';
import { Database } from './storage/database.js';
import { AddedCredentials } from './vault/added-credentials.js';
import { CodeAttempts } from './vault/code-attempts.js';
import { CredentialLists } from './vault/credential-lists.js';
import { Transparency } from './transparency/transparency.js';
import { Digests } from './vault/digests.js';
import { Identities } from './vault/identities.js';
import { VaultKeys } from './vault/keys.js';
import { RecheckedBoxes } from './vault/rechecked-boxes.js';
import { RegisterKeys } from './vault/register-keys.js';
import { SignIns } from './vault/sign-ins.js';
import { NoticeUnits } from './vault/notice-units.js';
import { SlowHashes } from './vault/slow-hashes.js';
import { Vault } from './vault/vault.js';

/** The table of contents: what there is, in the order of an election. Classes are their own tokens. */
@Global()
@Module({})
export class AppModule {
  static on(foundation: Foundation, demonstration?: Demonstration): DynamicModule {
    const ground = [
      { provide: Log, useValue: foundation.log },
      { provide: Metrics, useValue: foundation.metrics },
      { provide: Readiness, useValue: foundation.readiness },
      { provide: Clock, useValue: foundation.clock },
      { provide: Database, useValue: foundation.database },
      { provide: EventStore, useValue: foundation.store },
      { provide: Ledger, useValue: foundation.ledger },
      { provide: ListFence, useValue: foundation.listFence },
      { provide: Projections, useValue: foundation.projections },
      { provide: Vault, useValue: foundation.vault },
      { provide: VaultKeys, useValue: foundation.vaultKeys },
      { provide: Digests, useValue: foundation.digests },
      { provide: Identities, useValue: foundation.identities },
      { provide: SlowHashes, useValue: foundation.slowHashes },
      { provide: Documents, useValue: foundation.documents },
      {
        provide: FrozenRegisters,
        useValue: new FrozenRegisters(foundation.store, foundation.documents),
      },
      { provide: CountedSoftware, useValue: new CountedSoftware(foundation.documents) },
      { provide: CredentialLists, useValue: foundation.credentialLists },
      { provide: RegisterKeys, useValue: new RegisterKeys(foundation.vaultKeys) },
      { provide: SignIns, useValue: new SignIns(foundation.database) },
      { provide: AddedCredentials, useValue: new AddedCredentials(foundation.database) },
      { provide: RecheckedBoxes, useValue: foundation.recheckedBoxes },
      { provide: CodeAttempts, useValue: new CodeAttempts(foundation.database, foundation.digests) },
      { provide: DirectMail, useValue: new DirectMail() },
      { provide: SmsSender, useValue: smsSender(foundation.config) },
      { provide: NoticeUnits, useValue: foundation.noticeUnits },
      { provide: Site, useValue: foundation.site },
      { provide: SessionStore, useValue: foundation.sessions },
      { provide: Transparency, useValue: foundation.transparency },
      {
        provide: Captcha,
        useValue: new Captcha(foundation.config.captcha, foundation.digests, foundation.clock),
      },
      { provide: MailingRules, useValue: new MailingRules(foundation.config.remindAbstainers) },
      { provide: Addresses, useValue: new Addresses(foundation.config.organiserRanges) },
    ];
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(), // dispatches commands and queries; its event bus and sagas are not used
        ElectionModule,
        ScrutinModule,
        BoardModule,
        ElectionFileModule,
        PortalModule.with(foundation.content),
        AccountModule,
        NoticesModule,
        StaffModule,
        AssistanceModule,
        TurnoutModule,
        ClaimsModule,
        VoteModule.with(foundation.config),
        BoothModule,
        CountingModule,
        TransparencyModule,
        ...(demonstration ? [DemonstrationModule.on(demonstration)] : []), // production has no such route
      ],
      controllers: [DocumentsController, OperationsController],
      providers: [
        ...ground,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: ground.map(({ provide }) => provide),
    };
  }
}
