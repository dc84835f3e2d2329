import type { AuditedTally } from '../crypto/audited-tallies.js';
import type { LogPolicy } from '../crypto/log-policy.js';
import { Malformed } from '../crypto/malformed.js';
import { parseNoteKey } from '../crypto/signed-note.js';
import type { LoggedEvent } from '../crypto/log-entries.js';
import { isOf, type LedgerEvent } from '../events/codec.js';
import type { AuditVerifier } from './audit-worker.js';
import { Archives } from './archives.js';
import { checkAsked, type AskedBallot } from './asked-ballots.js';
import { BallotPool } from './ballot-pool.js';
import { Boxes, type ScrutinResult } from './boxes.js';
import { linesOf, readLine, Unreadable, type BundleLine, type Header } from './bundle-lines.js';
import { Findings, type Claim, type ClaimName } from './claims.js';
import { Documents } from './documents.js';
import { ElectionCheck } from './election-check.js';
import { ElectorCheck } from './elector-check.js';
import { checkFinished } from './finish-check.js';
import { GrammarCheck } from './grammar-check.js';
import { RehearsalCheck } from './rehearsal-check.js';
import { StreamCheck } from './stream-check.js';
import { TreeCheck } from './tree-check.js';

export interface AuditOptions {
  /** The key of the log, from elsewhere; that of the bundle otherwise. */
  readonly key?: string | undefined;
  readonly policy?: LogPolicy | undefined;
  /** A checkpoint from elsewhere that the log must contain. */
  readonly elsewhere?: { readonly size: number; readonly root: string } | undefined;
  /** Threads for ballots: 0 for none, all cores when absent. */
  readonly threads?: number | undefined;
  /** What verifies ballots; libsodium when absent. */
  readonly verifier?: AuditVerifier | undefined;
  /** Told how many events were read. */
  readonly onProgress?: ((events: number) => void) | undefined;
  /** Told of everything that is wrong when it is found. */
  readonly onFinding?: ((name: ClaimName, place: string, reason: string) => void) | undefined;
  /** Ballots that must be in a box of the bundle. */
  readonly asked?: readonly AskedBallot[] | undefined;
  /** Followed while it grows. */
  readonly live?: boolean | undefined;
}

export interface AuditReport {
  /** No claim fails. */
  readonly sound: boolean;
  /** Every scrutin that a seal holds for is counted, its minutes signed: what is sound is a whole election. */
  readonly finished: boolean;
  readonly kind: Header['kind'];
  readonly origin: string;
  readonly key: string;
  readonly events: number;
  readonly leaves: number;
  readonly claims: readonly Claim[];
  readonly results: readonly ScrutinResult[];
  /** The encrypted tallies of the frozen boxes in which everything held: what a key holder may decrypt. */
  readonly tallies: readonly AuditedTally[];
  /** SHA-256 of the script of the booth of each election: as sealed, or as replaced since. */
  readonly booths: readonly { readonly electionId: string; readonly sha256: string }[];
}

/** Audits a bundle from its pieces. Throws `Unreadable` when it is no bundle at all. */
export async function auditBundle(
  pieces: AsyncIterable<Uint8Array | string>,
  options: AuditOptions = {},
): Promise<AuditReport> {
  const lines = linesOf(pieces);
  const first = await lines.next();
  const header = first.done ? undefined : readLine(first.value);
  if (header?.line !== 'header') throw new Unreadable('is not a bundle of isoloir export');
  const audit = new Audit(header.header, options);
  try {
    for await (const text of lines) await audit.line(readLine(text));
    return await audit.end();
  } finally {
    await audit.close();
  }
}

/** An audit under way: every line of the bundle once, in order. */
export class Audit {
  private readonly found: Findings;
  private readonly documents: Documents;
  private readonly streams: StreamCheck;
  private readonly grammar: GrammarCheck;
  private readonly elections: ElectionCheck;
  private readonly rehearsals: RehearsalCheck;
  private readonly electors: ElectorCheck;
  private readonly archives: Archives;
  private readonly boxes: Boxes;
  private readonly tree: TreeCheck;
  private readonly pool: BallotPool;
  private lineNumber = 1;
  private events = 0;
  private ended = false;
  private time = 0; // of the last checkpoint

  constructor(
    private readonly header: Header,
    private readonly options: AuditOptions,
  ) {
    this.found = new Findings(options.onFinding);
    this.documents = new Documents(this.found);
    this.streams = new StreamCheck(this.found);
    this.grammar = new GrammarCheck(this.found);
    this.elections = new ElectionCheck(this.found, this.documents);
    this.rehearsals = new RehearsalCheck(this.found, this.documents);
    this.electors = new ElectorCheck(this.found);
    this.archives = new Archives(this.found);
    this.pool = new BallotPool(options.threads, options.verifier);
    const { found, documents, elections, archives, pool } = this;
    this.boxes = new Boxes({ found, documents, elections, archives, pool });
    this.tree = new TreeCheck(this.found, this.logKey(), options.policy, options.elsewhere, options.live);
  }

  /** Leaves under the last signed root. */
  get signed(): number {
    return this.tree.signedSize;
  }

