import { Module } from '@nestjs/common';
import { VaultKeys } from '../../vault/keys.js';
import { RegisterKeys } from '../../vault/register-keys.js';
import { EmargementPages } from './emargement.pages.js';
import { Emargement } from './emargement.js';
import { TurnoutController } from './turnout.controller.js';
import { FileEarlierTurnoutHandler } from './turnout.handlers.js';
import { TurnoutPages } from './turnout.pages.js';
import { Turnouts } from './turnouts.js';
import { UnitTurnout } from './unit-turnout.js';

/** How many have voted, where and when: for those who run and control the election. */
@Module({
  controllers: [TurnoutController, TurnoutPages, EmargementPages],
  providers: [
    FileEarlierTurnoutHandler,
    Turnouts,
    UnitTurnout,
    Emargement,
    { provide: RegisterKeys, inject: [VaultKeys], useFactory: (keys: VaultKeys) => new RegisterKeys(keys) },
  ],
})
export class TurnoutModule {}
