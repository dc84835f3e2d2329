/**
 * The curve work of ballots in WebAssembly (docs/adr/0026): jobs are laid out in the memory of `assembly/kernel.ts`, one
 * call computes them all. Variable time, so nothing secret may come here; a lint rule keeps makers of secrets away.
 */

/** c·base + g·G + y·Y, Y the election key; what is absent is 0. Scalars in [0, q). */
export interface Job {
  /** A point by its index; a sum by ~index. */
  readonly base: number;
  readonly c?: bigint;
  readonly g?: bigint;
  readonly y?: bigint;
}

/** What one call computes. */
export interface Work {
  /** RFC 8032 bytes. */
  readonly points: readonly Uint8Array[];
  /** Each from the first point to the one before the second. */
  readonly sums: readonly (readonly [from: number, to: number])[];
  readonly jobs: readonly Job[];
}

/** What came out. */
export interface Outcome {
  /**
   * Of each point: 0 for a member of the group, otherwise why not. What needs a refused point is left out. A view of the
   * kernel's memory, to be read before its next call.
   */
  readonly states: Int32Array;
  /** Of each job, then each sum, 64 digits as Belenios prints them. */
  readonly results: readonly string[];
}

/** Why a point is refused, by its state. */
export const refusals = ['', 'not canonical', 'not on the curve', 'outside the prime-order group'] as const;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  start(keySlots: number): void;
  reserve(points: number, sums: number, jobs: number): void;
  points(): number;
  states(): number;
  sums(): number;
  jobs(): number;
  results(): number;
  setKey(slot: number): number;
  run(slot: number, points: number, sums: number, jobs: number): void;
}

const ascii = new TextDecoder();

const JOB = 104; // base, flags, three scalars

/** A module of one function, i8x16.popcnt(i8x16.splat(0)): valid where WebAssembly has SIMD of 128 bits. */
const SIMD_MODULE = '0061736d010000000105016000017b03020100' + '0a0a010800' + '4100fd0ffd620b';

/** Whether the kernel that computes four points at once can run here. */
export function hasSimd(): boolean {
  return WebAssembly.validate(Uint8Array.from(SIMD_MODULE.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
}

/** One instance of the kernel: for one thread, with the tables of the keys that it met last. */
export class Kernel {
  /** Keys with their slots, the one longest unused first. */
  private readonly slots = new Map<string, number>();

  private constructor(
    private readonly wasm: Exports,
    private readonly keySlots: number,
  ) {}

  /** Starts the kernel: some milliseconds. Half a megabyte for each key that it may keep the table of. */
  static async start(module: WebAssembly.Module, keySlots = 8): Promise<Kernel> {
    const { exports } = await WebAssembly.instantiate(module, {});
    const wasm = exports as unknown as Exports;
    wasm.start(keySlots);
    return new Kernel(wasm, keySlots);
  }

  /** Computes the work under a key, given as it is printed and as bytes. Throws `RangeError` when it is no key. */
  compute(keyText: string, key: Uint8Array, { points, sums, jobs }: Work): Outcome {
    const { wasm } = this;
    const slot = this.slotOf(keyText, key);
    wasm.reserve(points.length, sums.length, jobs.length);
    const memory = new DataView(wasm.memory.buffer); // made again each time: `reserve` may have grown it
    const bytes = new Uint8Array(wasm.memory.buffer);
    let at = wasm.points();
    for (const point of points) {
      bytes.set(point, at);
      at += 32;
    }
    at = wasm.sums();
    for (const [from, to] of sums) {
      memory.setUint32(at, from, true);
      memory.setUint32(at + 4, to, true);
      at += 8;
    }
    at = wasm.jobs();
    for (const job of jobs) {
      const base = job.base < 0 ? points.length + ~job.base : job.base;
      memory.setUint32(at, base, true);
      memory.setUint32(at + 4, flagsOf(job), true);
      writeScalar(memory, at + 8, job.c);
      writeScalar(memory, at + 40, job.g);
      writeScalar(memory, at + 72, job.y);
      at += JOB;
    }
    wasm.run(slot, points.length, sums.length, jobs.length);
    const count = jobs.length + sums.length;
    const printed = ascii.decode(bytes.subarray(wasm.results(), wasm.results() + 64 * count));
    return {
      states: new Int32Array(wasm.memory.buffer, wasm.states(), points.length),
      results: Array.from({ length: count }, (_, i) => printed.slice(64 * i, 64 * i + 64)),
    };
  }

  /** Where the table of a key is; it is made in the place of the one longest unused when there is none. */
  private slotOf(text: string, key: Uint8Array): number {
    const known = this.slots.get(text);
    const [oldest] = this.slots;
    const replaced = known === undefined && this.slots.size === this.keySlots ? oldest : undefined;
    const slot = known ?? replaced?.[1] ?? this.slots.size;
    if (known === undefined) this.makeTable(slot, key);
    if (replaced) this.slots.delete(replaced[0]); // not before: a refused key leaves the table as it was
    this.slots.delete(text);
    this.slots.set(text, slot);
    return slot;
  }

  private makeTable(slot: number, key: Uint8Array): void {
    this.wasm.reserve(1, 0, 0);
    new Uint8Array(this.wasm.memory.buffer).set(key, this.wasm.points());
    const state = this.wasm.setKey(slot);
    if (state !== 0) throw new RangeError(`the key is ${refusals[state] ?? 'refused'}`);
  }
}

function flagsOf({ c, g, y }: Job): number {
  return (c === undefined ? 0 : 1) | (g === undefined ? 0 : 2) | (y === undefined ? 0 : 4);
}

function writeScalar(memory: DataView, at: number, k: bigint | undefined): void {
  if (k === undefined) return;
  for (let i = 0; i < 4; i++) memory.setBigUint64(at + 8 * i, BigInt.asUintN(64, k >> BigInt(64 * i)), true);
}
