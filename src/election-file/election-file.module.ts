import { Module } from '@nestjs/common';
import { ScrutinModule } from '../modules/scrutin/scrutin.module.js';
import { ElectionFileController } from './election-file.controller.js';
import { ElectionFilePages } from './election-file.pages.js';
import { ElectionFiles } from './election-files.js';
import { SentPapers } from './sent-papers.js';
import { WrittenElection } from './written-election.js';

/** A whole election as one YAML file: what it would change, applied, and written. */
@Module({
  imports: [ScrutinModule],
  controllers: [ElectionFileController, ElectionFilePages],
  providers: [ElectionFiles, SentPapers, WrittenElection],
})
export class ElectionFileModule {}
