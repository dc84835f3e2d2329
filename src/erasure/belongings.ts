import { decode, namedBy, type LedgerEvent } from '../events/codec.js';
import type { EventStore } from '../ledger/event-store.js';

/** Everything of one election that may hold personal data outside of the ledger. */
export interface Belongings {
  readonly title: string | undefined;
  /** The latest instant at which a vote of it could end; undefined while no calendar is set. */
  readonly closedAt: string | undefined;
  readonly electorIds: ReadonlySet<string>;
  readonly scrutinIds: ReadonlySet<string>;
  readonly linkIds: ReadonlySet<string>;
  /** Rows of the vault that its events name. */
  readonly versions: ReadonlySet<string>;
  /** Documents that its events name and no other election's, but for those that the proofs need. */
  readonly documents: ReadonlySet<string>;
}

/** Fields whose documents an audit needs: tags, public credentials, keys and hashes. Minutes and seats name the elected, whose appointment is kept. */
const NEEDED = new Set([
  'electionFile',
  'keyHolders',
  'rollFile',
  'credentialsFile',
  'seal',
  'minutes',
  'seats',
  'turnout',
]);

/** Walks the ledger once and collects what belongs to an election. */
export async function belongingsOf(store: EventStore, electionId: string): Promise<Belongings> {
  const gathering = new Gathering(electionId);
  for await (const { type, data } of store.readAll()) gathering.take(decode(type, data));
  return gathering.result();
}

class Gathering {
  private title: string | undefined;
  private ends: string[] = [];
  private readonly boards = new Set<string>();
  private readonly electors = new Set<string>();
  private readonly scrutins = new Set<string>();
  private readonly claims = new Set<string>();
  private readonly requests = new Set<string>();
  private readonly links = new Set<string>();
  private readonly versions = new Set<string>();
  private readonly documents = new Set<string>();
  private readonly spared = new Set<string>();
  /** Requests of nobody in particular: of this election if no other is held here. */
  private readonly anonymous = new Set<string>();
  private others = 0;

  constructor(private readonly electionId: string) {}

  take(event: LedgerEvent): void {
    this.recognise(event);
    if (!this.owns(event)) {
      for (const hash of namedBy(event).documents) this.spared.add(hash);
      return;
    }
    const { versions, documents } = namedBy(event);
    for (const version of versions) this.versions.add(version);
    for (const hash of documents) this.documents.add(hash);
    for (const hash of neededBy(event.data)) this.spared.add(hash);
    if ('linkId' in event.data) this.links.add(event.data.linkId);
  }

  result(): Belongings {
    const documents = new Set([...this.documents].filter((hash) => !this.spared.has(hash)));
    return {
      title: this.title,
      closedAt: this.ends.sort().at(-1),
      electorIds: this.electors,
      scrutinIds: this.scrutins,
      linkIds: this.links,
      versions: this.versions,
      documents,
    };
  }

  /** Learns from the first event of a stream whose it is. */
  private recognise({ type, data }: LedgerEvent): void {
    if ('electionId' in data && data.electionId !== this.electionId) {
      if (type === 'ElectionDeclared') this.others += 1;
      return;
    }
    if (type === 'ElectionDeclared' || type === 'ElectionRenamed') this.title = data.title;
    else if (type === 'CalendarSet') this.ends.push(data.votingClosesAt);
    else if (type === 'BoxOpened') this.ends.push(data.closesAt);
    else if (type === 'BoxExtended' && this.scrutins.has(data.scrutinId)) this.ends.push(data.closesAt);
    else if (type === 'BoardDeclared') this.boards.add(data.boardId);
    else if (type === 'ScrutinDeclared') this.scrutins.add(data.scrutinId);
    else if (type === 'ElectorRegistered') this.electors.add(data.electorId);
    else if (type === 'ClaimFiled') this.claims.add(data.claimId);
    else if (type === 'AssistanceRequested') this.recogniseRequest(data);
  }

  private recogniseRequest({ assistanceId, electorId }: { assistanceId: string; electorId?: string }): void {
    if (electorId === undefined) this.anonymous.add(assistanceId);
    else if (this.electors.has(electorId)) this.requests.add(assistanceId);
  }

  private owns({ data }: LedgerEvent): boolean {
    if ('electionId' in data) return data.electionId === this.electionId;
    if ('scrutinId' in data) return this.scrutins.has(data.scrutinId);
    if ('boardId' in data) return this.boards.has(data.boardId);
    if ('claimId' in data && !('electorId' in data)) return this.claims.has(data.claimId);
    if ('assistanceId' in data)
      return (
        this.requests.has(data.assistanceId) || (this.others === 0 && this.anonymous.has(data.assistanceId))
      );
    return 'electorId' in data && this.electors.has(data.electorId);
  }
}

/** The documents named by fields that an audit needs, wherever they stand in an event. */
function neededBy(value: unknown, field = ''): string[] {
  if (typeof value === 'string') return NEEDED.has(field) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => neededBy(item, field));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => neededBy(inner, name));
}
