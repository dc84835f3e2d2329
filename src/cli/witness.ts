import { once } from 'node:events';
import { Command } from 'commander';
import { parseNoteKey } from '../crypto/signed-note.js';
import { WitnessServer } from '../transparency/witness.js';
import { witnessHttp } from '../transparency/witness-http.js';

interface Options {
  readonly folder: string;
  readonly name: string;
  readonly log: string[];
  readonly host: string;
  readonly port: string;
}

/** `isoloir witness`: cosigns the checkpoints of a log that only ever grows, on a machine of one's own (F81). */
export function witnessCommand(): Command {
  return new Command('witness')
    .description('cosign the roots of a transparency log, and refuse a rewritten past')
    .requiredOption('--folder <folder>', 'where its key and what it cosigned are kept; made on first use')
    .requiredOption('--name <name>', 'its name, such as temoin.syndicat.example/1')
    .requiredOption('--log <key...>', 'keys of the logs, as GET /transparence/cle gives them')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen', '3100')
    .action(async ({ folder, name, log, host, port }: Options) => {
      const witness = await WitnessServer.open(
        folder,
        name,
        log.map((text) => parseNoteKey(text, '--log')),
      );
      const server = witnessHttp(witness).listen(Number(port), host);
      await once(server, 'listening');
      console.log(`witness ${witness.vkey}\nlistening on http://${host}:${port}`);
      const stop = () => {
        server.close();
      };
      process.once('SIGTERM', stop).once('SIGINT', stop);
      await once(server, 'close');
    });
}
