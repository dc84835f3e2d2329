/**
 * The frame of an archived election: names, chain, grammar, and that the archive holds what its events name, in the
 * order in which belenios-tool would write it, and nothing else. It is stricter than belenios-tool, which accepts
 * ballots after the end of voting.
 */
import { misnamed, type ArchiveRecord } from './archive.js';
import { eventTypes, parseEvent, type ArchivedEvent, type EventType } from './archive-events.js';
import { Malformed } from './malformed.js';
import { bytes32 } from './share-encryption.js';
import { decodeUtf8, fields, parseCompactJson } from './strict-json.js';
import type { CheckName, Report } from './verify-report.js';

/** A text of the archive and the event that names it. */
export interface Located {
  readonly place: string;
  readonly text: string;
}

/** The texts of an election, as its events name them. What is missing has been reported. */
export interface ArchivedElection {
  readonly setup: { election: Located; trustees: Located; credentials: Located } | undefined;
  readonly ballots: readonly { place: string; bytes: Uint8Array }[];
  /** The description of the tally, and the tally. */
  readonly tally: { sized: Located; tally: Located } | undefined;
  /** Who decrypted, and the decryption. */
  readonly decryptions: readonly { owned: Located; decryption: Located }[];
  readonly result: Located | undefined;
}

/** Which event may follow which; a finished election begins with Setup and ends with Result. */
const followers: Readonly<Record<EventType | 'nothing', readonly EventType[]>> = {
  nothing: ['Setup'],
  Setup: ['Ballot', 'EndBallots'],
  Ballot: ['Ballot', 'EndBallots'],
  EndBallots: ['EncryptedTally'],
  EncryptedTally: ['PartialDecryption'],
  PartialDecryption: ['PartialDecryption', 'Result'],
  Result: [],
};

const holds: CheckName = 'archive-holds-what-events-name';

/** Checks the frame and finds the texts. Wrong things go to the report; nothing is thrown. */
export function verifyFrame(records: readonly ArchiveRecord[], report: Report): ArchivedElection {
  report.examine('contents-match-their-names', 'events-form-a-chain', 'events-follow-the-grammar', holds);
  for (const i of misnamed(records)) {
    report.fail('contents-match-their-names', `archive[${i}]`, 'is not what its name says');
  }
  const events = readChain(records, report);
  checkGrammar(
    events.map(({ event }) => event),
    report,
  );
  return new Contents(records, events, report).election();
}

interface PlacedEvent {
  readonly event: ArchivedEvent;
  /** Number of the event's record. */
  readonly at: number;
}

function readChain(records: readonly ArchiveRecord[], report: Report): PlacedEvent[] {
  const events: PlacedEvent[] = [];
  let parent: string | undefined;
  let height = 0;
  for (const [at, { kind, hash, bytes }] of records.entries()) {
    if (kind !== 'event') continue;
    const place = `event[${height}]`;
    const fail = (reason: string) => {
      report.fail('events-form-a-chain', place, reason);
    };
    const event = orReport(report, 'events-form-a-chain', () => parseEvent(decodeUtf8(bytes, place), place));
    if (event) {
      if (event.parent !== parent) fail('its parent is not the event before');
      if (event.height !== height) fail(`its height is not ${height}`);
      events.push({ event, at });
    }
    parent = hash;
    height += 1;
  }
  return events;
}

function checkGrammar(events: readonly ArchivedEvent[], report: Report): void {
  let before: EventType | 'nothing' = 'nothing';
  for (const { type, height } of events) {
    if (!followers[before].includes(type)) {
      report.fail('events-follow-the-grammar', `event[${height}]`, `${type} after ${before}`);
    }
    // an event that comes too late does not set the election back: what follows it is judged by itself
    if (before === 'nothing' || eventTypes.indexOf(type) > eventTypes.indexOf(before)) before = type;
  }
  if (before !== 'Result') report.fail('events-follow-the-grammar', 'archive', `ends with ${before}`);
}

