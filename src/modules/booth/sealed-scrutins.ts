import { Injectable } from '@nestjs/common';
import { decode } from '../../events/codec.js';
import { EventStore } from '../../ledger/event-store.js';
import type { BoxRow } from '../../projections/boxes.projection.js';

/** What the board sealed for one scrutin, as the booth pins it. */
export interface Sealed {
  readonly fingerprint: string;
  readonly acknowledgementKey: string;
}

/**
 * What `ScrutinsSealed` says of the scrutins whose boxes are open. A seal is a fact of the ledger and never changes, so it is
 * read once.
 */
@Injectable()
export class SealedScrutins {
  private readonly known = new Map<string, Promise<ReadonlyMap<string, Sealed>>>();

  constructor(private readonly store: EventStore) {}

  /** Of the scrutin of an open box; undefined when its board sealed nothing under the seal that the box names. */
  async of({ boardId, seal, scrutinId }: BoxRow): Promise<Sealed | undefined> {
    let sealed = this.known.get(seal);
    if (!sealed) {
      sealed = this.read(boardId, seal);
      this.known.set(seal, sealed);
      sealed.catch(() => this.known.delete(seal)); // the ledger was away: ask again
    }
    const found = await sealed;
    if (found.size === 0) this.known.delete(seal);
    return found.get(scrutinId);
  }

  private async read(boardId: string, seal: string): Promise<ReadonlyMap<string, Sealed>> {
    for await (const { type, data } of this.store.readStream(`board-${boardId}`)) {
      const event = decode(type, data);
      if (event.type !== 'ScrutinsSealed' || event.data.seal !== seal) continue;
      const { acknowledgementKey, scrutins } = event.data;
      return new Map(
        scrutins.map((one) => [one.scrutinId, { fingerprint: one.fingerprint, acknowledgementKey }]),
      );
    }
    return new Map();
  }
}
