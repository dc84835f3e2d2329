import { Module } from '@nestjs/common';
import { ElectorExport } from './elector-export.js';
import { KeyImport } from './key-import.js';
import { noticesHandlers } from './notices.handlers.js';

/** Notices: who gets one, the keys of the codes on them, and their delivery. The codes themselves are made elsewhere. */
@Module({
  providers: [...noticesHandlers, ElectorExport, KeyImport],
})
export class NoticesModule {}
