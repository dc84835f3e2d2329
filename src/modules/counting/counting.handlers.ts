import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Executed } from '../../ledger/ledger.js';
import { Boxes } from './boxes.js';
import {
  DestroyRegisterKey,
  EncryptTally,
  FilePartialDecryption,
  FreezeBox,
  ProclaimResult,
  RejectPartialDecryption,
  SignMinutes,
} from './counting.commands.js';

/** Freezes a box. */
@CommandHandler(FreezeBox)
export class FreezeBoxHandler implements ICommandHandler<FreezeBox, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: FreezeBox): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** States that box and register agree and that their key is gone. */
@CommandHandler(DestroyRegisterKey)
export class DestroyRegisterKeyHandler implements ICommandHandler<DestroyRegisterKey, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: DestroyRegisterKey): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** States the encrypted tally. */
@CommandHandler(EncryptTally)
export class EncryptTallyHandler implements ICommandHandler<EncryptTally, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: EncryptTally): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** Files the part of a holder. */
@CommandHandler(FilePartialDecryption)
export class FilePartialDecryptionHandler implements ICommandHandler<FilePartialDecryption, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: FilePartialDecryption): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** Names a part that does not hold. */
@CommandHandler(RejectPartialDecryption)
export class RejectPartialDecryptionHandler implements ICommandHandler<RejectPartialDecryption, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: RejectPartialDecryption): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** Proclaims a result. */
@CommandHandler(ProclaimResult)
export class ProclaimResultHandler implements ICommandHandler<ProclaimResult, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: ProclaimResult): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** Signs the minutes. */
@CommandHandler(SignMinutes)
export class SignMinutesHandler implements ICommandHandler<SignMinutes, Executed> {
  constructor(private readonly boxes: Boxes) {}

  execute(command: SignMinutes): Promise<Executed> {
    return this.boxes.execute(command);
  }
}

/** All that the module registers. */
export const countingHandlers = [
  FreezeBoxHandler,
  DestroyRegisterKeyHandler,
  EncryptTallyHandler,
  FilePartialDecryptionHandler,
  RejectPartialDecryptionHandler,
  ProclaimResultHandler,
  SignMinutesHandler,
];
