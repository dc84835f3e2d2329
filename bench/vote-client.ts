import { readFile } from 'node:fs/promises';
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

/** Milliseconds of processor time that the main thread of a process has had; not known elsewhere than on Linux. */
export async function mainThread(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/task/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10; // of a hundred ticks a second
}

/**
 * Each client takes the next ballot when its last one is acknowledged; who is told to wait waits and asks again. The rate
 * is that of the middle eight tenths of the acknowledgements: neither the start nor the last batch, which waits for nobody.
 */
export async function castAll(
  url: string,
  requests: readonly Buffer[],
  clients: number,
): Promise<{ rate: number; times: number[]; again: number }> {
  const times: number[] = [];
  const acknowledged: number[] = [];
  let [next, again] = [0, 0];
  const client = async () => {
    let connection = await RawClient.open(url);
    for (let mine = requests[next++]; mine; mine = requests[next++]) {
      const began = performance.now();
      for (;;) {
        const { status, retryAfter, body } = await connection.send(mine);
        if (status === 200) break;
        if (status !== 429) throw new Error(`${status} ${body}`);
        again++;
        connection.close(); // the server lets go of one that is quiet for longer
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, retryAfter) * 1_000));
        connection = await RawClient.open(url);
      }
      acknowledged.push(performance.now());
      times.push(performance.now() - began);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: clients }, client));
  const [first, last] = [0.1, 0.9].map((part) => Math.floor(part * (acknowledged.length - 1)));
  const seconds = ((acknowledged[last ?? 0] ?? 0) - (acknowledged[first ?? 0] ?? 0)) / 1_000;
  return {
    rate: ((last ?? 0) - (first ?? 0)) / seconds,
    times,
    again,
  };
}
