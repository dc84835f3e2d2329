import { Module, type DynamicModule } from '@nestjs/common';
import { CatchAll } from '../../mail/catch-all.js';
import { DemonstrationPages } from './demonstration.pages.js';

/** What only a demonstration has: its mails can be read. */
@Module({})
export class DemonstrationModule {
  static on(catchAll: CatchAll): DynamicModule {
    return {
      module: DemonstrationModule,
      controllers: [DemonstrationPages],
      providers: [{ provide: CatchAll, useValue: catchAll }],
    };
  }
}
