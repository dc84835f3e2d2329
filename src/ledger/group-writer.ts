import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import pg, { type Client } from 'pg';
import { isDisconnection, type Database } from '../storage/database.js';
import {
  WrongRevision,
  BadAppend,
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  type Position,
} from './event-store.js';
import { Unavailable } from './refusal.js';

interface Waiting {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
  readonly bytes: number;
  /** Milliseconds of `performance.now()` after which the caller is told that no answer came. */
  readonly deadline: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

const MOST_APPENDS = 512;
/** So many must wait for a second group to be sent behind the first: a flush of the disk for fewer costs more than it saves. */
const WORTH_A_GROUP = 16;
const MOST_BYTES = 4 * 1024 * 1024;
const LONGEST_PAUSE = 1_000;

/**
 * Group commit: while one group is being written, the appends that come wait and form the next, so that one flush of
 * the disk serves many. Where many wait, two groups share them and the second follows the first on the same connection:
 * PostgreSQL writes one while the answers of the other are given. Appends to one stream are never in both, so that their
 * order stands. A group that was cut off is sent again: ids make that safe.
 */
export class GroupWriter {
  private queue: Waiting[] = [];
  private client: Promise<Client> | undefined;
  private readonly underWay = new Set<readonly Waiting[]>();
  private pumping = false;
  private onIdle: (() => void) | undefined;
  private closed = false;

  constructor(
    private readonly database: Database,
    /** Milliseconds that an append may take before it is given up as `Unavailable`. */
    private readonly timeLimit: number,
  ) {}

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    if (this.closed) return Promise.reject(new Unavailable('the event store is closed'));
    return new Promise((resolve, reject) => {
      const bytes = events.reduce((sum, event) => sum + event.data.length, 0);
      const deadline = performance.now() + this.timeLimit;
      const late = setTimeout(() => {
        reject(new Unavailable(`the ledger's PostgreSQL did not answer in ${this.timeLimit} ms`));
      }, this.timeLimit);
      this.queue.push({
        stream,
        expected,
        events,
        bytes,
        deadline,
        resolve: (appended) => {
          clearTimeout(late);
          resolve(appended);
        },
        reject: (error) => {
          clearTimeout(late);
          reject(error);
        },
      });
      this.wake();
    });
  }

  /** Writes what waits, then lets go of the connection. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.queue.length > 0 || this.underWay.size > 0) {
      await new Promise<void>((resolve) => (this.onIdle = resolve));
    }
    await this.disconnect();
  }

  /** Begins a group once all that is asked in the same breath is in the queue. */
  private wake(): void {
    if (this.pumping) return;
    this.pumping = true;
    queueMicrotask(() => {
      this.pumping = false;
      while (this.hasTurn()) {
        const group = this.nextGroup();
        if (group.length === 0) break; // all of it waits behind the group under way, or came too late
        void this.work(group);
      }
      if (this.queue.length === 0 && this.underWay.size === 0) this.onIdle?.();
    });
  }

  private hasTurn(): boolean {
    if (this.queue.length === 0) return false;
    return this.underWay.size === 0 || (this.underWay.size === 1 && this.queue.length >= WORTH_A_GROUP);
  }

  private async work(group: readonly Waiting[]): Promise<void> {
    this.underWay.add(group);
    await this.settle(group);
    await nextTurn(); // those who were answered may ask again at once: then they are in the next group together
    this.underWay.delete(group);
    this.wake();
  }

  /** The oldest appends that fit; those of one stream side by side, in their order. */
  private nextGroup(): Waiting[] {
    const group = new Map<string, Waiting[]>();
    const ids = new Set<string>();
    const ahead = [...this.underWay].flat();
    const overtaken = new Set(ahead.map(({ stream }) => stream)); // of these one must wait: the later ones wait behind it
    const half = Math.max(WORTH_A_GROUP, Math.ceil((this.queue.length + ahead.length) / 2));
    const left: Waiting[] = [];
    let [appends, bytes] = [0, 0];
    for (const one of giveUpLate(this.queue, new Error('others were before it'))) {
      const more = group.has(one.stream) || appends < half; // a stream is not shared: its rest would have to wait
      const fits = appends === 0 || (more && appends < MOST_APPENDS && bytes + one.bytes <= MOST_BYTES);
      const retry = one.events.some(({ id }) => ids.has(id)); // it will find the first one once that is written
      if (!fits || retry || overtaken.has(one.stream)) {
        left.push(one);
        overtaken.add(one.stream);
        continue;
      }
      const same = group.get(one.stream);
      if (same) same.push(one);
      else group.set(one.stream, [one]);
      for (const { id } of one.events) ids.add(id);
      appends += 1;
      bytes += one.bytes;
    }
    this.queue = left;
    return [...group.values()].flat();
  }

