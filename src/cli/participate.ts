import { Command, InvalidArgumentError } from 'commander';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { serverGroup } from '../crypto/server-groups.js';
import { sealShareFile, SHORTEST_PASSPHRASE } from '../crypto/share-file.js';
import { participate, type SecretsStore } from './ceremony-client.js';
import { linesOfInput, PortalSession } from './portal-session.js';

interface Options {
  readonly login: string;
  readonly board: string;
  readonly seat: number;
  readonly share: string;
  readonly secrets: string;
}

/** `isoloir keyholder participate`: what the page of the ceremony does, for who prefers a machine without a browser. */
export function participateCommand(): Command {
  return new Command('participate')
    .description(
      'speak for one seat until the ceremony ends; reads password, code and passphrase, a line each',
    )
    .argument('<url>', 'where the portal answers')
    .requiredOption('--login <name>', 'the name to sign in with')
    .requiredOption('--board <id>', 'which board')
    .requiredOption('--seat <number>', 'which seat', seatNumber)
    .requiredOption('--share <file>', 'where the share is written, under the passphrase')
    .option(
      '--secrets <file>',
      'where private keys are kept until the ceremony ends',
      'ceremony-secrets.json',
    )
    .action(async (url: string, { login, board, seat, share, secrets }: Options) => {
      const [password = '', code = '', passphrase = ''] = await linesOfInput(
        'Password, code and passphrase, a line each, then Ctrl-D:',
      );
      if (passphrase.trim().length < SHORTEST_PASSPHRASE)
        throw new Error(
          `the passphrase, third line of the input, has at least ${SHORTEST_PASSPHRASE} characters`,
        );
      if (existsSync(share)) throw new Error(`${share} is there already; it is not written over`);
      const session = new PortalSession(url.replace(/\/+$/, ''));
      await session.signIn(login, password, code);
      const end = await participate(session, {
        boardId: board,
        seat,
        store: fileStore(secrets),
        tell: (line) => {
          console.log(line);
        },
        keep: async ({ ceremonyId, group }, secret) => {
          const owner = { boardId: board, ceremonyId, seat };
          const random = (length: number) => randomBytes(length);
          const text = await sealShareFile(await serverGroup(group), owner, secret, passphrase, random);
          await writeFile(share, text, { mode: 0o600, flush: true });
          console.log(`${share} holds your share`);
        },
      });
      if (end.phase !== 'completed') {
        const named = end.named.length > 0 ? `: seat ${end.named.join(', ')}` : '';
        throw new Error(`the ceremony was aborted (${end.reason ?? 'unknown'})${named}`);
      }
      console.log(
        end.practice ? 'the practice went well; it makes no key' : 'the key of the board is published',
      );
    });
}

/** One file for one ceremony at a time, readable by its owner alone. */
function fileStore(path: string): SecretsStore {
  return {
    load: async (ceremonyId) => {
      const text = await readFile(path, 'utf8').catch(() => '{}');
      return (JSON.parse(text) as Record<string, string>)[ceremonyId];
    },
    save: (ceremonyId, secrets) =>
      writeFile(path, JSON.stringify({ [ceremonyId]: secrets }), { mode: 0o600, flush: true }),
    forget: () => rm(path, { force: true }),
  };
}

function seatNumber(text: string): number {
  const seat = Number(text);
  if (!Number.isSafeInteger(seat) || seat < 1 || seat > 200)
    throw new InvalidArgumentError('it takes a number from 1 to 200');
  return seat;
}
