import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomInt, randomUUID } from 'node:crypto';
import {
  combineDecryptions,
  decryptionFlaw,
  parseDecryption,
  type OwnedDecryption,
} from '../../crypto/decryption.js';
import type { Group } from '../../crypto/group.js';
import { holderKeys, parseKeyHolders, type KeyHolders } from '../../crypto/key-holders.js';
import { Malformed } from '../../crypto/malformed.js';
import { rehearsalFingerprint, rehearsalTally } from '../../crypto/rehearsal.js';
import { serverGroup } from '../../crypto/server-groups.js';
import { printTally, type EncryptedTally } from '../../crypto/tally.js';
import { Documents } from '../../documents/documents.js';
import { Refusal } from '../../ledger/refusal.js';
import { ConcludeRehearsal, DecryptRehearsal, StartRehearsal } from './board.commands.js';
import type { Board } from './board.state.decider.js';
import { Boards } from './boards.js';

const CHOICES = 3;
const MOST_VOTES = 20;

/** Test decryptions on the eve: do the shares that holders kept open what is encrypted to the key of the board? */
@Injectable()
export class Rehearsals {
  constructor(
    private readonly commands: CommandBus,
    private readonly boards: Boards,
    private readonly documents: Documents,
  ) {}

  /** Encrypts votes that everybody knows to the key of the board. */
  async start(boardId: string): Promise<string> {
    const { key } = await this.boards.of(boardId);
    if (!key) throw new Refusal('board.no-key', 'The board has no key yet.');
    const group = await serverGroup(key.group);
    const { publicKey } = key;
    const votes = Array.from({ length: CHOICES }, () => randomInt(MOST_VOTES));
    const rehearsalId = randomUUID();
    const tally = rehearsalTally(group, { boardId, rehearsalId, publicKey, votes });
    await this.commands.execute(new StartRehearsal(boardId, rehearsalId, printTally(group, tally), votes));
    return rehearsalId;
  }

  /** What a seat decrypted. With a quorum of every group, the votes are compared and the rehearsal is over. */
  async decrypt(
    boardId: string,
    rehearsalId: string,
    staffId: string,
    seat: number,
    text: string,
  ): Promise<void> {
    const before = await this.boards.of(boardId);
    const sound = await this.isSound(before, seat, text);
    await this.commands.execute(new DecryptRehearsal(boardId, rehearsalId, staffId, seat, text, sound));
    const seats = await this.whoFoundIt(await this.boards.of(boardId));
    await this.commands.execute(new ConcludeRehearsal(boardId, rehearsalId, seats));
  }

  private async isSound(board: Board, seat: number, text: string): Promise<boolean> {
    const { key, rehearsal } = board;
    if (!key || !rehearsal) return false;
    const { group, holders, tally } = await this.parts(board);
    const owner = holderKeys(holders)[key.owners.indexOf(seat)];
    if (!owner) return false;
    try {
      const decryption = parseDecryption(group, [rehearsal.votes.length], text);
      return (
        decryptionFlaw(group, rehearsalElection(board), tally, owner.publicKey, decryption) === undefined
      );
    } catch (error) {
      if (error instanceof Malformed) return false;
      throw error;
    }
  }

  private async whoFoundIt(board: Board): Promise<number[] | undefined> {
    const { key, rehearsal } = board;
    if (!key || !rehearsal) return undefined;
    const { group, holders, tally } = await this.parts(board);
    const owned = [...rehearsal.decryptions].map(([seat, text]): OwnedDecryption => ({
      owner: key.owners.indexOf(seat) + 1,
      decryption: parseDecryption(group, [rehearsal.votes.length], text),
    }));
    const outcome = combine(group, rehearsalElection(board), holders, tally, owned);
    if (outcome?.kind !== 'result' || JSON.stringify(outcome.result) !== JSON.stringify([rehearsal.votes]))
      return undefined;
    return [...rehearsal.decryptions.keys()].sort((a, b) => a - b);
  }

  private async parts({ boardId, key, rehearsal }: Board): Promise<{
    group: Group;
    holders: KeyHolders;
    tally: EncryptedTally;
  }> {
    const group = await serverGroup(key?.group ?? 'Ed25519');
    const file = await this.documents.get(key?.keyHolders ?? '');
    if (!file || !rehearsal) throw new Error('the file of key holders is missing');
    const holders = parseKeyHolders(group, file.content.toString());
    const { rehearsalId, votes } = rehearsal;
    const tally = rehearsalTally(group, { boardId, rehearsalId, publicKey: key?.publicKey ?? '', votes });
    if (printTally(group, tally) !== rehearsal.tally)
      throw new Refusal('rehearsal.other-tally', 'The tally of this rehearsal is not that of its votes.');
    return { group, holders, tally };
  }
}

/** What the proofs of a rehearsal are bound to: no election has this fingerprint. */
function rehearsalElection({ boardId, rehearsal }: Board): { fingerprint: string } {
  return { fingerprint: rehearsalFingerprint(boardId, rehearsal?.rehearsalId ?? '') };
}

/** Undefined when somebody proved a factor that is wrong (T5): others must decrypt too. */
function combine(...[group, election, holders, tally, owned]: Combining) {
  try {
    return combineDecryptions(group, election, holders, tally, owned, MOST_VOTES);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Combining = Parameters<typeof combineDecryptions> extends [...infer Given, number] ? Given : never;
