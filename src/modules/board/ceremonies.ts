import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { readSaid } from '../../crypto/key-ceremony-seat.js';
import { serverGroup } from '../../crypto/server-groups.js';
import { Malformed } from '../../crypto/malformed.js';
import type { Group } from '../../crypto/group.js';
import type { Signed } from '../../crypto/signed-message.js';
import { Documents } from '../../documents/documents.js';
import { ceremonyRounds } from '../../events/board.events.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  ComplainOfShare,
  ConcludeRound,
  SpeakInCeremony,
  type BoardKey,
  type CeremonyRound,
} from './board.commands.js';
import { presentRound, silentIn, type RunningCeremony } from './board.state.decider.js';
import { Boards } from './boards.js';
import { assembleKey, faultySeats, guiltyOf } from './ceremony-verdicts.js';

/** What a holder sends in a ceremony. */
export interface Said {
  readonly boardId: string;
  readonly ceremonyId: string;
  readonly staffId: string;
  readonly seat: number;
  /** A signed message as compact JSON. */
  readonly message: string;
}

/** Carries the messages of key holders, and has the cryptography judge each round. It holds no secret of anybody. */
@Injectable()
export class Ceremonies {
  constructor(
    private readonly commands: CommandBus,
    private readonly boards: Boards,
    private readonly documents: Documents,
  ) {}

  /** A message of a seat. When it is the last of its round, the round is judged. */
  async speak({ boardId, ceremonyId, staffId, seat, message }: Said, round: CeremonyRound): Promise<void> {
    const running = await this.boards.ceremony(boardId, ceremonyId);
    const group = await serverGroup(running.group);
    readMessage(group, message);
    const before = ceremonyRounds[ceremonyRounds.indexOf(round) - 1];
    // A round that is over never changes: what is judged here holds whoever speaks at the same time.
    const over =
      running.ended === undefined && before !== undefined && silentIn(running, before).length === 0;
    const faulty = over ? faultySeats(group, running, before) : [];
    await this.commands.execute(
      new SpeakInCeremony(boardId, ceremonyId, staffId, seat, round, message, faulty),
    );
    await this.conclude(boardId, ceremonyId, round);
  }

  /** A seat shows a share that is wrong. */
  async complain({ boardId, ceremonyId, staffId, seat, message }: Said): Promise<void> {
    const running = await this.boards.ceremony(boardId, ceremonyId);
    const group = await serverGroup(running.group);
    const complaint = readMessage(group, message);
    const dealt = presentRound(running) === 'completion';
    const faulty = dealt ? guiltyOf(group, running, seat, complaint) : [];
    await this.commands.execute(new ComplainOfShare(boardId, ceremonyId, staffId, seat, message, faulty));
  }

  /** Judges a round in which all have spoken; does nothing while somebody has not. A crash before it is made up for. */
  async conclude(boardId: string, ceremonyId: string, round: CeremonyRound): Promise<void> {
    const running = await this.boards.ceremony(boardId, ceremonyId);
    if (running.ended !== undefined || silentIn(running, round).length > 0) return;
    const group = await serverGroup(running.group);
    const faulty = faultySeats(group, running, round);
    const made = faulty.length === 0 && round === 'completion' ? assembleKey(group, running) : undefined;
    const condemned = made && 'faulty' in made ? made.faulty : faulty;
    const key = made && 'file' in made ? await this.publish(running, made) : undefined;
    await this.commands.execute(new ConcludeRound(boardId, ceremonyId, round, condemned, key));
  }

  private async publish(
    { practice }: RunningCeremony,
    { file, owners, publicKey }: { file: string; owners: number[]; publicKey: string },
  ): Promise<BoardKey | undefined> {
    if (practice) return undefined; // of a practice nothing is kept
    const keyHolders = await this.documents.put(Buffer.from(file), 'application/json', 'public');
    return { keyHolders, owners, publicKey };
  }
}

function readMessage(group: Group, message: string): Signed {
  try {
    return readSaid(group, message, 'message');
  } catch (error) {
    if (error instanceof Malformed) throw new Refusal('ceremony.malformed', `${error.path}: ${error.reason}`);
    throw error;
  }
}
