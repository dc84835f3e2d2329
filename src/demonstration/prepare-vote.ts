import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Foundation } from '../foundation.js';
import type { MovedClock } from '../ledger/clock.js';
import { CloseLists } from '../modules/election/election.commands.js';
import { ElectorExport } from '../modules/notices/elector-export.js';
import { KeyImport } from '../modules/notices/key-import.js';
import { makeNotices } from '../notices/make-notices.js';
import { demonstrationBoard, sealAll } from './board.js';
import type { DemonstrationCalendar } from './calendar.js';
import { SHARE_PASSPHRASE, type Notebook } from './notebook.js';
import { declareScrutins, drawListOrders, sowElectors, type Crop } from './scrutins.js';
import { addStaff, boardOf, LISTS_CLOSED_BY } from './staff.js';

/** The one board of the demonstration. */
export const DEMONSTRATION_BOARD = 'b0a7d1ce-3f52-4a86-9c1d-20221201aa01';
const DAY = 86_400_000; // milliseconds
const PATIENCE = 60_000; // milliseconds for a read model

/** Where an election is prepared, and by whose clock. */
interface Ground {
  readonly app: INestApplicationContext;
  readonly foundation: Foundation;
  readonly notebook: Notebook;
  readonly clock: MovedClock;
  readonly calendar: DemonstrationCalendar;
}

/**
 * Takes an election from its declaration to the eve of the vote: board and key, scrutins, electors, notices, seal. Each step is
 * dated as the calendar has it, and leaves alone what is done already: a start that was cut off goes on.
 */
export async function prepareVote(ground: Ground, crop: Omit<Crop, 'scrutinIds'>): Promise<void> {
  const { app, foundation, notebook, clock, calendar } = ground;
  const { electionId } = crop;
  const offset = clock.offset;
  try {
    clock.moveTo(earlier(calendar.portalOpensAt));
    await addStaff(app, notebook);
    await holdCeremony(ground, electionId);
    const scrutins = await declareScrutins(app, foundation, { electionId, boardId: DEMONSTRATION_BOARD });
    await sowElectors(app, { ...crop, scrutinIds: scrutins.map(({ scrutinId }) => scrutinId) });
    clock.moveTo(calendar.noticesFrom);
    await drawListOrders(app, electionId, scrutins);
    await giveOutCodes(ground, electionId);
    clock.moveTo(earlier(calendar.votingOpensAt));
    const by = notebook.staff.find(({ login }) => login === LISTS_CLOSED_BY)?.staffId ?? '';
    await app.get(CommandBus).execute(new CloseLists(electionId, by));
    const staffIds = boardOf(notebook).map(({ staffId }) => staffId);
    await sealAll(app, { boardId: DEMONSTRATION_BOARD, by, staffIds });
  } finally {
    clock.offset = offset;
  }
}

async function holdCeremony({ app, notebook }: Ground, electionId: string): Promise<void> {
  const members = boardOf(notebook);
  await demonstrationBoard(app, {
    boardId: DEMONSTRATION_BOARD,
    electionId,
    title: 'Bureau de vote électronique centralisateur',
    staffIds: members.map(({ staffId }) => staffId),
    passphrase: SHARE_PASSPHRASE,
    keep: async (shares) => {
      for (const { seat, file } of shares) {
        const name = `part-${seat}-${members[seat - 1]?.login ?? ''}.json`;
        await writeFile(join(notebook.folder, name), file, { mode: 0o600 });
      }
    },
  });
}

/** Codes are made apart from the server, as in an election; only here do both use one disk. */
async function giveOutCodes({ app, foundation, notebook }: Ground, electionId: string): Promise<void> {
  const { store, projections, config } = foundation;
  const electors = join(notebook.folder, 'electors.jsonl');
  const folder = join(notebook.folder, 'notices');
  for (const name of ['electors', 'scrutins', 'notices'])
    await projections.waitFor(name, await store.head(), PATIENCE);
  if (!existsSync(join(folder, 'keys'))) {
    if (!existsSync(electors)) {
      const portal = config.publicUrl ?? `http://${config.host}:${config.port}`;
      const lines = app.get(ElectorExport, { strict: false }).lines({ electionId, portal, pending: false });
      await pipeline(lines, createWriteStream(`${electors}.new`, { mode: 0o600 }));
      await rename(`${electors}.new`, electors);
    }
    await makeNotices({ electors, folder, pdf: true, threads: 1 });
  }
  await app.get(KeyImport, { strict: false }).run(folder);
  await rm(electors, { force: true });
}

function earlier(instant: string): string {
  return new Date(Date.parse(instant) - DAY).toISOString();
}
