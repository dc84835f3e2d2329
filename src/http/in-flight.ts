import type { NextFunction, Request, Response } from 'express';
import type { Server } from 'node:http';

/** The requests that are being answered, so that a stop can let them finish. */
export class InFlight {
  private readonly responses = new Set<Response>();
  private stopping = false;

  /** The middleware that counts; it must come first. */
  readonly watch = (_: Request, response: Response, next: NextFunction): void => {
    this.responses.add(response);
    response.once('close', () => this.responses.delete(response));
    if (this.stopping) response.shouldKeepAlive = false;
    next();
  };

  /** Takes no new connection, lets every request finish, and tells its client that the connection ends there. */
  async drain(server: Server): Promise<void> {
    this.stopping = true;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    for (const response of this.responses) response.shouldKeepAlive = false;
    // An answer whose headers were sent before keeps its connection, which is idle once the answer is whole.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
    }, 50);
    await closed;
    clearInterval(sweep);
  }
}
