import type { Position, StoredEvent } from './event-store.js';

type Page = readonly StoredEvent[];

const MOST_PAGES = 8;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The pages that follow a position, each read once for all who want it: every projection reads every event. A page that
 * held anything is kept for readers that are a little behind, since what follows a position is final; one that held
 * nothing is shared only with those who asked since the same notification.
 */
export class SharedPages {
  private readonly kept = new Map<string, Page>();
  private readonly underWay = new Map<string, Promise<Page>>();
  private bytes = 0;

  /** The page after a position; `read` asks for it. `notification` is the number of the last one before the caller asked. */
  async after(last: Position | undefined, notification: number, read: () => Promise<Page>): Promise<Page> {
    const position = last ?? '';
    const known = this.kept.get(position);
    if (known) return known;
    const key = `${notification} ${position}`;
    let page = this.underWay.get(key);
    if (!page) {
      page = read().finally(() => this.underWay.delete(key));
      this.underWay.set(key, page);
      page.then((events) => {
        if (events.length > 0) this.keep(position, events);
      }, ignore);
    }
    return page;
  }

  private keep(position: string, page: Page): void {
    this.drop(position);
    this.kept.set(position, page);
    this.bytes += sizeOf(page);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_PAGES && this.bytes <= MOST_BYTES) return;
      this.drop(oldest);
    }
  }

  private drop(position: string): void {
    const page = this.kept.get(position);
    if (!page) return;
    this.kept.delete(position);
    this.bytes -= sizeOf(page);
  }
}

function sizeOf(page: Page): number {
  return page.reduce((sum, { data }) => sum + data.length, 0);
}

/** The callers are told of a failure. */
function ignore(): void {
  // the next one asks again
}