  /** Whether every box that was sealed is counted, its minutes signed, and all of it under a signed root. */
  get finished(): boolean {
    const sealed = this.elections.sealed;
    return sealed > 0 && this.boxes.counted >= sealed && this.tree.size === this.tree.signedSize;
  }

  async line(line: BundleLine): Promise<void> {
    this.lineNumber += 1;
    const place = `line ${this.lineNumber}`;
    const complete = 'bundle-is-complete';
    if (this.ended) this.found.fail(complete, place, 'comes after the end');
    switch (line.line) {
      case 'header':
        this.found.fail(complete, place, 'a second beginning');
        return;
      case 'broken':
        this.found.fail(complete, place, line.reason);
        return;
      case 'leaves':
        this.tree.leaves(line.leaves);
        if (this.header.kind === 'auditor')
          this.found.fail(complete, place, 'an auditor’s bundle hides no event');
        return;
      case 'document':
        this.documents.piece(line.sha256, line.part, line.parts, line.content, place);
        return;
      case 'archive':
        await this.archives.piece(line, place, () => this.boxes.archiveParts(line.scrutinId));
        return;
      case 'end': {
        const { events, leaves, documents, archives } = line;
        const same =
          events === this.events &&
          leaves === this.tree.size &&
          documents === this.documents.count &&
          archives === this.archives.count;
        this.found.require(complete, same, place, 'counts something else than the bundle holds');
        this.ended = true;
        return;
      }
      case 'event':
        await this.event(line.event);
    }
  }

  async end(): Promise<AuditReport> {
    const { found, header } = this;
    if (!this.options.live)
      found.require('bundle-is-complete', this.ended, 'bundle', 'is cut off before its end');
    this.tree.end();
    await this.boxes.end(
      header.kind === 'auditor' ? (id) => this.electors.reassortsOf(id) : undefined,
      this.time,
    );
    await this.elections.end();
    this.documents.end();
    checkAsked(found, this.options.asked ?? [], this.boxes.references());
    const stages = this.elections.sealedScrutins().map((one) => this.boxes.stageOf(one));
    const finished = checkFinished(found, stages, this.time);
    this.elections.noteUnsealed();
    if (header.kind === 'public') {
      found.because('lists-were-closed-before-sealing', 'a public bundle does not show electors');
    }
    const claims = found.claims();
    return {
      sound: claims.every(({ verdict }) => verdict !== 'fails'),
      finished,
      ...header,
      events: this.events,
      leaves: this.tree.size,
      claims,
      results: this.boxes.results(),
      tallies: await this.boxes.audited(),
      booths: this.elections.booths(),
    };
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private logKey() {
    const text = this.options.key ?? this.header.key;
    try {
      const key = parseNoteKey(text.trim());
      if (key.name !== this.header.origin) {
        this.found.fail('checkpoints-are-signed', 'bundle', 'its log has another name than its key');
      }
      return key;
    } catch (error) {
      if (error instanceof Malformed) throw new Unreadable(`the key of the log: ${error.message}`);
      throw error;
    }
  }

  private async event(stored: LoggedEvent): Promise<void> {
    this.events += 1;
    if (this.events % 1_000 === 0) this.options.onProgress?.(this.events);
    const place = `${stored.stream}@${stored.revision}`;
    const event = this.streams.read(stored, place);
    this.tree.event(stored, event, place);
    if (event === undefined) return;
    if (event.type === 'CheckpointSigned') this.time = Date.parse(event.data.at);
    this.documents.event(event, place);
    this.grammar.event(stored.stream, event, place);
    if (isOf(event, 'election')) {
      this.elections.election(event, place);
      if (event.type === 'ListsClosed') this.electors.listsClosed(event.data.electionId);
    } else if (isOf(event, 'scrutin')) {
      this.elections.scrutin(event, place);
    } else if (isOf(event, 'board')) {
      this.elections.board(event, place);
      await this.rehearsals.board(event, place);
      if (event.type === 'ScrutinsSealed') this.countRolls(event, place);
    } else if (isOf(event, 'elector')) this.electors.event(event, place, (id) => this.boxes.hours(id));
    else if (isOf(event, 'box')) {
      this.rehearsals.box(event);
      await this.boxes.event(event, place);
      if (event.type === 'ResultProclaimed') this.elections.proclaimed(event.data.scrutinId);
      if (event.type === 'BoxFrozen') this.recount(event.data.scrutinId, place);
    }
  }

  /** Where electors are shown, a roll has as many lines as there are electors of the scrutin, of closed lists. */
  private countRolls({ data }: Extract<LedgerEvent, { type: 'ScrutinsSealed' }>, place: string): void {
    if (this.header.kind === 'public') return;
    this.electors.sealed(data.electionId, place);
    for (const { scrutinId, roll } of data.scrutins)
      this.electors.recount('rolls-and-credentials-are-those-sealed', scrutinId, roll.count, place);
  }

  /** Nobody has come to a list between the seal and the freeze, under whatever election. */
  private recount(scrutinId: string, place: string): void {
    const sealed = this.boxes.rollOf(scrutinId);
    if (this.header.kind === 'public' || sealed === undefined) return;
    this.electors.recount('lists-were-closed-before-sealing', scrutinId, sealed, place);
  }
}
