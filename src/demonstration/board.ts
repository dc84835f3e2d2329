import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomBytes, randomUUID } from 'node:crypto';
import type { GroupName } from '../crypto/group.js';
import { rounds } from '../crypto/key-ceremony-messages.js';
import { takeTurn } from '../crypto/key-ceremony-seat.js';
import { serverGroup } from '../crypto/server-groups.js';
import { sealShareFile } from '../crypto/share-file.js';
import { ceremonyRounds } from '../events/board.events.js';
import {
  AbortCeremony,
  AppointMember,
  DeclareBoard,
  StartCeremony,
} from '../modules/board/board.commands.js';
import { Boards } from '../modules/board/boards.js';
import { Ceremonies } from '../modules/board/ceremonies.js';
import { boardCeremony } from '../modules/board/ceremony-verdicts.js';
import { Sealing } from '../modules/board/sealing.js';

const random = (length: number) => randomBytes(length);

/** The share file of one holder. In an election it never meets the others. */
export interface HeldShare {
  readonly seat: number;
  readonly staffId: string;
  /** Under the passphrase, as `sealShareFile` writes it. */
  readonly file: string;
}

/** What a demonstration says about its board. */
export interface DemonstrationBoard {
  readonly boardId: string;
  readonly electionId: string;
  readonly title: string;
  /** President, secretary, then at least four delegates: their places are their seats. */
  readonly staffIds: readonly string[];
  /** Of the key; Ed25519 when absent. */
  readonly group?: GroupName;
  /** Of all share files. */
  readonly passphrase: string;
  /** Keeps the files. Called before the last message, so that no key is made whose shares are lost. */
  readonly keep: (shares: readonly HeldShare[]) => Promise<void>;
}

/**
 * Declares a board, seats its members and holds the whole ceremony in this process, each seat with messages of its own. A
 * board that has its key is left alone; a ceremony that was cut off is held anew.
 */
export async function demonstrationBoard(
  app: INestApplicationContext,
  { boardId, electionId, title, staffIds, group = 'Ed25519', passphrase, keep }: DemonstrationBoard,
): Promise<void> {
  const commands = app.get(CommandBus);
  const boards = app.get(Boards, { strict: false });
  await commands.execute(new DeclareBoard(boardId, electionId, title));
  const { key, ceremony } = await boards.of(boardId);
  if (key) return;
  if (ceremony && ceremony.ended === undefined)
    await commands.execute(new AbortCeremony(boardId, ceremony.ceremonyId, 'given-up'));
  for (const [place, staffId] of staffIds.entries()) {
    const office = place === 0 ? 'president' : place === 1 ? 'secretary' : 'delegate';
    await commands.execute(new AppointMember(boardId, place + 1, office, staffId, false));
  }
  // Each delegate is the substitute of the one before: two shares a person, as many as there may be (CGFP 545).
  const delegates = staffIds.slice(2);
  for (const [place, staffId] of [...delegates.slice(1), ...delegates.slice(0, 1)].entries())
    await commands.execute(new AppointMember(boardId, place + 3, 'delegate', staffId, true));
  const ceremonyId = randomUUID();
  await commands.execute(new StartCeremony(boardId, ceremonyId, false, group));
  await holdCeremony(app, { boardId, ceremonyId, staffIds, passphrase, keep });
}

/** Proposes the seal of a board and has president and delegates approve it. Gives its hash. */
export async function sealAll(
  app: INestApplicationContext,
  {
    boardId,
    by,
    staffIds,
    surplus,
  }: {
    readonly boardId: string;
    readonly by: string;
    /** The members, in the order of their seats. */
    readonly staffIds: readonly string[];
    /** Credentials of removed electors, by scrutin. */
    readonly surplus?: ReadonlyMap<string, number>;
  },
): Promise<string> {
  const sealing = app.get(Sealing, { strict: false });
  const known = (await app.get(Boards, { strict: false }).of(boardId)).sealing;
  if (known?.sealed && !known.broken) return known.proposed.seal;
  const seal = await sealing.propose(boardId, by, surplus);
  const [president, , ...delegates] = staffIds;
  for (const staffId of [president, ...delegates.slice(0, 2)])
    await sealing.approve(boardId, seal, staffId as string);
  return seal;
}

async function holdCeremony(
  app: INestApplicationContext,
  {
    boardId,
    ceremonyId,
    staffIds,
    passphrase,
    keep,
  }: Pick<DemonstrationBoard, 'boardId' | 'staffIds' | 'passphrase' | 'keep'> & { ceremonyId: string },
): Promise<void> {
  const boards = app.get(Boards, { strict: false });
  const ceremonies = app.get(Ceremonies, { strict: false });
  const running = await boards.ceremony(boardId, ceremonyId);
  const group = await serverGroup(running.group);
  const kept = new Map<number, string>();
  for (const [place, round] of ceremonyRounds.entries()) {
    const view = boardCeremony(await boards.ceremony(boardId, ceremonyId));
    const messages = staffIds.map((staffId, index) => {
      const seat = index + 1;
      const turn = takeTurn(group, view, seat, kept.get(seat), random);
      if (turn.kind !== 'speak' || turn.round !== rounds[place]) throw new Error(`seat ${seat} cannot speak`);
      kept.set(seat, turn.secrets);
      return { staffId, seat, message: turn.message, share: turn.share };
    });
    if (round === 'completion') {
      const shares = messages.map(async ({ staffId, seat, share = 0n }) => {
        const owner = { boardId, ceremonyId, seat };
        return { staffId, seat, file: await sealShareFile(group, owner, share, passphrase, random, LIGHT) };
      });
      await keep(await Promise.all(shares));
    }
    for (const { staffId, seat, message } of messages)
      await ceremonies.speak({ boardId, ceremonyId, staffId, seat, message }, round);
  }
}

/** The cost of scrypt for files that everybody may open. */
const LIGHT = 1_024;
