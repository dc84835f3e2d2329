import { Injectable } from '@nestjs/common';
import { canonicalJson, type Json } from '../../crypto/canonical-json.js';
import { listIdOf, titleOf } from '../../crypto/answers.js';
import { parseElection } from '../../crypto/election.js';
import { decode, isOf } from '../../events/codec.js';
import { Documents } from '../../documents/documents.js';
import { EventStore } from '../../ledger/event-store.js';
import { Refusal } from '../../ledger/refusal.js';
import { StaffCodes } from '../../vault/staff-codes.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { SignMinutes } from './counting.commands.js';
import type { Counted } from './counting.decider.js';

/** The minutes of one scrutin, made of events alone, so that the same events make the same text (CGFP 577). */
@Injectable()
export class Minutes {
  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly store: EventStore,
    private readonly documents: Documents,
    private readonly codes: StaffCodes,
  ) {}

  /** The text that is signed. Refuses before the result. */
  async of(scrutinId: string): Promise<string> {
    const box = await this.boxes.of(scrutinId);
    const { frozen, reconciled, tally, result } = box;
    if (!frozen || !reconciled || !tally || !result)
      throw new Refusal('counting.no-result', 'No result was proclaimed yet.');
    const election = parseElection(await this.boards.text(box.opened.electionFile));
    const titles = new Map(
      election.questions.flatMap(({ answers }) => answers.map((one) => [listIdOf(one) ?? '', titleOf(one)])),
    );
    const { opened, closesAt, interruptions, filed, rejected, draws } = box;
    const board = await this.boards.of(opened.boardId);
    const minutes = {
      ...{ scrutinId, electionId: opened.electionId, title: election.name, board: board.title },
      ...{ opensAt: opened.opensAt, closesAt, frozenAt: frozen.at, proclaimedAt: result.at },
      ...{ sealApprovedBy: board.approvedBy, roll: opened.roll.count },
      ...{ signatures: frozen.signatures, ballots: frozen.ballots, tallied: tally.ballots },
      ...{ batches: frozen.batches, thinBatches: frozen.thinBatches, reassorts: frozen.reassorts },
      ...{
        boxRoot: frozen.boxRoot,
        registerRoot: frozen.registerRoot,
        reconciledBy: reconciled.reconciledBy,
      },
      blank: result.blank,
      lists: result.votes.map((one) => ({ ...one, title: titles.get(one.listId) ?? '' })),
      seats: result.seats,
      draws: draws.map(({ step, among, drawn, seed }) => ({ step, among, drawn, seed })),
      decryptedBy: [...filed.values()].map(({ seat, staffId }) => ({ seat, staffId })),
      rejectedDecryptions: rejected.map(({ seat, reason, at }) => ({ seat, reason, at })),
      interruptions: interruptions.map(({ type, data }) => ({ type, ...data })),
      journal: await this.journal(opened.electionId, scrutinId),
      remarks: remarksOn(box),
    };
    return canonicalJson(JSON.parse(JSON.stringify(minutes)) as Json);
  }

  /** A member signs with a one-time password: the secretary first, then who countersigns. */
  async sign(scrutinId: string, staffId: string, code: string): Promise<string> {
    const { opened } = await this.boxes.of(scrutinId);
    await this.boards.memberOf(opened.boardId, staffId);
    await this.confirm(staffId, code);
    return this.signOne(scrutinId, staffId);
  }

  /** Signs the minutes of all these scrutins of one board with one one-time password. */
  async signAll(
    boardId: string,
    scrutinIds: readonly string[],
    staffId: string,
    code: string,
  ): Promise<void> {
    await this.boards.memberOf(boardId, staffId);
    await this.confirm(staffId, code);
    for (const scrutinId of scrutinIds) await this.signOne(scrutinId, staffId);
  }

  private async confirm(staffId: string, code: string): Promise<void> {
    if (!(await this.codes.confirm(staffId, code)))
      throw new Refusal('counting.wrong-code', 'The one-time password is wrong or was used.', 'forbidden');
  }

  private async signOne(scrutinId: string, staffId: string): Promise<string> {
    const { opened, signed } = await this.boxes.of(scrutinId);
    const { board, seat } = await this.boards.memberOf(opened.boardId, staffId);
    const text = signed[0] ? await this.boards.text(signed[0].minutes) : await this.of(scrutinId);
    const minutes = await this.documents.put(Buffer.from(text), 'application/json', 'public');
    const office = board.seats.get(seat)?.office ?? 'delegate';
    await this.boxes.execute(new SignMinutes(scrutinId, minutes, office, seat, staffId));
    return minutes;
  }

  /** Incidents, interventions and replaced builds of the election: who and when, the texts by their hashes. */
  private async journal(electionId: string, scrutinId: string): Promise<object[]> {
    const entries: object[] = [];
    for await (const { type, data } of this.store.readStream(`election-${electionId}`)) {
      const event = decode(type, data);
      if (!isOf(event, 'election')) continue;
      const elsewhere = event.type === 'IncidentLogged' && (event.data.scrutinId ?? scrutinId) !== scrutinId;
      const journal = ['IncidentLogged', 'InterventionLogged', 'BuildReplaced'].includes(event.type);
      if (journal && !elsewhere) entries.push({ type: event.type, ...event.data });
    }
    return entries;
  }
}

/** What the board must say where counter, register and tally do not agree (CGFP 574). */
export function remarksOn({ frozen, tally, result }: Counted): string[] {
  const counted = result && result.blank + result.votes.reduce((sum, { votes }) => sum + votes, 0);
  const remarks: string[] = [];
  if (frozen && frozen.ballots !== frozen.signatures)
    remarks.push(`${frozen.ballots} bulletins pour ${frozen.signatures} émargements.`);
  if (frozen && tally && tally.ballots !== frozen.ballots)
    remarks.push(`${tally.ballots} bulletins additionnés sur ${frozen.ballots}.`);
  if (frozen && counted !== frozen.ballots)
    remarks.push(`${counted ?? 0} suffrages dépouillés pour ${frozen.ballots} bulletins.`);
  return remarks;
}
