import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Position } from '../../ledger/event-store.js';
import type { Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  countNotices,
  noticesOf,
  noticesOfElectors,
  type DeliveryChannel,
  type NoticeRow,
} from '../../projections/notices.projection.js';
import { Projections } from '../../projections/projections.js';
import { Database } from '../../storage/database.js';
import { NoticeUnits } from '../../vault/notice-units.js';
import { Vault } from '../../vault/vault.js';
import { RecordDelivery } from './notices.commands.js';

/** An elector of the register of hand-over. */
export interface DeliveryRow {
  readonly electorId: string;
  /** Undefined once the identity is erased. */
  readonly name: string | undefined;
  readonly unit: string | undefined;
  readonly made: boolean;
  readonly delivered: NoticeRow['delivered'];
}

/** What became of a record for several electors. */
export interface Recorded {
  readonly recorded: number;
  readonly already: number;
  /** How many were refused, by the code of the refusal. */
  readonly refused: Readonly<Record<string, number>>;
}

const AT_ONCE = 32;

/** Who has the notice in hand (F40, F116). Names are read from the vault for the staff who look. */
@Injectable()
export class DeliveryRegister {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly units: NoticeUnits,
    private readonly projections: Projections,
    private readonly commands: CommandBus,
  ) {}

  count(electionId: string) {
    return countNotices(this.database.pool('register'), electionId);
  }

  /** Units whose name contains a text. */
  find(electionId: string, text: string) {
    return this.units.find(electionId, text);
  }

  /** The electors of a unit, by name. */
  async unit(electionId: string, unit: string): Promise<DeliveryRow[]> {
    const members = await this.units.of(electionId, unit);
    const found = await noticesOfElectors(
      this.database.pool('register'),
      members.map(({ electorId }) => electorId),
    );
    const rows = members.flatMap(({ electorId }) => found.get(electorId) ?? []);
    return (await this.shown(rows)).sort((a, b) => (a.name ?? '').localeCompare(b.name ?? '', 'fr'));
  }

  /** Electors with a notice that did not reach them yet: one page, in the order of their ids. */
  async undelivered(electionId: string, after: string | undefined, limit: number): Promise<DeliveryRow[]> {
    const register = this.database.pool('register');
    return this.shown(await noticesOf(register, electionId, 'undelivered', { after, limit }));
  }

  /** Records that these electors have their notices; returns once the register shows it. */
  async record(electorIds: readonly string[], channel: DeliveryChannel, staffId: string): Promise<Recorded> {
    const waiting = [...new Set(electorIds)].values();
    const refused: Record<string, number> = {};
    const counts = { recorded: 0, already: 0 };
    let last: Position | undefined;
    const work = async () => {
      for (const electorId of waiting) {
        try {
          const command = new RecordDelivery(electorId, channel, staffId);
          const { added, position } = await this.commands.execute<RecordDelivery, Executed>(command);
          counts[added > 0 ? 'recorded' : 'already'] += 1;
          if (position !== undefined && (last === undefined || position > last)) last = position;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refused[error.code] = (refused[error.code] ?? 0) + 1;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await this.projections.waitFor('notices', last, 5_000);
    return { ...counts, refused };
  }

  private async shown(rows: readonly NoticeRow[]): Promise<DeliveryRow[]> {
    const identities = await this.vault.readMany(
      'identity',
      rows.map(({ identity }) => identity),
    );
    return rows.map(({ electorId, gateKey, delivered }, index) => {
      const known = identities[index] as { lastName: string; firstName: string; unit: string } | undefined;
      return {
        electorId,
        name: known && `${known.lastName} ${known.firstName}`,
        unit: known?.unit,
        made: gateKey !== undefined,
        delivered,
      };
    });
  }
}
