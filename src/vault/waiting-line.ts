import { Busy } from '../ledger/refusal.js';

const ABSENCE = 30_000; // milliseconds after which who does not ask again loses the place
const LONGEST = 50_000; // places kept; who comes later is told the last one

/**
 * A bounded queue in front of work that costs a core. What does not fit is refused with a place, and whoever asks again
 * under the same name is let in before those who came later.
 */
export class WaitingLine {
  private readonly waiting: (() => void)[] = [];
  /** Who was refused, in the order of the first time, and when last seen. */
  private readonly outside = new Map<string, number>();
  private running = 0;
  private pace = 50; // milliseconds that one piece of work takes, a moving average

  constructor(
    /** How many run at once. */
    private readonly lanes: number,
    /** How many may wait for a lane. */
    private readonly room: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Runs `work` when it is its turn; throws `Busy` when the queue is full. */
  async run<T>(who: string, work: () => Promise<T>): Promise<T> {
    this.admit(who);
    if (this.running >= this.lanes) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    const began = this.now();
    try {
      return await work();
    } finally {
      this.pace += (this.now() - began - this.pace) / 20;
      const next = this.waiting.shift();
      if (next)
        next(); // hands its lane over
      else this.running--;
    }
  }

  private admit(who: string): void {
    this.forgetAbsent();
    const before = this.before(who);
    const free = this.lanes + this.room - this.running - this.waiting.length;
    if (free > before) {
      this.outside.delete(who);
      return;
    }
    if (this.outside.has(who) || this.outside.size < LONGEST) this.outside.set(who, this.now());
    const place = this.waiting.length + before + 1;
    const seconds = Math.ceil((place * this.pace) / this.lanes / 1000);
    throw new Busy(place, Math.min(Math.max(seconds, 1), ABSENCE / 2000));
  }

  /** How many of those outside came before. A name that is set again keeps its place in a Map. */
  private before(who: string): number {
    let before = 0;
    for (const name of this.outside.keys()) {
      if (name === who) break;
      before++;
    }
    return before;
  }

  private forgetAbsent(): void {
    const limit = this.now() - ABSENCE;
    for (const [who, seen] of this.outside) if (seen < limit) this.outside.delete(who);
  }
}