  /** Answers every append of the group, one way or the other. */
  private async settle(whole: readonly Waiting[]): Promise<void> {
    let group = whole;
    for (let pause = 20; group.length > 0; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await this.write(group);
        return;
      } catch (error) {
        if (!isDisconnection(error)) {
          await this.settleOneByOne(group, error as Error);
          return;
        }
        await this.disconnect();
        group = giveUpLate(group, error as Error);
        if (group.length > 0) await sleep(pause);
      }
    }
  }

  /** One bad append must not take its neighbours down: the transaction is gone, so each is tried alone. */
  private async settleOneByOne(group: readonly Waiting[], error: Error): Promise<void> {
    if (group.length > 1) {
      for (const one of group) await this.settle([one]);
      return;
    }
    const duplicate = (error as { code?: string; constraint?: string }).constraint === 'events_id_key';
    group[0]?.reject(duplicate ? new BadAppend(`${group[0].stream}: an event id is used elsewhere`) : error);
  }

  private async write(group: readonly Waiting[]): Promise<void> {
    const client = await (this.client ??= this.connect());
    const events = group.flatMap((one) => one.events);
    const { rows } = await client.query<{ revision: number; position: number; actual: number | null }>({
      name: 'append',
      text: 'select revision, "position", actual from ledger.append($1, $2, $3, $4, $5, $6)',
      values: [
        group.map((one) => one.events.length),
        group.map((one) => expectedNumber(one.expected)),
        group.flatMap((one) => one.events.map(() => one.stream)),
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        textArray(events.map(({ data }) => data)),
      ],
    });
    group.forEach((one, index) => {
      const row = rows[index];
      if (!row) one.reject(new Error('the database answered fewer appends than it was sent'));
      else if (row.actual !== null) one.reject(new WrongRevision(one.stream, one.expected, row.actual));
      else one.resolve({ stream: one.stream, revision: row.revision, position: positionOf(row.position) });
    });
  }

  private connect(): Promise<Client> {
    const connecting = this.database.connect('ledger', { query_timeout: this.timeLimit });
    const forget = () => {
      if (this.client === connecting) this.client = undefined;
    };
    connecting.then((client) => client.once('end', forget), forget);
    return connecting;
  }

  private async disconnect(): Promise<void> {
    const connecting = this.client;
    this.client = undefined;
    await connecting?.then((client) => client.end()).catch(() => undefined);
  }
}

/** Positions as strings that sort like the numbers they are: 16 digits reach past 2^53. */
export function positionOf(number: number): Position {
  return String(number).padStart(16, '0') as Position;
}

/** text[] in PostgreSQL's binary form: the text form would have every quote of every event escaped and read back. */
function textArray(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const buffer = Buffer.allocUnsafe(20 + lengths.reduce((sum, length) => sum + 4 + length, 0));
  const dimensions = 1;
  const lowerBound = 1;
  const header = [dimensions, 0, pg.types.builtins.TEXT, texts.length, lowerBound]; // 0: without nulls
  let at = header.reduce((offset, number) => buffer.writeInt32BE(number, offset), 0);
  for (const [i, text] of texts.entries()) {
    at = buffer.writeInt32BE(lengths[i] ?? 0, at);
    at += buffer.write(text, at);
  }
  return buffer;
}

function expectedNumber(expected: ExpectedRevision): number {
  if (expected === 'none') return -1;
  return expected === 'any' ? -2 : expected;
}

function giveUpLate(group: readonly Waiting[], error: Error): readonly Waiting[] {
  const now = performance.now();
  const late = group.filter((one) => now >= one.deadline);
  if (late.length === 0) return group;
  for (const one of late) {
    one.reject(
      new Unavailable(`the ledger's PostgreSQL did not answer in time: ${error.message}`, { cause: error }),
    );
  }
  return group.filter((one) => now < one.deadline);
}
