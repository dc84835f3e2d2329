import { Module } from '@nestjs/common';
import { ElectionController } from './election.controller.js';
import { electionHandlers } from './election.handlers.js';
import { ElectionPages } from './election.pages.js';
import { Journal } from './journal.js';
import { JournalPages } from './journal.pages.js';
import { electionQueries } from './election.queries.js';
import { Overview } from './overview.js';

/** An election as a whole: its name, its calendar, its journal. */
@Module({
  controllers: [ElectionController, ElectionPages, JournalPages],
  providers: [Journal, Overview, ...electionHandlers, ...electionQueries],
})
export class ElectionModule {}
