import type { Poll } from '../crypto/election.js';
import type { KeyHolders } from '../crypto/key-holders.js';
import type { LogPolicy } from '../crypto/log-policy.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import { parseNoteKey } from '../crypto/signed-note.js';
import type { LoggedEvent } from '../crypto/log-entries.js';
import { isOf, type EventOf, type LedgerEvent } from '../events/codec.js';
import type { AuditVerifier } from './audit-worker.js';
import type { ArchiveParts } from './archive-check.js';
import { Archives } from './archives.js';
import { BallotPool } from './ballot-pool.js';
import { BoxCheck } from './box-check.js';
import { linesOf, readLine, Unreadable, type BundleLine, type Header } from './bundle-lines.js';
import { Findings, type Claim, type ClaimName } from './claims.js';
import { CountCheck } from './count-check.js';
import { Documents } from './documents.js';
import { ElectionCheck } from './election-check.js';
import { ElectorCheck } from './elector-check.js';
import { GrammarCheck } from './grammar-check.js';
import { checkSeats } from './seats-check.js';
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
  /** Followed while it grows. */
  readonly live?: boolean | undefined;
}

/** One result that was proclaimed. */
export interface ScrutinResult {
  readonly scrutinId: string;
  readonly title: string;
  readonly ballots: number;
  readonly votes: readonly { readonly listId: string; readonly votes: number; readonly seats: number }[];
  readonly blank: number;
}

export interface AuditReport {
  /** No claim fails. */
  readonly sound: boolean;
  readonly kind: Header['kind'];
  readonly origin: string;
  readonly key: string;
  readonly events: number;
  readonly leaves: number;
  readonly claims: readonly Claim[];
  readonly results: readonly ScrutinResult[];
  /** SHA-256 of the script of the booth of each election: as sealed, or as replaced since. */
  readonly booths: readonly { readonly electionId: string; readonly sha256: string }[];
}

interface Box {
  readonly check: BoxCheck;
  readonly count: CountCheck;
  poll: Promise<{ poll: Poll; holders: KeyHolders | undefined } | undefined> | undefined;
  readonly work: Promise<void>[];
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
  private readonly electors: ElectorCheck;
  private readonly archives: Archives;
  private readonly tree: TreeCheck;
  private readonly pool: BallotPool;
  private readonly boxes = new Map<string, Box>();
  private readonly titles = new Map<string, string>();
  private lineNumber = 1;
  private events = 0;
  private ended = false;

  constructor(
    private readonly header: Header,
    private readonly options: AuditOptions,
  ) {
    this.found = new Findings(options.onFinding);
    this.documents = new Documents(this.found);
    this.streams = new StreamCheck(this.found);
    this.grammar = new GrammarCheck(this.found);
    this.elections = new ElectionCheck(this.found, this.documents);
    this.electors = new ElectorCheck(this.found);
    this.archives = new Archives(this.found);
    this.pool = new BallotPool(options.threads, options.verifier);
    this.tree = new TreeCheck(this.found, this.logKey(), options.policy, options.elsewhere, options.live);
  }

  /** Leaves under the last signed root. */
  get signed(): number {
    return this.tree.signedSize;
  }

