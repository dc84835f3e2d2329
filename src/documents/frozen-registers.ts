import { decode, isOf } from '../events/codec.js';
import type { EventStore } from '../ledger/event-store.js';
import { TakingTurns } from '../ledger/giving-way.js';
import type { Documents } from './documents.js';
import { readRegister, type Days } from './register-document.js';

const KEPT = 24 * 3_600_000; // milliseconds in memory, then read again: what was erased is forgotten here too

/**
 * The named registers of frozen boxes, by scrutin: once the register key is destroyed nothing else says who has signed
 * (F81, F102). Each is the document that `BoxFrozen` names, until it is erased (CGFP R. 211-580).
 */
export class FrozenRegisters {
  private readonly known = new Map<string, Promise<FrozenRegister | undefined>>();

  constructor(
    private readonly store: EventStore,
    private readonly documents: Documents,
  ) {}

  /** The register of a scrutin; undefined before its freeze, and once it is erased. */
  of(scrutinId: string): Promise<FrozenRegister | undefined> {
    const known = this.known.get(scrutinId);
    if (known) return known;
    const reading = this.read(scrutinId);
    this.known.set(scrutinId, reading);
    const forget = () => this.known.delete(scrutinId);
    reading.then((read) => (read ? setTimeout(forget, KEPT).unref() : forget()), forget);
    return reading;
  }

  private async read(scrutinId: string): Promise<FrozenRegister | undefined> {
    const frozen = await this.frozen(scrutinId);
    const document = frozen && (await this.documents.get(frozen.register));
    return document && FrozenRegister.read(document.content, frozen.names);
  }

  /** What the freeze says is among the last events of a box; no vote comes after it. */
  private async frozen(scrutinId: string): Promise<{ register: string; names: number } | undefined> {
    let stated: number | undefined; // where the board stated that there are not as many names as signatures
    const stream = this.store.readStream(`box-${scrutinId}`, { direction: 'backwards' });
    for await (const { type, data } of stream) {
      const event = decode(type, data);
      if (!isOf(event, 'box') || event.type === 'VotesCast') return undefined;
      if (event.type === 'DiscrepancyStated') stated ??= event.data.names;
      if (event.type === 'BoxFrozen')
        return { register: event.data.register, names: stated ?? event.data.signatures };
    }
    return undefined;
  }
}

const ID = 16; // bytes of an electorId
const ROOM = 1.5; // places for each name, so that a free one is near

/** Who has signed in one scrutin, without names: a hash table that takes 27 bytes for each name. */
export class FrozenRegister {
  private readonly ids: Buffer;
  /** Which of the periods; 0 where the place is free. */
  private readonly marks: Uint16Array;
  private readonly periods: (Days | undefined)[] = [];

  private constructor(private readonly places: number) {
    this.ids = Buffer.alloc(places * ID);
    this.marks = new Uint16Array(places);
  }

  /** Reads a document with so many names; others have their turn meanwhile. */
  static async read(content: Buffer, names: number): Promise<FrozenRegister> {
    const register = new FrozenRegister(Math.ceil(names * ROOM) + 1);
    const marks = new Map<string, number>();
    const turns = new TakingTurns();
    let entries = 0;
    for (const { electorId, from, to } of readRegister(content)) {
      if (++entries > names) throw new RangeError('more names than were counted');
      const period = `${from} ${to}`;
      const mark = marks.get(period) ?? marks.size + 1;
      marks.set(period, mark);
      register.periods[mark] = from !== undefined && to !== undefined ? { from, to } : undefined;
      register.enter(electorId, mark);
      await turns.next();
    }
    return register;
  }

  /** Whether an elector has signed; and between which days, where enough did for that to be told. */
  find(electorId: string): { readonly days: Days | undefined } | undefined {
    const mark = this.marks[this.placeOf(bytesOf(electorId))] as number;
    return mark === 0 ? undefined : { days: this.periods[mark] };
  }

  private enter(electorId: string, mark: number): void {
    const id = bytesOf(electorId);
    const place = this.placeOf(id);
    id.copy(this.ids, place * ID);
    this.marks[place] = mark;
  }

  /** Where an id is, or would be: ids are random, so their first bytes say where to look. */
  private placeOf(id: Buffer): number {
    let place = id.readUInt32BE(0) % this.places;
    while (this.marks[place] !== 0 && id.compare(this.ids, place * ID, (place + 1) * ID) !== 0)
      place = (place + 1) % this.places;
    return place;
  }
}

function bytesOf(electorId: string): Buffer {
  return Buffer.from(electorId.replaceAll('-', ''), 'hex');
}