/** Looks up what each event names, and compares with the records that stand before it. */
class Contents {
  private readonly data = new Map<string, Uint8Array>();
  private readonly found: {
    -readonly [K in keyof ArchivedElection]: ArchivedElection[K] extends readonly (infer T)[]
      ? T[]
      : ArchivedElection[K];
  } = { setup: undefined, ballots: [], tally: undefined, decryptions: [], result: undefined };

  constructor(
    private readonly records: readonly ArchiveRecord[],
    private readonly events: readonly PlacedEvent[],
    private readonly report: Report,
  ) {
    for (const [i, { kind, hash, bytes }] of records.entries()) {
      if (kind === 'event') continue;
      if (this.data.has(hash)) report.fail(holds, `archive[${i}]`, 'is in the archive twice');
      this.data.set(hash, bytes);
    }
  }

  election(): ArchivedElection {
    let next = 0;
    for (const [height, { event, at }] of this.events.entries()) {
      const place = `event[${height}]`;
      const named = orReport(this.report, holds, () => this.named(event, place)) ?? [];
      const before = this.records.slice(next, at).map(({ hash }) => hash);
      if (named.length !== before.length || named.some((hash, i) => hash !== before[i])) {
        this.report.fail(holds, place, 'what stands before it is not what it names');
      }
      next = at + 1;
    }
    if (next < this.records.length) {
      this.report.fail(holds, `archive[${next}]`, 'belongs to no event');
    }
    return this.found;
  }

  /** The hashes that an event stands for, in the order of the archive; their texts go to what was found. */
  private named({ type, payload }: ArchivedEvent, place: string): string[] {
    if (type === 'EndBallots') {
      if (payload !== undefined) throw new Malformed(place, 'EndBallots has no payload');
      return [];
    }
    if (payload === undefined) throw new Malformed(place, `${type} has no payload`);
    switch (type) {
      case 'Setup': {
        const { text } = this.text(payload, place);
        const names = ['election', 'trustees', 'credentials'];
        const setup = fields(parseCompactJson(text, place), place, names);
        const [election, trustees, credentials] = names.map((name) =>
          this.text(hashOf(setup[name], `${place}.${name}`), place),
        ) as [Located, Located, Located];
        this.found.setup = { election, trustees, credentials };
        return [...names.map((name) => setup[name] as string), payload];
      }
      case 'Ballot':
        this.found.ballots.push({ place, bytes: this.bytes(payload, place) });
        return [payload];
      case 'EncryptedTally': {
        const sized = this.text(payload, place);
        const names = ['num_tallied', 'total_weight', 'encrypted_tally'];
        const { encrypted_tally } = fields(parseCompactJson(sized.text, place), place, names);
        const hash = hashOf(encrypted_tally, place);
        this.found.tally = { sized, tally: this.text(hash, place) };
        return [hash, payload];
      }
      case 'PartialDecryption': {
        const owned = this.text(payload, place);
        const content = fields(parseCompactJson(owned.text, place), place, ['owner', 'payload']);
        const hash = hashOf(content['payload'], place);
        this.found.decryptions.push({ owned, decryption: this.text(hash, place) });
        return [hash, payload];
      }
      case 'Result':
        this.found.result = this.text(payload, place);
        return [payload];
    }
  }

  private bytes(hash: string, place: string): Uint8Array {
    const bytes = this.data.get(hash);
    if (bytes === undefined) throw new Malformed(place, `${hash} is not in the archive`);
    return bytes;
  }

  private text(hash: string, place: string): Located {
    return { place, text: decodeUtf8(this.bytes(hash, place), place) };
  }
}

/** The value, or nothing and a finding where something is malformed. */
export function orReport<T>(report: Report, name: CheckName, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    report.fail(name, error.path, error.reason);
    return undefined;
  }
}

function hashOf(value: unknown, path: string): string {
  bytes32(value, path);
  return value as string;
}
