import { Injectable } from '@nestjs/common';
import { EventStore } from '../../ledger/event-store.js';
import { Refusal } from '../../ledger/refusal.js';
import { lineOf, type ElectorFileHeader, type NoticeElector } from '../../notices/elector-file.js';
import { findElection } from '../../projections/elections.projection.js';
import { noticesOf, type NoticeRow } from '../../projections/notices.projection.js';
import { Projections } from '../../projections/projections.js';
import { scrutinsOfElection } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { NoticeUnits } from '../../vault/notice-units.js';
import { Vault } from '../../vault/vault.js';

const PAGE = 1_000;
const PATIENCE = 60_000; // milliseconds for the read models to reach the head of the ledger

/** What of an identity a notice shows. Kind `identity` of the vault. */
interface Printed {
  readonly lastName: string;
  readonly firstName: string;
  readonly corps: string;
  readonly academy: string;
  readonly unit: string;
  readonly unitCode?: string;
  readonly delivery?: NoticeElector['channel'];
  readonly address?: string | readonly string[];
  readonly identification?: readonly string[];
}

/** Which electors a file is for. `pending`: those without a code, and those whose code lacks a scrutin. */
export interface Export {
  readonly electionId: string;
  /** The address of the portal, as it is printed. */
  readonly portal: string;
  readonly pending: boolean;
}

/** Writes the file from which notices are made: names and addresses, for a machine without a network. */
@Injectable()
export class ElectorExport {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly projections: Projections,
    private readonly vault: Vault,
    private readonly units: NoticeUnits,
  ) {}

  /** The lines of the file, each ended. Also notes to whom notices go together, for the register of hand-over. */
  async *lines({ electionId, portal, pending }: Export): AsyncGenerator<string> {
    const register = this.database.pool('register');
    const head = await this.store.head();
    for (const name of ['elections', 'scrutins', 'notices'])
      if (!(await this.projections.waitFor(name, head, PATIENCE)))
        throw new Refusal('notices.behind', `The read model ${name} is behind: is a server running?`);
    const header = await this.header(electionId, portal);
    yield lineOf(header);
    const places = new Map(header.scrutins.map(({ scrutinId }, place) => [scrutinId, place]));
    let electors = 0;
    for (let after: string | undefined; ;) {
      const rows = await noticesOf(register, electionId, pending ? 'pending' : 'all', { after, limit: PAGE });
      const written = await this.page(electionId, rows, places);
      yield written.map((elector) => lineOf(elector)).join('');
      electors += written.length;
      after = rows.at(-1)?.electorId;
      if (after === undefined) break;
    }
    yield lineOf({ end: { electors } });
  }

  private async header(electionId: string, portal: string): Promise<ElectorFileHeader> {
    const register = this.database.pool('register');
    const election = await findElection(register, electionId);
    if (!election) throw new Refusal('election.not-declared', 'No election of this id was declared.');
    if (!election.calendar)
      throw new Refusal('notices.no-calendar', 'The calendar is not set: a notice says when the vote is.');
    const scrutins = (await scrutinsOfElection(register, electionId)).filter(({ held }) => held === 'here');
    if (scrutins.length === 0)
      throw new Refusal('notices.no-scrutin', 'No scrutin is held here: codes depend on the scrutins.');
    const { portalOpensAt, votingOpensAt, votingClosesAt } = election.calendar;
    return {
      isoloir: 'electors/v1',
      electionId,
      title: election.title,
      portal,
      portalOpensAt: portalOpensAt.toISOString(),
      votingOpensAt: votingOpensAt.toISOString(),
      votingClosesAt: votingClosesAt.toISOString(),
      scrutins: scrutins.map(({ scrutinId, uuid, group, title }) => ({ scrutinId, uuid, group, title })),
    };
  }

  /** Electors who have no scrutin here, and those whose identity is erased, get no notice. */
  private async page(
    electionId: string,
    rows: readonly NoticeRow[],
    places: ReadonlyMap<string, number>,
  ): Promise<NoticeElector[]> {
    const identities = await this.vault.readMany(
      'identity',
      rows.map(({ identity }) => identity),
    );
    const electors = rows.flatMap((row, index) => {
      const scrutins = row.scrutinIds.flatMap((scrutinId) => places.get(scrutinId) ?? []);
      const identity = identities[index] as Printed | undefined;
      return identity && scrutins.length > 0 ? [electorOf(row, identity, scrutins)] : [];
    });
    await this.units.note(
      electionId,
      electors.map(({ electorId, unit, academy, channel }) => ({
        electorId,
        unit: `${unit} (${academy})`,
        channel,
      })),
    );
    return electors;
  }
}

function electorOf(
  { electorId, gateKey }: NoticeRow,
  {
    lastName,
    firstName,
    corps,
    academy,
    unit,
    unitCode,
    delivery,
    address = [],
    identification = [],
  }: Printed,
  scrutins: readonly number[],
): NoticeElector {
  const lines = (
    typeof address === 'string' ? address.split(/\r?\n|\s*[|;]\s*|(?<!^\s*\d+\s*\w{0,3}),\s+/) : address
  ).filter((line) => line.trim());
  return {
    electorId,
    lastName: shown(lastName, 120),
    firstName: shown(firstName, 120),
    corps: shown(corps, 120),
    academy: shown(academy, 120),
    unit: shown(unitCode === undefined ? unit : `${unit} – ${unitCode}`, 200),
    // Nobody knows where to send it: then it is handed over.
    channel: delivery === undefined || lines.length === 0 ? 'hand' : delivery,
    address: lines.slice(0, 7).map((line) => shown(line, 120)),
    identification: identification.slice(0, 4).map((line) => shown(line, 120)),
    scrutins,
    ...(gateKey !== undefined && { replaces: gateKey }),
  };
}

/** As it is printed: on one line, never empty. */
function shown(text: string, longest: number): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, longest).toWellFormed() || '–';
}
