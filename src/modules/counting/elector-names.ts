import { Injectable } from '@nestjs/common';
import type { VaultVersion } from '../../events/fields.js';
import { electorsByIds, everyElectorIdOfScrutin } from '../../projections/electors.projection.js';
import { Database } from '../../storage/database.js';
import type { Identity } from '../../vault/identities.js';
import { Vault } from '../../vault/vault.js';

/** The electors of a scrutin, and their names, which only the vault knows. */
@Injectable()
export class ElectorNames {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** The electors of a scrutin, page after page. */
  ofScrutin(scrutinId: string): AsyncIterable<readonly string[]> {
    return everyElectorIdOfScrutin(this.database.pool('register'), scrutinId);
  }

  /** Who electors are; one whose identity is erased is not in it. */
  async of(electorIds: readonly string[]): Promise<ReadonlyMap<string, Identity>> {
    const rows = await electorsByIds(this.database.pool('register'), electorIds);
    const found = await this.vault.readMany(
      'identity',
      rows.map(({ identity }): VaultVersion => identity),
    );
    return new Map(
      rows.flatMap(({ electorId }, i) => {
        const identity = found[i] as Identity | undefined;
        return identity ? [[electorId, identity] as const] : [];
      }),
    );
  }
}
