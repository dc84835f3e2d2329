import { Module } from '@nestjs/common';
import { ElectionController } from './election.controller.js';
import { electionHandlers } from './election.handlers.js';
import { Journal } from './journal.js';
import { JournalPages } from './journal.pages.js';
import { electionQueries } from './election.queries.js';

/** An election as a whole: its name, its calendar, its journal. */
@Module({
  controllers: [ElectionController, JournalPages],
  providers: [Journal, ...electionHandlers, ...electionQueries],
})
export class ElectionModule {}
