import 'reflect-metadata';
import { startFailure } from './cannot-start.js';
import { readConfig } from './config.js';
import { start } from './start.js';
import { stopOnSignal } from './signals.js';

const LONGEST_STOP = 30_000;

try {
  const running = await start(readConfig());
  process.stdout.write(`Isoloir listens on ${running.url}\n`);
  if (running.foundation.config.mode === 'demonstration')
    process.stdout.write(`Mails, notices and keys lie open at ${running.url}/demonstration\n`);
  const { log } = running.foundation;
  const stopFailed = (err: unknown) => {
    log.pino.fatal({ err }, 'the stop failed');
  };
  stopOnSignal(() => running.stop(), stopFailed, LONGEST_STOP);
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
}
