import type { NextFunction, Request, Response } from 'express';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The requests that are being answered, so that a stop can let them finish. */
export class InFlight {
  private readonly responses = new Set<Response>();
  private readonly sockets = new Set<Socket>();
  private stopping = false;

  /** The middleware that counts; it must come first. */
  readonly watch = (_: Request, response: Response, next: NextFunction): void => {
    this.responses.add(response);
    response.once('close', () => this.responses.delete(response));
    if (this.stopping) response.shouldKeepAlive = false;
    next();
  };

  /** Knows the connections of this server from now on: browsers open some ahead that may never say a word. */
  follow(server: Server): void {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

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
      // Not idle in the eyes of Node, which waits for their first request.
      for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    await closed;
    clearInterval(sweep);
  }
}
