import { bytesToHex } from '@noble/hashes/utils.js';
import { parseSignedCheckpoint } from '../crypto/checkpoint.js';
import { sha256Base64 } from '../crypto/digest.js';
import { ballotEntry, eventEntry, signatureEntry, type LoggedEvent } from '../crypto/log-entries.js';
import { reachesQuorum, type LogPolicy } from '../crypto/log-policy.js';
import { Malformed } from '../crypto/malformed.js';
import { leafHash, type Hash } from '../crypto/merkle.js';
import { CompactTree } from '../crypto/merkle-tree.js';
import { isSignedBy, type NoteKey } from '../crypto/signed-note.js';
import type { LedgerEvent } from '../events/codec.js';
import type { Findings } from './claims.js';

type CheckpointSigned = Extract<LedgerEvent, { type: 'CheckpointSigned' }>['data'];

/** Grows the tree of the log from what the bundle holds, and compares it with every signed root. */
export class TreeCheck {
  private readonly tree = CompactTree.empty();
  /** Leaves after the last signed size: a checkpoint comes later than what it covers. */
  private waiting: Hash[] = [];
  private readonly freezes: { leaf: number; place: string; witnessed: boolean; seen: boolean }[] = [];
  private lastSize = 0;
  private signed = 0;

  constructor(
    private readonly found: Findings,
    private readonly key: NoteKey,
    /** Whose cosignatures are asked for; nobody's when undefined. */
    private readonly policy: LogPolicy | undefined,
    /** A checkpoint that the auditor has from elsewhere, which the log must contain. */
    private elsewhere: { readonly size: number; readonly root: string } | undefined,
    /** Followed while it grows: its newest events are not signed yet. */
    private readonly live = false,
  ) {}

  get size(): number {
    return this.tree.size + this.waiting.length;
  }

  /** Leaves under the last signed root. */
  get signedSize(): number {
    return this.lastSize;
  }

  /** Entries that are shown as hashes only. */
  leaves(entries: readonly Uint8Array[]): void {
    for (const entry of entries) this.waiting.push(leafHash(entry));
  }

  event(stored: LoggedEvent, event: LedgerEvent | undefined, place: string): void {
    if (stored.stream === 'checkpoints') {
      if (event?.type === 'CheckpointSigned') this.checkpoint(event.data, place);
      return;
    }
    if (event?.type === 'BoxFrozen')
      this.freezes.push({ leaf: this.size, place, witnessed: false, seen: false });
    const entries = [eventEntry(stored)];
    if (event?.type === 'VotesCast') {
      const { scrutinId, signatures, ballots } = event.data;
      entries.push(...signatures.map((tag) => signatureEntry(scrutinId, tag)));
      entries.push(...ballots.map((ballot) => ballotEntry(scrutinId, sha256Base64(ballot))));
    }
    this.leaves(entries);
  }

  end(): void {
    const { found, elsewhere } = this;
    if (this.signed === 0) {
      found.fail(
        'checkpoints-are-roots-of-the-events',
        'bundle',
        'has no signed root: nothing binds it to the log',
      );
    } else {
      const tail = this.size - this.lastSize;
      const reason = `${tail} leaves follow the last signed root`;
      if (!this.live) found.require('bundle-is-complete', tail === 0, 'bundle', reason);
    }
    if (elsewhere) {
      const reason = `has not the ${elsewhere.size} leaves of the checkpoint given`;
      found.fail('checkpoints-are-roots-of-the-events', 'bundle', reason);
    }
    for (const { place, witnessed } of this.freezes) {
      if (this.policy === undefined) continue;
      found.require(
        'witnesses-saw-the-freeze',
        witnessed,
        place,
        'no later root has the quorum of witnesses',
      );
    }
    if (this.policy === undefined)
      found.because('witnesses-saw-the-freeze', 'no policy was given (--policy)');
    for (const { place, seen } of this.freezes) {
      if (!seen)
        found.fail('checkpoints-are-roots-of-the-events', place, 'no signed root covers this freeze');
    }
  }

  private checkpoint({ size, root, note }: CheckpointSigned, place: string): void {
    const { found } = this;
    this.signed += 1;
    const text = this.readNote(note, size, root, place);
    found.require(
      'checkpoints-never-go-back',
      size >= this.lastSize,
      place,
      `${size} after ${this.lastSize} leaves`,
    );
    found.checked('checkpoints-are-roots-of-the-events');
    if (size < this.lastSize) return;
    if (size > this.size) {
      const reason = `has ${size} leaves, the bundle ${this.size} before it`;
      found.fail('checkpoints-are-roots-of-the-events', place, reason);
      return;
    }
    this.growTo(size);
    this.lastSize = size;
    const own = bytesToHex(this.tree.root());
    if (own !== root)
      found.fail('checkpoints-are-roots-of-the-events', place, 'is not the root of the events');
    for (const freeze of this.freezes) {
      if (freeze.leaf >= size) continue;
      freeze.seen = true;
      freeze.witnessed ||=
        text !== undefined && this.policy !== undefined && reachesQuorum(this.policy, text);
    }
  }

  /** Advances the compared tree, and stops where the checkpoint from elsewhere is. */
  private growTo(size: number): void {
    const { elsewhere, found } = this;
    let taken = 0;
    const compare = () => {
      if (this.elsewhere === undefined || this.tree.size !== this.elsewhere.size) return;
      const same = bytesToHex(this.tree.root()) === this.elsewhere.root;
      found.require('checkpoints-are-roots-of-the-events', same, 'checkpoint given', 'is of another log');
      this.elsewhere = undefined;
    };
    if (elsewhere) compare();
    while (this.tree.size < size) {
      this.tree.append(this.waiting[taken] as Hash);
      taken += 1;
      if (elsewhere) compare();
    }
    this.waiting = this.waiting.slice(taken);
  }

  private readNote(note: string, size: number, root: string, place: string) {
    const { found, key } = this;
    found.checked('checkpoints-are-signed');
    try {
      const signed = parseSignedCheckpoint(note);
      const same = signed.size === size && bytesToHex(signed.root) === root && signed.origin === key.name;
      if (!same) found.fail('checkpoints-are-signed', place, 'the signed text says another root');
      if (!isSignedBy(signed.note, key))
        found.fail('checkpoints-are-signed', place, 'is not signed by the log');
      return signed;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      found.fail('checkpoints-are-signed', place, error.message);
      return undefined;
    }
  }
}
