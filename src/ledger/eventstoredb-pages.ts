import type { Readable } from 'node:stream';

/** No answer came in time. */
export class Silence extends Error {
  constructor(milliseconds: number) {
    super(`no answer in ${milliseconds} ms`);
    this.name = 'Silence';
  }
}

/** Where a page ends although more has come: many small events, or a few large ones. */
const PAGE = 200;

/**
 * What an object stream holds, in pages of at least one item: all that has come, up to a bound. Nothing is taken from
 * the stream while a page is with the reader, so the sender is held back. Ends with the stream or the signal; throws
 * the stream's error (after what came before it), or `Silence` when nothing comes for so long; no limit for a
 * subscription, which may rightly wait. When it ends, the caller has to cancel the call behind the stream.
 */
export async function* pages<T>(stream: Readable, limit?: number, signal?: AbortSignal): AsyncGenerator<T[]> {
  let [over, wake] = [false, (): void => undefined];
  let failure: unknown;
  stream.on('readable', () => {
    wake();
  });
  for (const event of ['end', 'close'])
    stream.on(event, () => {
      over = true;
      wake();
    });
  // Stays for the life of the stream: the client may emit an error after the last reader has gone.
  stream.on('error', (error) => {
    failure ??= error;
    wake();
  });
  const abort = () => {
    wake();
  };
  signal?.addEventListener('abort', abort);
  try {
    while (!signal?.aborted) {
      const page: T[] = [];
      while (page.length < PAGE) {
        const item = stream.read() as T | null;
        if (item === null) break;
        page.push(item);
      }
      if (page.length > 0) {
        yield page;
        continue;
      }
      if (failure !== undefined) throw failure as Error;
      if (over) return;
      await new Promise<void>((resolve, reject) => {
        const timer =
          limit === undefined
            ? undefined
            : setTimeout(() => {
                reject(new Silence(limit));
              }, limit);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    // The caller cancels the call. Until that is done, what still comes has to flow away: a call whose messages nobody
    // takes never ends. Listening to data makes it flow once nobody listens to `readable`.
    stream.removeAllListeners('readable');
    stream.on('data', () => undefined);
  }
}

/** The promise, or `Silence` after so many milliseconds. The promise goes on by itself and may fail unheard. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new Silence(milliseconds));
      },
      Math.max(0, milliseconds),
    );
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
