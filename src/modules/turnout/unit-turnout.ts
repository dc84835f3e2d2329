import { Injectable } from '@nestjs/common';
import { Documents } from '../../documents/documents.js';
import { decode, isOf } from '../../events/codec.js';
import { Clock } from '../../ledger/clock.js';
import { EventStore } from '../../ledger/event-store.js';
import { GivingWay } from '../../ledger/giving-way.js';
import { electorsByIds, everyElectorIdOfScrutin } from '../../projections/electors.projection.js';
import { signaturesOf } from '../../projections/register.projection.js';
import { Database } from '../../storage/database.js';
import type { Identity } from '../../vault/identities.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { UnitSums, type UnitCells } from '../../vault/units.js';
import { Vault } from '../../vault/vault.js';

/** Turnout by unit, as it was at an instant. */
export interface UnitFigures {
  readonly at: Date;
  readonly cells: UnitCells;
}

const PAGE = 500; // electors at once, some milliseconds of work
const OLDEST = 60_000; // milliseconds until figures are counted again, or
const RARER = 4; // times as long as the last count took

/**
 * Turnout by academy, department and corps (F103), counted from identities and tags while the register key lives, then
 * what the freeze filed. Nothing of it is written before, and no tag is kept beside a unit, not even in memory: only the sums (docs/adr/0018).
 */
@Injectable()
export class UnitTurnout {
  private readonly known = new Map<
    string,
    { figures?: UnitFigures; counting?: Promise<void>; took: number }
  >();

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly registerKeys: RegisterKeys,
    private readonly documents: Documents,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /** The newest figures; undefined while the first are being counted, which is waited for so many milliseconds. Once the register key is destroyed, those of the freeze. */
  async of(scrutinId: string, patience: number): Promise<UnitFigures | undefined> {
    const known = this.known.get(scrutinId) ?? { took: 0 };
    this.known.set(scrutinId, known);
    const age = known.figures ? Date.parse(this.clock.now()) - known.figures.at.getTime() : Infinity;
    if (age > Math.max(OLDEST, RARER * known.took) && !known.counting) {
      const began = performance.now();
      const awaited = !known.figures && patience > 0;
      known.counting = this.count(scrutinId, awaited ? undefined : new GivingWay())
        .then((figures) => {
          if (figures) known.figures = figures;
          else this.known.delete(scrutinId);
        })
        .finally(() => {
          known.took = performance.now() - began;
          delete known.counting;
        });
      known.counting.catch(() => undefined); // whoever waits is told; the next request tries again
    }
    if (!known.figures) await Promise.race([known.counting, waited(patience)]);
    return known.figures;
  }

  private async count(scrutinId: string, way: GivingWay | undefined): Promise<UnitFigures | undefined> {
    const at = new Date(this.clock.now());
    const sums = new UnitSums();
    const register = this.database.pool('register');
    try {
      for await (const ids of everyElectorIdOfScrutin(register, scrutinId, PAGE)) {
        await this.addPage(sums, scrutinId, ids);
        await way?.rest();
      }
    } catch (error) {
      if (error instanceof NoRegisterKey) return this.frozen(scrutinId);
      throw error;
    }
    return { at, cells: sums.cells() };
  }

  /** What the freeze filed: the last events of the box name it. */
  private async frozen(scrutinId: string): Promise<UnitFigures | undefined> {
    for await (const { type, data } of this.store.readStream(`box-${scrutinId}`, {
      direction: 'backwards',
    })) {
      const event = decode(type, data);
      if (!isOf(event, 'box') || event.type === 'VotesCast') return undefined;
      if (event.type !== 'BoxFrozen') continue;
      const document = await this.documents.get(event.data.turnout ?? '');
      if (!document) return undefined;
      const { cells } = JSON.parse(document.content.toString('utf8')) as Pick<UnitFigures, 'cells'>;
      return { at: new Date(event.data.at), cells };
    }
    return undefined;
  }

  /** Adds the electors of a page: their units, and whether the register has the tag. */
  private async addPage(sums: UnitSums, scrutinId: string, ids: readonly string[]): Promise<void> {
    const register = this.database.pool('register');
    const tags = await this.registerKeys.tagsOf(scrutinId, ids);
    const found = await signaturesOf(
      register,
      tags.map((tag) => ({ scrutinId, tag })),
    );
    const signed = new Set(found.map(({ tag }) => tag));
    const rows = await electorsByIds(register, ids);
    const place = new Map(ids.map((id, index) => [id, index]));
    const identities = await this.vault.readMany(
      'identity',
      rows.map(({ identity }) => identity),
    );
    for (const [index, { electorId }] of rows.entries()) {
      const tag = tags[place.get(electorId) ?? -1] ?? '';
      sums.add(identities[index] as Identity | undefined, signed.has(tag));
    }
  }
}

function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
