import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SessionStore } from '../../http/session-store.js';
import { Log } from '../../operations/log.js';
import { Backoff } from '../../vault/backoff.js';

const PAUSE = 10 * 60_000; // milliseconds

/** Removes sessions that are over and failures that are forgotten. Any instance may, at any time. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: SessionStore,
    private readonly backoff: Backoff,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), PAUSE).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** What is left over by a failure is removed the next time. */
  async sweep(): Promise<void> {
    try {
      await this.sessions.sweep();
      await this.backoff.sweep();
    } catch (err) {
      this.log.pino.warn({ err }, 'old sessions were not removed');
    }
  }
}
