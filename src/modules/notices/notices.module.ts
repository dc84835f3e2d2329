import { Module } from '@nestjs/common';
import { DeliveryRegister } from './delivery-register.js';
import { ElectorExport } from './elector-export.js';
import { KeyImport } from './key-import.js';
import { NoticesController } from './notices.controller.js';
import { noticesHandlers } from './notices.handlers.js';
import { NoticesPages } from './notices.pages.js';

/** Notices: who gets one, the keys of the codes on them, and their delivery. The codes themselves are made elsewhere. */
@Module({
  controllers: [NoticesController, NoticesPages],
  providers: [...noticesHandlers, DeliveryRegister, ElectorExport, KeyImport],
})
export class NoticesModule {}
