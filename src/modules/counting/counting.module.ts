import { Module } from '@nestjs/common';
import { Adding } from './adding.js';
import { Archiving } from './archiving.js';
import { Backoff } from '../../vault/backoff.js';
import { Boards } from './boards.js';
import { BoxAuditPages } from './box-audit.pages.js';
import { Boxes } from './boxes.js';
import { Closing } from './closing.js';
import { CountPage } from './count-page.js';
import { CountViews } from './count-views.js';
import { CountingController } from './counting.controller.js';
import { countingHandlers } from './counting.handlers.js';
import { CountingPages } from './counting.pages.js';
import { Discrepancies } from './discrepancies.js';
import { DiscrepancyController } from './discrepancy.controller.js';
import { DiscrepancyPages } from './discrepancy.pages.js';
import { Decrypting } from './decrypting.js';
import { EarlyAttempts } from './early-attempts.js';
import { ElectorNames } from './elector-names.js';
import { FoundDiscrepancies } from '../../vault/found-discrepancies.js';
import { Freezing } from './freezing.js';
import { ListPapers } from './list-papers.js';
import { Minutes } from './minutes.js';
import { MinutesController, MinutesPages } from './minutes.pages.js';
import { Proclaiming } from './proclaiming.js';
import { Rechecking } from './rechecking.js';
import { Reconciling } from './reconciling.js';
import { Witnessing } from './witnessing.js';

/** From the closing to the minutes: freeze, reconciliation, tally, decryption, result. */
@Module({
  controllers: [
    CountingController,
    CountingPages,
    DiscrepancyController,
    DiscrepancyPages,
    BoxAuditPages,
    MinutesController,
    MinutesPages,
  ],
  providers: [
    ...countingHandlers,
    Boards,
    Boxes,
    ElectorNames,
    Adding,
    Rechecking,
    Freezing,
    FoundDiscrepancies,
    Reconciling,
    Discrepancies,
    ListPapers,
    Proclaiming,
    Witnessing,
    EarlyAttempts,
    Decrypting,
    Archiving,
    Closing,
    Backoff,
    Minutes,
    CountViews,
    CountPage,
  ],
  exports: [Archiving, Freezing, Rechecking, Reconciling, Decrypting, Adding, Boxes, Boards],
})
export class CountingModule {}
