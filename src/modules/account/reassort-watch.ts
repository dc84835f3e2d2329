import { Injectable } from '@nestjs/common';
import { Log } from '../../operations/log.js';
import { countReassorts, isUnusual } from '../../projections/reassorts.projection.js';
import { talliesIn } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';

/**
 * Rings when réassorts of a scrutin grow unusually. It counts what the ledger says, so that codes made past the pages ring
 * too: a server that makes codes for abstainers could vote for them (design 3).
 */
@Injectable()
export class ReassortWatch {
  /** How many there were when it last rang, by scrutin: it rings again when there are more. */
  private readonly rung = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Looks at every scrutin that is open: how many of them are unusual. The scheduler calls it. */
  async look(): Promise<number> {
    const register = this.database.pool('register');
    const open = await talliesIn(register, ['open']);
    const counts = await countReassorts(
      register,
      open.map(({ scrutinId }) => scrutinId),
    );
    let unusual = 0;
    for (const { scrutinId, roll } of open) {
      const completed = counts.get(scrutinId)?.completed ?? 0;
      if (!isUnusual(completed, roll)) continue;
      unusual += 1;
      if (completed <= (this.rung.get(scrutinId) ?? 0)) continue;
      this.rung.set(scrutinId, completed);
      this.log.pino.warn({ scrutinId, completed, roll }, 'réassorts of a scrutin grow unusually');
    }
    return unusual;
  }
}
