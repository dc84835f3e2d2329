import { Module } from '@nestjs/common';
import { DepositsController } from './deposits.controller.js';
import { LogController } from './log.controller.js';

/** What anyone may read of the log: its files, and the proof of a deposit (F80). */
@Module({ controllers: [LogController, DepositsController] })
export class TransparencyModule {}
