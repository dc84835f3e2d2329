import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

/**
 * What may be logged of an error. A message quotes what somebody typed (`JSON.parse`) or a row (PostgreSQL's `Key (…)=(…)`),
 * so quoted text and values are blanked, and no other property of the error is looked at.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(typeof code === 'string' && { code }),
    at: (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/**
 * The log of this process: JSON lines on standard output. What is written is named field by field, never a whole object.
 * Nest writes its own messages here too; what it tells about its start is for those who debug.
 */
export class Log implements LoggerService {
  readonly pino: Logger;

  constructor(level: string, destination?: DestinationStream) {
    const options = { level, base: null, serializers: { err: describeError } };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown): void {
    this.pino.debug(textOf(message));
  }
  debug(message: unknown): void {
    this.pino.debug(textOf(message));
  }
  verbose(message: unknown): void {
    this.pino.trace(textOf(message));
  }
  warn(message: unknown): void {
    this.pino.warn(textOf(message));
  }
  error(message: unknown): void {
    this.pino.error(textOf(message));
  }
  fatal(message: unknown): void {
    this.pino.fatal(textOf(message));
  }
}

/** A message without the text and the values that it quotes. */
export function withoutValues(message: string): string {
  return message.replace(/"[^"]*"|'[^']*'|=\([^)]*\)/g, '…').slice(0, 500);
}

function textOf(message: unknown): string {
  if (message instanceof Error) return JSON.stringify(describeError(message));
  return typeof message === 'string' ? message : JSON.stringify(message);
}
