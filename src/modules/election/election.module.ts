import { Module } from '@nestjs/common';
import { ElectionController } from './election.controller.js';
import { electionHandlers } from './election.handlers.js';
import { electionQueries } from './election.queries.js';

/** An election as a whole: its name, its calendar, its journal. */
@Module({
  controllers: [ElectionController],
  providers: [...electionHandlers, ...electionQueries],
})
export class ElectionModule {}
