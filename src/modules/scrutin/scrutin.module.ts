import { Module } from '@nestjs/common';
import { Candidatures } from './candidatures.js';
import { scrutinHandlers } from './scrutin.handlers.js';
import { ScrutinPages } from './scrutin.pages.js';

/** Scrutins: what is voted on, by which lists, in which order. */
@Module({
  controllers: [ScrutinPages],
  providers: [...scrutinHandlers, Candidatures],
  exports: [Candidatures],
})
export class ScrutinModule {}
