import { Module } from '@nestjs/common';
import { BundleController } from './bundle.controller.js';
import { DepositsController } from './deposits.controller.js';
import { LogController } from './log.controller.js';
import { VerifyPages } from './verify.pages.js';

/** What anyone may read of the log: its files, and the proof of a deposit (F80). */
@Module({ controllers: [LogController, DepositsController, BundleController, VerifyPages] })
export class TransparencyModule {}
