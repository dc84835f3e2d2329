import type { StoredEvent } from './event-store.js';

type Page = readonly StoredEvent[];

/** How many of the last pages are kept, for readers that are a little behind. */
const KEPT = 8;

/**
 * Pages of the ledger that a dozen readers want at about the same time: each is asked of the database once, and all are
 * given the same events, which they may only read. A page that is full stays what it is, for positions have no gaps and
 * follow the order of commits; one that is not is shared only with those who ask before anything new was heard of.
 */
export class SharedPages {
  private readonly full = new Map<string, Page>();
  private readonly underWay = new Map<string, Promise<Page>>();

  constructor(
    private readonly read: (after: string) => Promise<Page>,
    private readonly size: number,
  ) {}

  /** The page after a position. `heard` tells what was heard of the ledger before it was asked for. */
  async after(position: string, heard: number): Promise<Page> {
    const known = this.full.get(position);
    if (known) return known;
    const key = `${position} ${heard}`;
    let page = this.underWay.get(key);
    if (!page) {
      page = this.read(position).finally(() => this.underWay.delete(key));
      this.underWay.set(key, page);
    }
    const events = await page;
    if (events.length === this.size) this.keep(position, events);
    return events;
  }

  private keep(position: string, page: Page): void {
    this.full.set(position, page);
    for (const oldest of this.full.keys()) {
      if (this.full.size <= KEPT) return;
      this.full.delete(oldest);
    }
  }
}
