/** The same Ctrl-C may come twice: once from the terminal, once passed on by npm. */
const ECHO = 300; // milliseconds

/**
 * Stops on SIGTERM or SIGINT: exits 0 when all in flight is done, 1 when that fails or takes longer than `limit`
 * milliseconds. Who insists with a second signal gets an exit at once.
 */
export function stopOnSignal(
  stop: () => Promise<void>,
  failed: (error: unknown) => void,
  limit: number,
): void {
  let since: number | undefined;
  const onSignal = () => {
    if (since !== undefined) {
      if (performance.now() - since > ECHO) process.exit(1);
      return;
    }
    since = performance.now();
    setTimeout(() => {
      failed(new Error(`not stopped within ${limit} ms`));
      process.exit(1);
    }, limit).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        failed(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
