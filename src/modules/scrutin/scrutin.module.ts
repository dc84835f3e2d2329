import { Module } from '@nestjs/common';
import { scrutinHandlers } from './scrutin.handlers.js';

/** Scrutins: what is voted on, by which lists, in which order. */
@Module({
  providers: [...scrutinHandlers],
})
export class ScrutinModule {}
