import { Module, type DynamicModule } from '@nestjs/common';
import { Content } from './content.js';
import { PortalPages } from './portal.pages.js';

/** What anyone may read without an account. */
@Module({})
export class PortalModule {
  static with(content: Content): DynamicModule {
    return {
      module: PortalModule,
      controllers: [PortalPages],
      providers: [{ provide: Content, useValue: content }],
    };
  }
}
