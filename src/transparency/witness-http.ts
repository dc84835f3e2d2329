import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { WitnessServer } from './witness.js';

const LONGEST = 200_000; // bytes of a request

/** Serves a witness: `POST /add-checkpoint`, and nothing else. */
export function witnessHttp(witness: WitnessServer): Server {
  return createServer((request, response) => {
    const reply = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'Content-Type': type }).end(body);
    };
    if (request.method !== 'POST' || request.url !== '/add-checkpoint') {
      reply(404, 'text/plain', 'POST /add-checkpoint\n');
      return;
    }
    readBody(request)
      .then((body) => witness.addCheckpoint(body))
      .then(
        ({ status, type, body }) => {
          reply(status, type, body);
        },
        () => {
          reply(500, 'text/plain', 'failed\n');
        },
      );
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > LONGEST) throw new RangeError('too long');
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}
