import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decryptRehearsalTally } from '../crypto/rehearsal.js';
import { serverGroup } from '../crypto/server-groups.js';
import { openShareFile, readShareOwner } from '../crypto/share-file.js';
import { linesOfInput, PortalSession } from './portal-session.js';

interface BoardAnswer {
  readonly key: { readonly publicKey: string } | null;
  readonly rehearsal: {
    readonly rehearsalId: string;
    readonly tally: string;
    readonly votes: readonly number[];
    readonly done: boolean;
    readonly decrypted: readonly number[];
  } | null;
}

/** `isoloir keyholder rehearse`: on the eve, what the page of the rehearsal does with a share. */
export function rehearseCommand(): Command {
  return new Command('rehearse')
    .description(
      'decrypt the rehearsal of a board with a share; reads password, code and passphrase, a line each',
    )
    .argument('<url>', 'where the portal answers')
    .requiredOption('--login <name>', 'the name to sign in with')
    .requiredOption('--board <id>', 'which board')
    .requiredOption('--share <file>', 'the file of the share')
    .action(async (url: string, { login, board, share }: { login: string; board: string; share: string }) => {
      const [password = '', code = '', passphrase = ''] = await linesOfInput(
        'Password, code and passphrase, a line each, then Ctrl-D:',
      );
      const session = new PortalSession(url.replace(/\/+$/, ''));
      await session.signIn(login, password, code);
      const { done, waiting } = await rehearse(session, board, await readFile(share, 'utf8'), passphrase);
      console.log(
        done
          ? 'your share decrypted the rehearsal; a quorum found the votes'
          : `your share decrypted the rehearsal; so far: seat ${waiting.join(', ')}`,
      );
    });
}

/** Decrypts the rehearsal under way with the share of a file; gives whether it is over, or which seats have done it. */
export async function rehearse(
  session: PortalSession,
  boardId: string,
  shareFile: string,
  passphrase: string,
): Promise<{ readonly done: boolean; readonly waiting: readonly number[] }> {
  const path = `/api/boards/${boardId}`;
  const { key, rehearsal } = await session.get<BoardAnswer>(path);
  if (!key || !rehearsal) throw new Error('this board has no rehearsal under way');
  const owner = readShareOwner(shareFile);
  if (owner.boardId !== boardId) throw new Error('this share is of another board');
  const group = await serverGroup(owner.group);
  const { share } = await openShareFile(group, shareFile, passphrase);
  const { rehearsalId, tally, votes } = rehearsal;
  const rehearsed = { boardId, rehearsalId, publicKey: key.publicKey, votes, tally };
  const decryption = decryptRehearsalTally(group, rehearsed, share, (length) => randomBytes(length));
  await session.post(`${path}/rehearsals/${rehearsalId}/decryptions`, { seat: owner.seat, decryption });
  const { rehearsal: after } = await session.get<BoardAnswer>(path);
  return { done: after?.done === true, waiting: after?.decrypted ?? [] };
}
