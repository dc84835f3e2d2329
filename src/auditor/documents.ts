import { createHash } from 'node:crypto';
import { isOf, namedBy, type LedgerEvent } from '../events/codec.js';
import type { Findings } from './claims.js';

/** Texts of the bundle by their hash: those that a check reads are kept, of the others only that they are there. */
export class Documents {
  private readonly named = new Map<string, string>();
  private readonly required = new Map<string, string>();
  private readonly texts = new Map<string, string>();
  private readonly read = new Set<string>();
  private readonly present = new Set<string>();
  private open: { sha256: string; pieces: Buffer[] } | undefined;

  constructor(private readonly found: Findings) {}

  /** Notes what an event names, and what the bundle must therefore hold. */
  event(event: LedgerEvent, place: string): void {
    for (const sha256 of namedBy(event).documents) this.named.set(sha256, place);
    for (const sha256 of neededOf(event)) {
      this.required.set(sha256, place);
      this.read.add(sha256);
    }
    for (const sha256 of listsOf(event)) this.read.add(sha256);
    if (event.type === 'CandidateListFiled') this.read.add(event.data.content);
    if (event.type === 'ObservationWritten' || event.type === 'DiscrepancyStated')
      this.read.add(event.data.text);
  }

  piece(sha256: string, part: number, parts: number, content: Buffer, place: string): void {
    if (part === 0) this.open = { sha256, pieces: [] };
    const { open } = this;
    if (open?.sha256 !== sha256 || open.pieces.length !== part) {
      this.found.fail('documents-are-what-events-name', place, 'a piece out of its order');
      return;
    }
    open.pieces.push(content);
    if (part + 1 === parts) this.whole(sha256, Buffer.concat(open.pieces), place);
  }

  /** The text of a document that is needed, undefined when it is not in the bundle. */
  text(sha256: string): string | undefined {
    return this.texts.get(sha256);
  }

  /** Forgets a text that has been read. */
  forget(sha256: string): void {
    this.texts.delete(sha256);
  }

  get count(): number {
    return this.present.size;
  }

  end(): void {
    for (const [sha256, place] of this.required) {
      const there = this.present.has(sha256);
      this.found.require('documents-are-what-events-name', there, place, `names ${sha256}, which is missing`);
    }
  }

  private whole(sha256: string, content: Buffer, place: string): void {
    this.open = undefined;
    const real = createHash('sha256').update(content).digest('hex');
    const name = 'documents-are-what-events-name';
    this.found.require(name, real === sha256, place, `is ${real}, not ${sha256}`);
    if (!this.named.has(sha256)) this.found.fail(name, place, 'is named by no event before it');
    if (real !== sha256) return;
    this.present.add(sha256);
    if (this.read.has(sha256)) this.texts.set(sha256, content.toString('utf8'));
  }
}

/** Documents without which an election cannot be checked. */
function neededOf(event: LedgerEvent): string[] {
  if (!isOf(event, 'board', 'box')) return [];
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others need no document to be checked
  switch (event.type) {
    case 'BoardKeyPublished':
      return [event.data.keyHolders];
    case 'SealProposed': // names first what is sealed afterwards: a bundle gives a document once, at its first name
    case 'ScrutinsSealed':
      return [event.data.seal, event.data.keyHolders, ...event.data.scrutins.map((one) => one.electionFile)];
    case 'BoxOpened':
      return [event.data.electionFile, event.data.keyHolders];
    case 'BoxFrozen':
      return [event.data.credentialsFile];
    case 'ResultProclaimed':
      return [event.data.seats];
    case 'MinutesSigned':
      return [event.data.minutes];
    default:
      return [];
  }
}

/** Rolls and initial credentials: in a public bundle from the freeze on only. */
function listsOf(event: LedgerEvent): string[] {
  if (event.type === 'BoxOpened') return [event.data.rollFile, event.data.credentialsFile];
  if (event.type !== 'SealProposed' && event.type !== 'ScrutinsSealed') return [];
  return event.data.scrutins.flatMap(({ rollFile, credentialsFile }) => [rollFile, credentialsFile]);
}
