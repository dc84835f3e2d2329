import { Module, type FactoryProvider } from '@nestjs/common';
import { AcknowledgementKey } from '../../vault/acknowledgement-key.js';
import { VaultKeys } from '../../vault/keys.js';
import { RegisterKeys } from '../../vault/register-keys.js';
import { BoardController } from './board.controller.js';
import { boardHandlers } from './board.handlers.js';
import { BoardPages } from './board.pages.js';
import { Boards } from './boards.js';
import { BoardControl } from './control.js';
import { BuildController } from './build.controller.js';
import { Build } from './build.js';
import { BuildPages } from './build.pages.js';
import { BuildRequests } from './build-requests.js';
import { BuildWatch } from './build-watch.js';
import { Ceremonies } from './ceremonies.js';
import { Members } from './members.js';
import { Opening } from './opening.js';
import { Rehearsals } from './rehearsals.js';
import { RosterPages } from './roster.pages.js';
import { Sealing } from './sealing.js';
import { SealingPages } from './sealing.pages.js';
import { SealingController } from './sealing.controller.js';

const keys: FactoryProvider[] = [RegisterKeys, AcknowledgementKey].map((Keys) => ({
  provide: Keys,
  inject: [VaultKeys],
  useFactory: (vaultKeys: VaultKeys) => new Keys(vaultKeys),
}));

/** Boards: their members and keys, the sealing of their scrutins, and the opening at the hour. */
@Module({
  controllers: [
    BoardController,
    BoardPages,
    BuildController,
    BuildPages,
    RosterPages,
    SealingController,
    SealingPages,
  ],
  providers: [
    ...boardHandlers,
    ...keys,
    BoardControl,
    Boards,
    Build,
    BuildRequests,
    BuildWatch,
    Ceremonies,
    Members,
    Opening,
    Rehearsals,
    Sealing,
  ],
  exports: [Boards, BuildWatch, Ceremonies, Opening, Rehearsals, Sealing],
})
export class BoardModule {}
