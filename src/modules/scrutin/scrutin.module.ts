import { Module } from '@nestjs/common';
import { Candidatures } from './candidatures.js';
import { scrutinHandlers } from './scrutin.handlers.js';

/** Scrutins: what is voted on, by which lists, in which order. */
@Module({
  providers: [...scrutinHandlers, Candidatures],
  exports: [Candidatures],
})
export class ScrutinModule {}
