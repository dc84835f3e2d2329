import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Boxes } from './boxes.js';
import { requireDecryptable } from './counting.decider.js';
import { earlyAttempts } from './early-attempt.decider.js';

/** What the journal says of a part that came too early, by the code of its refusal. */
const said: ReadonlyMap<string, string> = new Map([
  ['counting.not-opened', 'Déchiffrement demandé avant l’ouverture de l’urne, refusé.'],
  ['counting.not-frozen', 'Déchiffrement demandé avant le gel de l’urne, refusé.'],
  ['counting.key-alive', 'Déchiffrement demandé avant la destruction de la clé du registre, refusé.'],
  ['counting.not-encrypted', 'Déchiffrement demandé avant l’établissement du total chiffré, refusé.'],
]);

/** Parts that come before anything may be decrypted: refused, and entered in the journal that the minutes tell (CNIL 1-09). */
@Injectable()
export class EarlyAttempts {
  constructor(
    private readonly boxes: Boxes,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly documents: Documents,
  ) {}

  /** Why this box must not be decrypted yet; undefined when it may be, or was. */
  async refusalOf(scrutinId: string): Promise<Refusal | undefined> {
    try {
      requireDecryptable(await this.boxes.of(scrutinId));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return said.has(error.code) ? error : undefined;
      throw error;
    }
  }

  /** Enters them under the name of who asked, each scrutin and reason once. */
  async note(electionId: string, staffId: string, refused: ReadonlyMap<string, Refusal>): Promise<void> {
    const attempts = await Promise.all(
      [...refused].map(async ([scrutinId, { code }]) => {
        const bytes = Buffer.from(said.get(code) ?? code);
        const text = await this.documents.put(bytes, 'text/plain; charset=utf-8', 'restricted');
        return { scrutinId, incidentId: randomUUID(), text };
      }),
    );
    const command = { electionId, staffId, attempts };
    await this.ledger.execute(earlyAttempts, `election-${electionId}`, command, this.clock.now());
  }
}
