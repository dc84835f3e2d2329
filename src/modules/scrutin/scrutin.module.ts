import { Module } from '@nestjs/common';
import { Candidatures } from './candidatures.js';
import { CandidaturesPages } from './candidatures.pages.js';
import { Declarations } from './declarations.js';
import { ScrutinController } from './scrutin.controller.js';
import { scrutinHandlers } from './scrutin.handlers.js';
import { ScrutinPages } from './scrutin.pages.js';
import { ScrutinSetupPages } from './setup.pages.js';

/** Scrutins: what is voted on, by which lists, in which order. */
@Module({
  controllers: [ScrutinController, ScrutinPages, ScrutinSetupPages, CandidaturesPages],
  providers: [...scrutinHandlers, Candidatures, Declarations],
  exports: [Candidatures],
})
export class ScrutinModule {}
