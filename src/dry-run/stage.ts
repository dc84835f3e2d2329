import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VotingCode } from '../crypto/voting-code.js';
import { demonstrationBoard, sealAll } from '../demonstration/board.js';
import { demonstrationCalendar } from '../demonstration/calendar.js';
import type { Notebook } from '../demonstration/notebook.js';
import { sowElectors } from '../demonstration/scrutins.js';
import { addStaff, boardOf, LISTS_CLOSED_BY } from '../demonstration/staff.js';
import { beleniosUuidOf } from '../election-file/derived-ids.js';
import type { MovedClock } from '../ledger/clock.js';
import { Opening } from '../modules/board/opening.js';
import { CloseLists, DeclareElection, SetCalendar } from '../modules/election/election.commands.js';
import { Candidatures } from '../modules/scrutin/candidatures.js';
import { DeclareScrutin, DrawListOrder } from '../modules/scrutin/scrutin.commands.js';
import type { Running } from '../start.js';
import type { CopiedSetUp } from './copied-set-up.js';
import { giveOutCodes } from './codes.js';

/** The clone, open, with what its electors and its board hold. */
export interface Stage {
  readonly running: Running;
  readonly notebook: Notebook;
  readonly electionId: string;
  readonly boardId: string;
  readonly scrutinIds: readonly string[];
  /** Until when it is open. */
  readonly closesAt: string;
  readonly graceMinutes: number;
  /** By the public half of its gate key. */
  readonly codes: ReadonlyMap<string, VotingCode>;
}

/** What opens the shares of a dry run, which die with it. */
export const PASSPHRASE = 'scrutin à blanc';
const DAY = 86_400_000; // milliseconds

/** Sets a clone up under ids of its own and opens it, through the same commands as the election itself. */
export async function setTheStage(
  running: Running,
  notebook: Notebook,
  setUp: CopiedSetUp,
  electors: number,
): Promise<Stage> {
  const { app, foundation } = running;
  const clock = foundation.clock as MovedClock;
  const [electionId, boardId] = [randomUUID(), randomUUID()];
  const calendar = { ...demonstrationCalendar(new Date().toISOString()), graceMinutes: setUp.graceMinutes };
  const commands = app.get(CommandBus);
  clock.moveTo(earlier(calendar.portalOpensAt));
  await commands.execute(
    new DeclareElection(electionId, `Scrutin à blanc – ${setUp.title}`.slice(0, 200), '2026'),
  );
  await commands.execute(new SetCalendar(electionId, calendar));
  await addStaff(app, notebook);
  const members = boardOf(notebook).map(({ staffId }) => staffId);
  const group = setUp.scrutins[0]?.description.group ?? 'Ed25519';
  await demonstrationBoard(app, {
    ...{
      boardId,
      electionId,
      group,
      title: 'Bureau du scrutin à blanc',
      staffIds: members,
      passphrase: PASSPHRASE,
    },
    keep: async (shares) => {
      for (const { seat, file } of shares)
        await writeFile(join(notebook.folder, `part-${seat}.json`), file, { mode: 0o600 });
    },
  });
  const scrutinIds = await declareScrutins(app, setUp, electionId, boardId);
  const expiresAt = calendar.votingClosesAt;
  await sowElectors(app, { electionId, scrutinIds, electors, seed: Date.now() % 1_000_000, expiresAt });
  clock.moveTo(calendar.noticesFrom);
  for (const scrutinId of scrutinIds)
    await commands.execute(new DrawListOrder(scrutinId, `scrutin à blanc ${electionId}`));
  await caughtUp(running);
  const codes = await giveOutCodes(app, electionId, notebook.folder);
  clock.moveTo(earlier(calendar.votingOpensAt));
  const by = notebook.staff.find(({ login }) => login === LISTS_CLOSED_BY)?.staffId ?? '';
  await commands.execute(new CloseLists(electionId, by));
  await caughtUp(running);
  await sealAll(app, { boardId, by, staffIds: members });
  await caughtUp(running);
  clock.moveTo(calendar.votingOpensAt);
  await app.get(Opening, { strict: false }).openBoard(boardId);
  await caughtUp(running);
  const { votingClosesAt: closesAt, graceMinutes } = calendar;
  return { running, notebook, electionId, boardId, scrutinIds, closesAt, graceMinutes, codes };
}

/** Waits for the read models. */
export async function caughtUp({ foundation: { projections } }: Pick<Running, 'foundation'>): Promise<void> {
  while (!(await projections.status()).every(({ upToDate }) => upToDate))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

async function declareScrutins(
  app: INestApplicationContext,
  { scrutins }: CopiedSetUp,
  electionId: string,
  boardId: string,
): Promise<string[]> {
  const commands = app.get(CommandBus);
  const candidatures = app.get(Candidatures, { strict: false });
  const ids: string[] = [];
  for (const { description, lists } of scrutins) {
    const scrutinId = randomUUID();
    const fixed = { uuid: beleniosUuidOf(scrutinId), held: 'here', boardId } as const;
    await commands.execute(new DeclareScrutin(scrutinId, electionId, { ...description, ...fixed }));
    for (const { content, logo, statement } of lists) {
      const listId = randomUUID();
      await candidatures.file(scrutinId, listId, content, logo);
      if (statement) await candidatures.state(scrutinId, listId, statement);
    }
    ids.push(scrutinId);
  }
  return ids;
}

function earlier(instant: string): string {
  return new Date(Date.parse(instant) - DAY).toISOString();
}
