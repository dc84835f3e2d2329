import { Injectable } from '@nestjs/common';
import { boxArchive, type BoxArchive } from '../../bundle/box-archive.js';
import { Documents } from '../../documents/documents.js';
import { EventStore } from '../../ledger/event-store.js';
import { Refusal } from '../../ledger/refusal.js';

/** Archives of counted scrutins, for whoever asks for one. */
@Injectable()
export class Archiving {
  constructor(
    private readonly store: EventStore,
    private readonly documents: Documents,
  ) {}

  /** Refuses before the result is proclaimed. */
  async archive(scrutinId: string): Promise<BoxArchive> {
    const { store, documents } = this;
    const archive = await boxArchive({ store, documents }, scrutinId);
    if (!archive)
      throw new Refusal('counting.no-result', 'No result was proclaimed yet: there is no archive.');
    return archive;
  }
}