  /** Whether every box that was sealed is counted, its minutes signed, and all of it under a signed root. */
  get finished(): boolean {
    const boxes = [...this.boxes.values()];
    const sealed = this.elections.sealed;
    const counted = boxes.filter(({ count }) => count.isSigned).length;
    return sealed > 0 && counted >= sealed && this.tree.size === this.tree.signedSize;
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
        await this.archives.piece(line, place, () => {
          const box = this.boxes.get(line.scrutinId);
          return box && this.archiveParts(box);
        });
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
    for (const box of this.boxes.values()) await this.finish(box);
    this.documents.end();
    if (header.kind === 'public') {
      found.because('lists-were-closed-before-sealing', 'a public bundle does not show electors');
    }
    const claims = found.claims();
    return {
      sound: claims.every(({ verdict }) => verdict !== 'fails'),
      ...header,
      events: this.events,
      leaves: this.tree.size,
      claims,
      results: [...this.boxes.values()].flatMap(({ check, count }) => this.resultOf(check, count) ?? []),
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
    this.documents.event(event, place);
    this.grammar.event(stored.stream, event, place);
    if (isOf(event, 'election')) {
      this.elections.election(event, place);
      if (event.type === 'ListsClosed') this.electors.listsClosed(event.data.electionId);
    } else if (isOf(event, 'scrutin')) {
      this.elections.scrutin(event, place);
      if (event.type === 'ScrutinDeclared') this.titles.set(event.data.scrutinId, event.data.title);
    } else if (isOf(event, 'board')) {
      this.elections.board(event, place);
      if (event.type === 'ScrutinsSealed') this.countRolls(event, place);
    } else if (isOf(event, 'elector')) this.electors.event(event, place, (id) => this.hours(id));
    else if (isOf(event, 'box')) await this.box(event, place);
  }

  private async box(event: EventOf<'box'>, place: string): Promise<void> {
    const { scrutinId } = event.data;
    if (event.type === 'BoxOpened') {
      if (this.boxes.has(scrutinId)) return; // the grammar says so
      this.elections.opened(event.data, place);
      const check = new BoxCheck(this.found, event.data, place);
      this.boxes.set(scrutinId, { check, count: new CountCheck(this.found), poll: undefined, work: [] });
    }
    const box = this.boxes.get(scrutinId);
    if (!box) return;
    box.check.time(event.data.at, place);
    box.count.event(event, place);
    if (event.type === 'BoxExtended') box.check.extended(event.data, place);
    if (event.type === 'VotesCast') await this.votes(box, event, place);
    if (event.type === 'BoxFrozen') box.check.freeze(event.data, place);
    if (event.type === 'MinutesSigned') {
      const { seat, staffId, office } = event.data;
      const sits = this.elections.boards.get(box.check.opened.boardId)?.seats.get(seat);
      const holds = sits?.staffId === staffId && sits.office === office;
      this.found.require(
        'minutes-are-signed',
        holds,
        place,
        `signed by somebody who does not hold seat ${seat}`,
      );
    }
  }

  private async votes(
    box: Box,
    { data }: Extract<LedgerEvent, { type: 'VotesCast' }>,
    place: string,
  ): Promise<void> {
    this.readLists(box);
    const references = box.check.votes(data, place);
    const election = this.documents.text(box.check.opened.electionFile);
    if (election === undefined) {
      this.found.fail('every-ballot-has-valid-proofs', place, 'the election file is not in the bundle');
      return;
    }
    box.poll ??= this.elections.poll(box.check.opened, box.check.place, serverGroup);
    const opened = await box.poll;
    if (!opened) return;
    const work = this.pool.check({ election, ballots: data.ballots }).then(({ ballots, sum }) => {
      for (const [i, ballot] of ballots.entries())
        box.check.ballot(ballot, `${place}.${references[i] ?? ''}`);
      const read = ballots.filter(({ halves }) => halves !== undefined).length;
      if (read > 0) box.count.add(opened.poll, sum, read);
    });
    box.work.push(work);
    if (this.pool.busy) await Promise.race([work, box.work.at(-8)]);
    if (box.work.length > 64) await Promise.all(box.work.splice(0, 32));
  }

  /** The roll and the initial credentials, once their files have come. */
  private readLists({ check }: Box): void {
    const { rollFile, credentialsFile } = check.opened;
    const [roll, credentials] = [this.documents.text(rollFile), this.documents.text(credentialsFile)];
    if (check.initial === undefined && credentials !== undefined) check.takeList('credentials', credentials);
    if (roll !== undefined) {
      check.takeList('roll', roll);
      this.documents.forget(rollFile);
    }
  }

  private async finish(box: Box): Promise<void> {
    const { check, count } = box;
    await Promise.all(box.work);
    this.readLists(box);
    const { frozen, opened } = check;
    const asked = this.header.kind === 'auditor' ? this.electors.reassortsOf(opened.scrutinId) : undefined;
    check.end(frozen && this.documents.text(frozen.credentialsFile), asked);
    box.poll ??= this.elections.poll(opened, check.place, serverGroup);
    const known = await box.poll;
    if (!known) return;
    count.end(known.poll, known.holders, this.elections.boards.get(opened.boardId)?.key?.owners);
    if (count.result && frozen) {
      const { data, place } = count.result;
      this.archives.counted(opened.scrutinId, place);
      const scrutin = this.elections.scrutinOf(opened.scrutinId);
      checkSeats(this.found, scrutin, data, frozen, count.ties, place);
    }
  }

  /** What the archive of a box must hold; undefined where something of it is missing. */
  private async archiveParts(box: Box): Promise<ArchiveParts | undefined> {
    const { check, count } = box;
    const { opened, frozen, references } = check;
    const texts = [opened.electionFile, opened.keyHolders, frozen?.credentialsFile ?? ''];
    const [election, keyHolders, credentials] = texts.map((sha256) => this.documents.text(sha256));
    box.poll ??= this.elections.poll(opened, check.place, serverGroup);
    const holders = (await box.poll)?.holders;
    const { tally, result } = count;
    if (election === undefined || keyHolders === undefined || credentials === undefined) return undefined;
    if (!frozen || !holders || !tally || !result) return undefined;
    return {
      ...{ frozenAt: frozen.at, election, keyHolders, credentials: credentials.split('\n').slice(0, -1) },
      ...{ references, tally: tally.data.tally, decryptions: count.quorum(holders) },
      result: result.data.result,
    };
  }

  /** Where electors are shown, a roll has as many lines as there are electors of the scrutin. */
  private countRolls({ data }: Extract<LedgerEvent, { type: 'ScrutinsSealed' }>, place: string): void {
    if (this.header.kind === 'public') return;
    for (const { scrutinId, roll } of data.scrutins) {
      const has = this.electors.rollOf(scrutinId);
      const name = 'rolls-and-credentials-are-those-sealed';
      this.found.require(name, has === roll.count, place, `${roll.count} on a roll of ${has} electors`);
    }
  }

  private hours(scrutinId: string): { from: number; to: number } | undefined {
    const check = this.boxes.get(scrutinId)?.check;
    return check && { from: Date.parse(check.opened.opensAt), to: check.graceEnds };
  }

  private resultOf({ opened }: BoxCheck, { result, tally }: CountCheck): ScrutinResult | undefined {
    if (!result) return undefined;
    const { scrutinId } = opened;
    const { votes, blank } = result.data;
    const ballots = tally?.data.ballots ?? 0;
    return { scrutinId, title: this.titles.get(scrutinId) ?? '', ballots, votes, blank };
  }
}
