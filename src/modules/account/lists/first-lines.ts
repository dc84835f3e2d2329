import { hash } from 'node:crypto';

const SLOT = 4; // words: three of a hash, then the line; no line is 0
const SMALLEST = 1 << 12;

/**
 * In which line of a file each value stood first. Keeps 96 bits of a hash instead of the value: sixteen bytes, outside of the
 * heap, for lists of a million, of which two values fall together once in 10^17.
 */
export class FirstLines {
  private slots = SMALLEST;
  private table = new Uint32Array(SMALLEST * SLOT);
  private count = 0;

  /** The line in which the value stood before; undefined the first time. */
  seen(value: string, line: number): number | undefined {
    if (2 * (this.count + 1) > this.slots) this.grow();
    const digest = hash('sha256', value, 'buffer');
    const words = [0, 4, 8].map((at) => digest.readUInt32LE(at)) as [number, number, number];
    const at = this.place(words);
    const first = this.table[at + 3];
    if (first) return first;
    this.table.set([...words, line], at);
    this.count += 1;
    return undefined;
  }

  /** Where these words are, or would be. */
  private place([first, second, third]: readonly [number, number, number]): number {
    for (let slot = first % this.slots; ; slot = (slot + 1) % this.slots) {
      const at = slot * SLOT;
      if (this.table[at + 3] === 0) return at;
      const same = this.table[at] === first && this.table[at + 1] === second && this.table[at + 2] === third;
      if (same) return at;
    }
  }

  private grow(): void {
    const old = this.table;
    this.slots *= 2;
    this.table = new Uint32Array(this.slots * SLOT);
    for (let at = 0; at < old.length; at += SLOT) {
      const entry = old.subarray(at, at + SLOT);
      if (entry[3]) this.table.set(entry, this.place(entry as unknown as [number, number, number]));
    }
  }
}
