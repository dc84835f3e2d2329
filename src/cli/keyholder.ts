import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { openPoll, parseElection } from '../crypto/election.js';
import { decryptPart, objectionTo, placesOf, shareFrom } from '../crypto/holder.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { CountedScrutin } from '../modules/counting/count-views.js';
import { participateCommand } from './participate.js';
import { rehearseCommand } from './rehearse.js';

interface Count {
  /** The seat of each key holder, in the order of their file. */
  readonly owners: readonly number[];
  readonly keyHolders: string | null;
  readonly scrutins: readonly CountedScrutin[];
}

/** `isoloir keyholder`: what a key holder does on a machine of their own. */
export function keyholderCommand(): Command {
  return new Command('keyholder')
    .description('the work of a key holder')
    .addCommand(participateCommand())
    .addCommand(rehearseCommand())
    .addCommand(
      new Command('decrypt')
        .description('verify the tallies of a board, decrypt them, and write the parts to be filed')
        .requiredOption('--url <url>', 'where the portal is')
        .requiredOption('--board <id>', 'the board')
        .requiredOption('--share <file>', 'the file of the private share')
        .option('--passphrase <file>', 'the file of its passphrase, where it has one')
        .requiredOption('--out <file>', 'where to write the parts: { "parts": […] }')
        .action(
          async (
            options: { url: string; board: string; share: string; passphrase?: string; out: string },
            command: Command,
          ) => {
            const say = (line: string) => command.configureOutput().writeOut?.(`${line}\n`);
            const file = await readFile(options.share, 'utf8');
            const passphrase = options.passphrase
              ? (await readFile(options.passphrase, 'utf8')).trimEnd()
              : '';
            const count = (await (
              await fetched(`${options.url}/api/boards/${options.board}/count`)
            ).json()) as Count;
            const parts = [];
            for (const scrutin of count.scrutins) {
              const { scrutinId, title, tally } = scrutin;
              if (tally === null || scrutin.phase !== 'encrypted') continue;
              const election = parseElection(scrutin.election);
              const poll = openPoll(await serverGroup(election.group), election);
              const share = await shareFrom(poll, file, passphrase);
              const places = placesOf(poll, count.keyHolders ?? '', share);
              if (places.length === 0) throw new Error(`${options.share}: this share is none of the board's`);
              const seats = places.map((place) => count.owners[place - 1]).join(' or ');
              const text = await (await fetched(`${options.url}/api/scrutins/${scrutinId}/ballots`)).text();
              const ballots = text.split('\n').filter((line) => line !== '');
              const objection = objectionTo(poll, { ...scrutin, tally }, ballots);
              if (objection)
                throw new Error(`${title}: the ${objection} is not what the box holds; nothing decrypted`);
              parts.push({ scrutinId, ...decryptPart(poll, tally, share, (length) => randomBytes(length)) });
              say(`${title}: ${ballots.length} ballots verified, decrypted for seat ${seats}`);
            }
            await writeFile(options.out, JSON.stringify({ parts }), { flag: 'wx', mode: 0o600 });
            say(`${options.out}: ${parts.length} parts`);
          },
        ),
    );
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}
