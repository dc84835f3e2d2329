import { Module, type DynamicModule } from '@nestjs/common';
import { CatchAll } from '../../mail/catch-all.js';
import { DemonstrationPages } from './demonstration.pages.js';
import { Workshop } from './workshop.js';
import { WorkshopPages } from './workshop.pages.js';

/** What only a demonstration has. */
export interface Demonstration {
  readonly workshop: Workshop;
  /** Where its mails end; undefined where `SMTP_URL` names a real server. */
  readonly catchAll: CatchAll | undefined;
}

/** A demonstration lies open: its mails can be read, its clock moved, its drawers opened. */
@Module({})
export class DemonstrationModule {
  static on({ workshop, catchAll }: Demonstration): DynamicModule {
    return {
      module: DemonstrationModule,
      controllers: [WorkshopPages, ...(catchAll ? [DemonstrationPages] : [])],
      providers: [
        { provide: Workshop, useValue: workshop },
        ...(catchAll ? [{ provide: CatchAll, useValue: catchAll }] : []),
      ],
    };
  }
}
