import { Module } from '@nestjs/common';
import { AssistanceController } from './assistance.controller.js';
import { assistanceHandlers } from './assistance.handlers.js';
import { AssistanceElectorPages } from './assistance.elector.pages.js';
import { AssistancePages } from './assistance.pages.js';
import { HelpDesk } from './help-desk.js';

/** Help for electors (F61, F115): questions and answers, and no power over votes. */
@Module({
  controllers: [AssistanceController, AssistancePages, AssistanceElectorPages],
  providers: [...assistanceHandlers, HelpDesk],
  exports: [HelpDesk],
})
export class AssistanceModule {}
