import { Module } from '@nestjs/common';
import { ElectionController } from './election.controller.js';
import { electionHandlers } from './election.handlers.js';
import { ElectionPages } from './election.pages.js';
import { electionQueries } from './election.queries.js';

/** An election as a whole: its name, its calendar, its journal. */
@Module({
  controllers: [ElectionController, ElectionPages],
  providers: [...electionHandlers, ...electionQueries],
})
export class ElectionModule {}
