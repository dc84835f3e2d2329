import { connect, type Socket } from 'node:net';

/** An answer, as far as a bench needs it. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: string;
}

/**
 * One kept-alive HTTP/1.1 connection that sends requests prepared as bytes, one at a time: as cheap as a client can be,
 * so that what is measured on a small machine is the server.
 */
export class RawClient {
  private received: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
      this.deliver();
    });
    socket.on('error', (error) => this.waiting?.reject(error));
    socket.on('close', () => this.waiting?.reject(new Error('the server closed the connection')));
  }

  static open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => {
        resolve(new RawClient(socket));
      });
      socket.once('error', reject);
    });
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Gives the answer once it is whole. Express says the length of every answer of the API. */
  private deliver(): void {
    const end = this.received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.received.length < end + 4 + length) return;
    const answer = {
      status: Number(head.slice(9, 12)),
      retryAfter: Number(/\r\nretry-after: (\d+)/i.exec(head)?.[1] ?? 0),
      body: this.received.toString('utf8', end + 4, end + 4 + length),
    };
    this.received = this.received.subarray(end + 4 + length);
    this.waiting?.resolve(answer);
    this.waiting = undefined;
  }
}

/** A POST of JSON in the session of this cookie, as the bytes that go over the wire. */
export function prepared(url: string, path: string, cookie: string, body: object): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Cookie: ${cookie}`,
    'X-CSRF-Token: token',
    'Content-Type: application/json',
    `Content-Length: ${json.length}`,
  ].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), json]);
}
