import { CommandHandler, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { signaturesOf } from '../../projections/register.projection.js';
import { Database } from '../../storage/database.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { boxControl } from './box-control.decider.js';
import { Casting, type Receipt } from './casting.js';
import { CastVote, ExtendBox, ResumeBox, SuspendBox } from './vote.commands.js';
import { FindSignatures, type FoundSignature } from './vote.queries.js';

/** Takes a vote. */
@CommandHandler(CastVote)
export class CastVoteHandler implements ICommandHandler<CastVote, Receipt> {
  constructor(private readonly casting: Casting) {}

  execute(command: CastVote): Promise<Receipt> {
    return this.casting.cast(command);
  }
}

/** Stops the voting in a scrutin. */
@CommandHandler(SuspendBox)
export class SuspendBoxHandler implements ICommandHandler<SuspendBox, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: SuspendBox): Promise<Executed> {
    return this.ledger.execute(boxControl, `box-${command.scrutinId}`, command, this.clock.now());
  }
}

/** Lets the voting go on. */
@CommandHandler(ResumeBox)
export class ResumeBoxHandler implements ICommandHandler<ResumeBox, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: ResumeBox): Promise<Executed> {
    return this.ledger.execute(boxControl, `box-${command.scrutinId}`, command, this.clock.now());
  }
}

/** Closes the voting later. */
@CommandHandler(ExtendBox)
export class ExtendBoxHandler implements ICommandHandler<ExtendBox, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: ExtendBox): Promise<Executed> {
    return this.ledger.execute(boxControl, `box-${command.scrutinId}`, command, this.clock.now());
  }
}

/** Which of their scrutins an elector has signed. */
@QueryHandler(FindSignatures)
export class FindSignaturesHandler implements IQueryHandler<FindSignatures, FoundSignature[]> {
  constructor(
    private readonly registerKeys: RegisterKeys,
    private readonly database: Database,
  ) {}

  async execute({ electorId, scrutinIds }: FindSignatures): Promise<FoundSignature[]> {
    const tags = await Promise.all(
      scrutinIds.map(async (scrutinId) => {
        const tag = await this.registerKeys.tagOf(scrutinId, electorId).catch((error: unknown) => {
          if (error instanceof NoRegisterKey) return undefined; // not sealed yet, or over
          throw error;
        });
        return tag === undefined ? [] : [{ scrutinId, tag }];
      }),
    );
    const signatures = await signaturesOf(this.database.pool('register'), tags.flat());
    return signatures.map(({ scrutinId, at }) => ({ scrutinId, at: at.toISOString() }));
  }
}

/** All that the module registers. */
export const voteHandlers = [
  ...[CastVoteHandler, SuspendBoxHandler, ResumeBoxHandler, ExtendBoxHandler],
  FindSignaturesHandler,
];
