import type { VerifierName } from '../src/crypto/server-checks.js';
import { quantile } from './portal.js';

/** What the service is set to. */
export interface Setting {
  readonly verifier: VerifierName;
  readonly workers: number;
}

/** What is measured. */
export interface Load extends Setting {
  readonly filled: number;
  /** What says how far the box was verified a second time is lost. */
  readonly lost?: true;
}

/** What came out. */
export interface Figures extends Load {
  /** Ballots that the same number of threads verifies a second, when they do nothing else. */
  readonly bare: number;
  readonly rate: number;
  readonly ratio: number;
  /** The rate beside that of the empty box. */
  readonly ofEmpty?: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly again: number;
  /** Processor time of the server's main thread for each vote, in milliseconds, with all that it does besides. */
  readonly main: number;
}

/** Some votes, cast on a service. */
export interface Cast extends Pick<Figures, 'rate' | 'again' | 'main'> {
  readonly times: readonly number[];
}

/** The figures of all rounds together. */
export function figuresOf(load: Load, bare: number, casts: readonly Cast[]): Figures {
  const times = casts.flatMap((one) => one.times);
  const rate = casts.length / casts.reduce((sum, one) => sum + 1 / one.rate, 0);
  return {
    ...load,
    ...{ bare, rate, ratio: rate / bare },
    ...{ p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99) },
    again: casts.reduce((sum, one) => sum + one.again, 0),
    main: casts.reduce((sum, one) => sum + one.main, 0) / casts.length,
  };
}

/** The median of the rounds: each is compared with the empty box of the same minute. */
export function median(casts: readonly Cast[], empty: readonly Cast[]): number {
  return quantile(
    casts.map(({ rate }, round) => rate / (empty[round]?.rate ?? NaN)),
    0.5,
  );
}

/** A line of the table, with its head before the first. */
export function print(figures: Figures, first: boolean): void {
  const { verifier, workers, filled, lost, bare, rate, ratio, ofEmpty, p50, p95, p99, main } = figures;
  if (first)
    process.stdout.write(
      'verifier  workers   in the box  bare/s  votes/s  ratio  of empty   p50 ms   p95 ms   p99 ms  main ms\n',
    );
  const cells = [
    verifier.padStart(8),
    String(workers).padStart(7),
    `${filled}${lost ? ' lost' : ''}`.padStart(11),
    bare.toFixed(0).padStart(6),
    rate.toFixed(0).padStart(7),
    ratio.toFixed(2).padStart(5),
    (ofEmpty?.toFixed(2) ?? '').padStart(8),
    ...[p50, p95, p99].map((ms) => ms.toFixed(0).padStart(7)),
    main.toFixed(2).padStart(7),
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}
