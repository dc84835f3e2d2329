import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Documents } from '../../documents/documents.js';
import type { SealedScrutin } from '../../events/board.events.js';
import { decode } from '../../events/codec.js';
import { EventStore } from '../../ledger/event-store.js';
import { ListFence } from '../../ledger/list-fence.js';
import { Refusal, Unavailable } from '../../ledger/refusal.js';
import { countElectors } from '../../projections/electors.projection.js';
import { Projections } from '../../projections/projections.js';
import { scrutinsOfBoard, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { AcknowledgementKey } from '../../vault/acknowledgement-key.js';
import { CredentialLists } from '../../vault/credential-lists.js';
import { RegisterKeys } from '../../vault/register-keys.js';
import { ApproveSeal, BreakSeal, ProposeSeal, type SealingFacts } from './board.commands.js';
import { isSealed, type Board } from './board.state.decider.js';
import { Boards } from './boards.js';
import { Build } from './build.js';
import { rollOf } from './roll.js';
import {
  electionText,
  sealText,
  type SealedCalendar,
  type SealedGround,
  type SealedPart,
  type TitledList,
} from './seal-content.js';
import { requireSealable } from './sealing.decider.js';

const PATIENCE = 60_000; // milliseconds for the read models to reach the head of the ledger

interface ElectionFacts {
  readonly title: string;
  readonly listsClosed: boolean;
  readonly calendar: SealedCalendar | undefined;
}

/** Fixes what counts: rolls, credentials, lists, key, calendar and software, before the eyes of the board (CGFP 528, 552). */
@Injectable()
export class Sealing {
  constructor(
    private readonly commands: CommandBus,
    private readonly boards: Boards,
    private readonly store: EventStore,
    private readonly projections: Projections,
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly registerKeys: RegisterKeys,
    private readonly acknowledgementKey: AcknowledgementKey,
    private readonly credentialLists: CredentialLists,
    private readonly build: Build,
    private readonly fence: ListFence,
  ) {}

  /**
   * Computes what would be sealed and puts it before the members; gives its hash. `surplus` accounts, scrutin by scrutin,
   * for credentials of electors who were removed after their notice was made.
   */
  async propose(
    boardId: string,
    by: string,
    surplus: ReadonlyMap<string, number> = new Map(),
  ): Promise<string> {
    await this.catchUp();
    const board = await this.boards.of(boardId);
    const election = await this.election(board.electionId);
    const scrutins = await this.scrutins(boardId);
    const facts = await this.facts(board, election, scrutins, surplus);
    requireSealable(board, facts);
    await this.credentialLists.close(scrutins.map(({ scrutinId }) => scrutinId));
    try {
      const ground = await this.ground(board, election);
      const parts: SealedPart[] = [];
      for (const scrutin of scrutins)
        parts.push(await this.fix(ground, scrutin, surplus.get(scrutin.scrutinId) ?? 0));
      const seal = await this.put(sealText(ground, parts), 'public');
      const { acknowledgementKey } = ground;
      const proposal = { seal, acknowledgementKey, scrutins: parts.map(({ sealed }) => sealed) };
      await this.commands.execute(new ProposeSeal(boardId, facts, proposal, by));
      return seal;
    } catch (error) {
      if (!isSealed(await this.boards.of(boardId)))
        await this.credentialLists.reopen(scrutins.map(({ scrutinId }) => scrutinId));
      throw error;
    }
  }

  /** A member approves the seal that was proposed; the last approval that is needed seals. */
  async approve(boardId: string, seal: string, staffId: string): Promise<void> {
    const { electionId } = await this.boards.of(boardId);
    await this.fence.alone(electionId, async () => {
      const unchanged = await this.isUnchanged(boardId);
      await this.commands.execute(new ApproveSeal(boardId, seal, staffId, unchanged));
    });
  }

  /** Asks to break a seal, or agrees with who asked. Everybody will read the reason. */
  async break(boardId: string, seal: string, reason: string, staffId: string): Promise<void> {
    const file = await this.put(reason, 'public', 'text/plain; charset=utf-8');
    await this.commands.execute(new BreakSeal(boardId, seal, file, staffId));
    const { sealing } = await this.boards.of(boardId);
    if (sealing?.broken)
      await this.credentialLists.reopen(sealing.proposed.scrutins.map(({ scrutinId }) => scrutinId));
  }

  /** What stands in the way of a seal now, scrutin by scrutin, for the page that prepares it. */
  async prospects(boardId: string): Promise<{ board: Board; facts: SealingFacts; scrutins: ScrutinRow[] }> {
    const board = await this.boards.of(boardId);
    const election = await this.election(board.electionId);
    const scrutins = await this.scrutins(boardId);
    return { board, scrutins, facts: await this.facts(board, election, scrutins, new Map()) };
  }

  /** Whether all that the proposed seal covers is still as it says. Rolls cannot change once the lists are closed. */
  private async isUnchanged(boardId: string): Promise<boolean> {
    await this.catchUp();
    const board = await this.boards.of(boardId);
    const proposed = board.sealing?.proposed;
    if (!proposed) return true; // the decider says so
    const election = await this.election(board.electionId);
    const scrutins = await this.scrutins(boardId);
    const before = new Map(proposed.scrutins.map((scrutin) => [scrutin.scrutinId, scrutin]));
    const counts = await countElectors(this.database.pool('register'), [...before.keys()]);
    if (!election.calendar || scrutins.length !== before.size) return false;
    const ground = await this.ground(board, election);
    const parts: SealedPart[] = [];
    for (const scrutin of scrutins) {
      const was = before.get(scrutin.scrutinId);
      if (!was || counts.get(scrutin.scrutinId) !== was.roll.count) return false;
      const lists = await this.titled(scrutin);
      const { text, fingerprint } = electionText(ground, scrutin, lists);
      const electionFile = await this.put(text, 'public');
      const surplus = was.credentials.count - was.roll.count;
      parts.push({
        scrutin,
        lists,
        surplus,
        sealed: { ...was, uuid: scrutin.uuid, electionFile, fingerprint },
      });
    }
    return (await this.put(sealText(ground, parts), 'public')) === proposed.seal;
  }

  private async facts(
    board: Board,
    { listsClosed, calendar }: ElectionFacts,
    scrutins: readonly ScrutinRow[],
    surplus: ReadonlyMap<string, number>,
  ): Promise<SealingFacts> {
    const ids = scrutins.map(({ scrutinId }) => scrutinId);
    const electors = await countElectors(this.database.pool('register'), ids);
    const facts: SealingFacts['scrutins'][number][] = [];
    for (const { scrutinId, group, lists } of scrutins) {
      facts.push({
        scrutinId,
        group,
        lists: lists.length,
        ordered: lists.every(({ place }) => place !== undefined),
        electors: electors.get(scrutinId) ?? 0,
        credentials: await this.credentialLists.count(scrutinId),
        surplus: surplus.get(scrutinId) ?? 0,
        empty: await this.isEmpty(scrutinId),
      });
    }
    const administrators = await this.boards.administratorsOf(board);
    return { listsClosed, opensAt: calendar?.votingOpensAt, administrators, scrutins: facts };
  }

  private async ground(board: Board, { title, calendar }: ElectionFacts): Promise<SealedGround> {
    if (!board.key || !calendar) throw new Refusal('board.no-key', 'The board has no key yet.');
    return {
      electionId: board.electionId,
      electionTitle: title,
      boardId: board.boardId,
      boardTitle: board.title,
      calendar,
      keyHolders: board.key.keyHolders,
      publicKey: board.key.publicKey,
      acknowledgementKey: await this.acknowledgementKey.publicKey(),
      build: this.build.software(),
      booth: this.build.booth(),
    };
  }

  /** Writes the files of one scrutin: what is voted on, who may vote, and with which credentials. */
  private async fix(ground: SealedGround, scrutin: ScrutinRow, surplus: number): Promise<SealedPart> {
    const { scrutinId, uuid } = scrutin;
    const lists = await this.titled(scrutin);
    const { text, fingerprint } = electionText(ground, scrutin, lists);
    const electionFile = await this.put(text, 'public');
    const roll = await rollOf(this.database.pool('register'), this.registerKeys, scrutinId);
    const credentials = await this.credentialLists.of(scrutinId);
    if (credentials?.count !== roll.count + surplus)
      throw new Refusal(
        'sealing.credential-count',
        `${scrutinId}: electors or credentials changed meanwhile.`,
      );
    const sealed: SealedScrutin = {
      scrutinId,
      uuid,
      electionFile,
      fingerprint,
      roll: { root: roll.root, count: roll.count },
      rollFile: await this.documents.put(roll.content, 'text/plain', 'restricted'),
      credentials: { root: credentials.root, count: credentials.count },
      credentialsFile: await this.documents.put(credentials.content, 'text/plain', 'restricted'),
    };
    return { scrutin, lists, surplus, sealed };
  }

  private async titled({ lists }: ScrutinRow): Promise<TitledList[]> {
    return Promise.all(
      lists.map(async ({ listId, content, logo, statement }) => {
        const document = await this.documents.get(content);
        const { title } = JSON.parse(document?.content.toString() ?? '{}') as { title?: unknown };
        if (typeof title !== 'string' || title === '')
          throw new Error(`the document of list ${listId} has no title`);
        return { listId, title, content, logo, statement };
      }),
    );
  }

  private async scrutins(boardId: string): Promise<ScrutinRow[]> {
    const rows = await scrutinsOfBoard(this.database.pool('register'), boardId);
    return rows.filter(({ held }) => held === 'here');
  }

  private async isEmpty(scrutinId: string): Promise<boolean> {
    let empty = true;
    for await (const { revision } of this.store.readStream(`box-${scrutinId}`, { limit: 1 }))
      empty = revision < 0;
    return empty;
  }

  private async election(electionId: string): Promise<ElectionFacts> {
    let facts: ElectionFacts = { title: '', listsClosed: false, calendar: undefined };
    for await (const { type, data } of this.store.readStream(`election-${electionId}`)) {
      const event = decode(type, data);
      if (event.type === 'ElectionDeclared' || event.type === 'ElectionRenamed')
        facts = { ...facts, title: event.data.title };
      if (event.type === 'ListsClosed') facts = { ...facts, listsClosed: true };
      if (event.type === 'CalendarSet') {
        const { votingOpensAt, votingClosesAt, graceMinutes } = event.data;
        facts = { ...facts, calendar: { votingOpensAt, votingClosesAt, graceMinutes } };
      }
    }
    return facts;
  }

  private async catchUp(): Promise<void> {
    const head = await this.store.head();
    const reached = await Promise.all(
      ['scrutins', 'electors'].map((name) => this.projections.waitFor(name, head, PATIENCE)),
    );
    if (reached.includes(false))
      throw new Unavailable('the read models have not reached the head of the ledger');
  }

  private put(text: string, access: 'public' | 'restricted', type = 'application/json'): Promise<string> {
    return this.documents.put(Buffer.from(text), type, access);
  }
}
