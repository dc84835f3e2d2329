import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Documents } from '../documents/documents.js';
import { Clock } from '../ledger/clock.js';
import { EventStore } from '../ledger/event-store.js';
import { Ledger } from '../ledger/ledger.js';
import { ListFence } from '../ledger/list-fence.js';
import { anySealed } from '../modules/election/sealed-boards.js';
import { Candidatures, type Papers } from '../modules/scrutin/candidatures.js';
import { StaffAccounts } from '../modules/staff/staff-accounts.js';
import { Database } from '../storage/database.js';
import { BadElectionFile, readElectionFile } from './election-file.js';
import { planOf, type Change } from './election-plan.js';

/** Gives the file at a path that an election names. */
export type PaperReader = (path: string) => Promise<Buffer>;

/** How a document of the ledger is named in the file of an election. */
export const ADDRESS = /^sha256:([0-9a-f]{64})$/;

/** Elections as files: what applying one would change, and the change. */
@Injectable()
export class ElectionFiles {
  constructor(
    private readonly ledger: Ledger,
    private readonly store: EventStore,
    private readonly fence: ListFence,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly candidatures: Candidatures,
    private readonly staff: StaffAccounts,
    private readonly commands: CommandBus,
  ) {}

  /** What applying the file would change; nothing, when the ledger says the same. Writes nothing. */
  async changesOf(yaml: string, paper: PaperReader): Promise<Change[]> {
    const file = readElectionFile(yaml);
    const { id } = file.election;
    const staff = await this.staff.list();
    return planOf(file, {
      ledger: this.ledger,
      candidatures: this.candidatures,
      staff: new Map(staff.map(({ login, staffId }) => [login, staffId])),
      paper: (path) => this.paperAt(path, paper),
      lists: await this.fence.state(id),
      sealed: await anySealed(this.store, this.database, id),
      now: this.clock.now(),
    });
  }

  /** Makes the changes, in their order. Cut off in the middle, applying the file again makes the rest. */
  async apply(changes: readonly Change[]): Promise<void> {
    for (const { command } of changes) {
      if ('documents' in command) await this.candidatures.enter(command as Papers);
      else await this.commands.execute(command);
    }
  }

  private async paperAt(path: string, paper: PaperReader): Promise<Buffer> {
    const [, address] = ADDRESS.exec(path) ?? [];
    if (address === undefined) return paper(path);
    const document = await this.documents.get(address);
    if (document) return document.content;
    throw new BadElectionFile(
      `${path}: no document has this address`,
      `${path} : aucun document n’a cette adresse.`,
    );
  }
}

/** The files of a folder, for the command line. */
export function papersIn(folder: string): PaperReader {
  return (path) =>
    readFile(resolve(folder, path)).catch(() => {
      throw new BadElectionFile(`${path}: cannot be read`, `${path} : ce fichier manque.`);
    });
}
