import { SingleBar } from 'cli-progress';

/** A progress bar on stderr, which stays silent where nobody looks (no terminal). */
export function progressBar(
  title: string,
  total: number,
): { readonly update: (value: number) => void; readonly stop: () => void } {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
    stream: process.stderr,
    noTTYOutput: false,
    hideCursor: true,
    barsize: 30,
  });
  bar.start(total, 0);
  return {
    update: (value) => {
      bar.setTotal(Math.max(total, value));
      bar.update(value);
    },
    stop: () => {
      bar.stop();
    },
  };
}
