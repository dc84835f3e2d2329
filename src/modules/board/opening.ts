import { Injectable } from '@nestjs/common';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Log } from '../../operations/log.js';
import { boardsToOpen, unsealedAtTheHour } from '../../projections/boards.projection.js';
import { Database } from '../../storage/database.js';
import { isSealed } from './board.state.decider.js';
import { Boards } from './boards.js';
import { boxOpening, electionOpening } from './opening.decider.js';
import { readSeal } from './seal-content.js';

const ALARM = 60_000; // milliseconds between two alarms of the same kind

/** Opens what is sealed at the hour that was sealed with it, whoever restarts meanwhile. The scheduler calls it. */
@Injectable()
export class Opening {
  private alarmed = 0; // milliseconds since 1970

  constructor(
    private readonly boards: Boards,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly log: Log,
  ) {}

  /** Opens every box whose hour has come. Doing it twice, or at once in two instances, opens each once. */
  async openWhatIsDue(): Promise<void> {
    const now = this.clock.now();
    const register = this.database.pool('register');
    const failures: unknown[] = [];
    for (const boardId of await boardsToOpen(register, now))
      await this.openBoard(boardId).catch((error: unknown) => failures.push(error)); // another board is no worse for it
    const refused = failures.filter((error) => error instanceof Refusal);
    this.alarm(await unsealedAtTheHour(register, now), refused);
    if (failures.length > refused.length) throw failures.find((error) => !(error instanceof Refusal));
  }

  /** Opens the boxes of one board. Refuses one that is not sealed, or before its hour. */
  async openBoard(boardId: string): Promise<void> {
    const board = await this.boards.of(boardId);
    const { sealing, electionId } = board;
    if (!sealing || !isSealed(board)) throw new Refusal('opening.not-sealed', 'The scrutins are not sealed.');
    const { seal, keyHolders, scrutins } = sealing.proposed;
    const document = await this.documents.get(seal);
    if (!document) throw new Error('the document of the seal is missing');
    const { votingOpensAt, votingClosesAt, graceMinutes } = readSeal(document.content).calendar;
    const common = { electionId, boardId, seal, keyHolders, graceMinutes };
    for (const { scrutinId, electionFile, roll, rollFile, credentials, credentialsFile } of scrutins) {
      const fixed = { scrutinId, electionFile, roll, rollFile, credentials, credentialsFile };
      const sealed = { ...common, ...fixed, opensAt: votingOpensAt, closesAt: votingClosesAt };
      await this.ledger.execute(boxOpening, `box-${scrutinId}`, { sealed }, this.clock.now());
    }
    await this.ledger.execute(electionOpening, `election-${electionId}`, { electionId }, this.clock.now());
  }

  /** Somebody must know at once that electors stand before a box that is shut. */
  private alarm(unsealed: readonly string[], refused: readonly Refusal[]): void {
    if (unsealed.length + refused.length === 0 || Date.now() - this.alarmed < ALARM) return;
    this.alarmed = Date.now();
    const codes = refused.map(({ code }) => code);
    this.log.pino.error({ scrutins: unsealed, codes }, 'voting should have opened, and these boxes are shut');
  }
}
