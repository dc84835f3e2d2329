/** The events of a Belenios archive: what each adds, and the chain that their hashes make. */
import { archiveRecord, type ArchiveRecord } from './archive.js';
import { Malformed } from './malformed.js';

/** The steps of an election without mixnet, in the order that the grammar allows. */
export const eventTypes = [
  'Setup',
  'Ballot',
  'EndBallots',
  'EncryptedTally',
  'PartialDecryption',
  'Result',
] as const;
export type EventType = (typeof eventTypes)[number];

/** One event: `parent` is the SHA-256 of the event before (absent in the first), `payload` that of its data. */
export interface ArchivedEvent {
  readonly parent?: string;
  readonly height: number;
  readonly type: EventType;
  readonly payload?: string;
}

const utf8 = new TextEncoder();

/** The one text of an event: fields in this order, without spaces. */
export function printEvent({ parent, height, type, payload }: ArchivedEvent): string {
  return JSON.stringify({ parent, height, type, payload });
}

/** Reads an event. Throws `Malformed` when the text is not what `printEvent` would write. */
export function parseEvent(text: string, path: string): ArchivedEvent {
  const hex = '[0-9a-f]{64}';
  const match = new RegExp(
    `^\\{(?:"parent":"(${hex})",)?"height":(0|[1-9][0-9]{0,14}),"type":"([A-Za-z]{1,40})"(?:,"payload":"(${hex})")?\\}$`,
  ).exec(text);
  if (!match) throw new Malformed(path, 'not the canonical text of an event');
  const [, parent, height, type, payload] = match;
  if (!eventTypes.some((known) => known === type)) {
    throw new Malformed(`${path}.type`, `no event is of type ${type ?? ''}`);
  }
  return {
    ...(parent === undefined ? {} : { parent }),
    height: Number(height),
    type: type as EventType,
    ...(payload === undefined ? {} : { payload }),
  };
}

/** Writes the records of an election one event at a time, in the order that belenios-tool regenerates. */
export class ArchiveChain {
  private parent: string | undefined;
  private height = 0;

  /** `emit` receives each record in its place: an array's push, or a file. */
  constructor(private readonly emit: (record: ArchiveRecord) => void) {}

  /** Raw texts: `election` is what the fingerprint is of, and must be kept to the byte. */
  setup(election: string, trustees: string, credentials: string): void {
    const setup = {
      election: this.data(election),
      trustees: this.data(trustees),
      credentials: this.data(credentials),
    };
    this.event('Setup', this.data(JSON.stringify(setup)));
  }

  ballot(ballot: string): void {
    this.event('Ballot', this.data(ballot));
  }

  endBallots(): void {
    this.event('EndBallots');
  }

  encryptedTally(tally: string, count: number, weight: bigint): void {
    this.event('EncryptedTally', this.data(printSizedTally(count, weight, this.data(tally))));
  }

  /** `owner`: the place of the key holder among all those of the trustees file, from 1. */
  partialDecryption(owner: number, decryption: string): void {
    this.event('PartialDecryption', this.data(JSON.stringify({ owner, payload: this.data(decryption) })));
  }

  result(result: string): void {
    this.event('Result', this.data(result));
  }

  private data(text: string): string {
    return this.add('data', text);
  }

  private event(type: EventType, payload?: string): void {
    const { parent, height } = this;
    this.parent = this.add(
      'event',
      printEvent({ ...(parent ? { parent } : {}), height, type, ...(payload ? { payload } : {}) }),
    );
    this.height += 1;
  }

  private add(kind: ArchiveRecord['kind'], text: string): string {
    const record = archiveRecord(kind, utf8.encode(text));
    this.emit(record);
    return record.hash;
  }
}

/** What an EncryptedTally event points to. A weight above 2^30 - 1 is a string, as belenios-tool writes it. */
export function printSizedTally(count: number, weight: bigint, tally: string): string {
  const total = weight < 2n ** 30n ? Number(weight) : String(weight);
  return JSON.stringify({ num_tallied: count, total_weight: total, encrypted_tally: tally });
}
