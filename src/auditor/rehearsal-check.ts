import { decryptionFlaw, parseDecryption } from '../crypto/decryption.js';
import type { Group } from '../crypto/group.js';
import { holderKeys, parseKeyHolders } from '../crypto/key-holders.js';
import { Malformed } from '../crypto/malformed.js';
import { rehearsalFingerprint, rehearsalTally } from '../crypto/rehearsal.js';
import { serverGroup } from '../crypto/server-groups.js';
import { printTally, type EncryptedTally } from '../crypto/tally.js';
import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import type { Documents } from './documents.js';

type Data<T> = Extract<EventOf<'board'>, { type: T }>['data'];

interface Rehearsed {
  readonly key: Data<'BoardKeyPublished'>;
  readonly group: Group;
  readonly votes: readonly number[];
  readonly tally: EncryptedTally;
}

/** Rehearsals decrypt known votes, and nothing while there are ballots to decrypt (docs/protocol.md, K9). */
export class RehearsalCheck {
  private readonly keys = new Map<string, Data<'BoardKeyPublished'>>();
  private readonly rehearsals = new Map<string, Rehearsed | undefined>();
  /** The boxes of each board that were opened and not counted. */
  private readonly open = new Map<string, Set<string>>();
  private readonly boardOf = new Map<string, string>();

  constructor(
    private readonly found: Findings,
    private readonly documents: Documents,
  ) {}

  box({ type, data }: EventOf<'box'>): void {
    const { scrutinId } = data;
    if (type === 'BoxOpened') {
      const open = this.open.get(data.boardId) ?? new Set();
      this.open.set(data.boardId, open.add(scrutinId));
      this.boardOf.set(scrutinId, data.boardId);
    }
    if (type === 'ResultProclaimed') this.open.get(this.boardOf.get(scrutinId) ?? '')?.delete(scrutinId);
  }

  async board({ type, data }: EventOf<'board'>, place: string): Promise<void> {
    if (type === 'BoardKeyPublished') this.keys.set(data.boardId, data);
    if (type !== 'RehearsalStarted' && type !== 'RehearsalDecrypted') return;
    const open = this.open.get(data.boardId)?.size ?? 0;
    this.require(open === 0, place, 'rehearses while a box is open or not counted');
    if (type === 'RehearsalStarted') this.rehearsals.set(data.rehearsalId, await this.started(data, place));
    else this.decrypted(data, place);
  }

  private async started(data: Data<'RehearsalStarted'>, place: string): Promise<Rehearsed | undefined> {
    const { boardId, rehearsalId, votes } = data;
    const key = this.keys.get(boardId);
    if (!this.require(key !== undefined, place, 'rehearses without a key') || !key) return undefined;
    const { publicKey } = key;
    try {
      const group = await serverGroup(/^[0-9a-f]{64}$/.test(publicKey) ? 'Ed25519' : 'BELENIOS-2048'); // G2
      const tally = rehearsalTally(group, { boardId, rehearsalId, publicKey, votes });
      this.require(printTally(group, tally) === data.tally, place, 'its tally is not that of its votes');
      return { key, group, votes, tally };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.require(false, place, error.message);
      return undefined;
    }
  }

  /** What was decrypted is the tally of the votes: a factor of something else has no proof. */
  private decrypted({ boardId, rehearsalId, seat, decryption }: Data<'RehearsalDecrypted'>, place: string) {
    const known = this.require(this.rehearsals.has(rehearsalId), place, 'decrypts no rehearsal');
    const rehearsed = this.rehearsals.get(rehearsalId);
    if (!known || !rehearsed) return;
    const { key, group, votes, tally } = rehearsed;
    const trustees = this.documents.text(key.keyHolders);
    if (trustees === undefined) return; // the documents say that it is missing
    try {
      const owner = holderKeys(parseKeyHolders(group, trustees))[key.owners.indexOf(seat)];
      const election = { fingerprint: rehearsalFingerprint(boardId, rehearsalId) };
      const parsed = parseDecryption(group, [votes.length], decryption);
      const proved =
        owner !== undefined && decryptionFlaw(group, election, tally, owner.publicKey, parsed) === undefined;
      this.require(proved, place, 'is not proved to decrypt its rehearsal');
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.require(false, place, error.message);
    }
  }

  private require(holds: boolean, place: string, reason: string): boolean {
    return this.found.require('register-key-was-destroyed-before-decryption', holds, place, reason);
  }
}
