import { bytesToHex } from '@noble/hashes/utils.js';
import { parseSignedCheckpoint } from '../crypto/checkpoint.js';
import { reachesQuorum, type LogPolicy } from '../crypto/log-policy.js';
import { decode } from '../events/codec.js';
import type { Clock } from '../ledger/clock.js';
import type { EventStore } from '../ledger/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { checkpointDecider, type CheckpointState, type SignedRoot } from './checkpoint.decider.js';
import { CHECKPOINTS } from './log-entries-of.js';
import type { LogSigner } from './log-signer.js';
import type { LogStore } from './log-store.js';
import { WitnessClient } from './witness-client.js';

/** Milliseconds that an append of a checkpoint may fight for its turn. */
const DEADLINE = 5_000;

/** Signs the root of the log every minute, with the cosignatures that witnesses give in time. */
export class Checkpoints {
  private readonly client = new WitnessClient();
  /** Witnesses that did not answer the last time, and why: for operators. */
  failures: ReadonlyMap<string, string> = new Map();
  /** Why no checkpoint can be signed any more; undefined when all is well. */
  alarm: string | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly ledger: Ledger,
    private readonly log: LogStore,
    private readonly signer: LogSigner,
    private readonly policy: LogPolicy,
    private readonly clock: Clock,
  ) {}

  /** Signs the log as it stands, also when nothing was added. Throws when it is no continuation of what was signed. */
  async sign(): Promise<SignedRoot> {
    const last = await this.newest();
    const { size, root } = await this.log.root();
    await this.requireContinuation(last?.state, size);
    const own = this.signer.sign(size, root);
    const { lines, failures } = await this.client.collect(this.policy.witnesses, {
      checkpoint: own,
      size,
      consistency: (old) => this.log.consistencyProof(old, size),
    });
    this.failures = failures;
    const signed = { size, root: bytesToHex(root), note: own + lines };
    await this.ledger.executeBatch(checkpointDecider, CHECKPOINTS, [signed], this.clock.now(), {
      ...(last && { since: last }),
      deadline: performance.now() + DEADLINE,
    });
    return signed;
  }

  /** The newest checkpoint of the ledger. */
  async latest(): Promise<SignedRoot | undefined> {
    return (await this.newest())?.state;
  }

  /**
   * The newest checkpoint over the leaf that froze this box on which the witnesses have reached the quorum of the policy;
   * undefined while they have not. Nothing may be decrypted before it (design 6).
   */
  async ofFreeze(scrutinId: string): Promise<SignedRoot | undefined> {
    const leaf = await this.log.freezeLeaf(scrutinId);
    if (leaf === undefined) return undefined;
    for await (const { type, data } of this.store.readStream(CHECKPOINTS, { direction: 'backwards' })) {
      const event = decode(type, data);
      if (event.type !== 'CheckpointSigned' || event.data.size <= leaf) return undefined;
      if (reachesQuorum(this.policy, parseSignedCheckpoint(event.data.note))) return event.data;
    }
    return undefined;
  }

  private async newest(): Promise<{ state: CheckpointState; revision: number } | undefined> {
    for await (const { type, data, revision } of this.store.readStream(CHECKPOINTS, {
      direction: 'backwards',
      limit: 1,
    })) {
      return { state: checkpointDecider.evolve(undefined, decode(type, data)), revision };
    }
    return undefined;
  }

  /** A log restored from a back-up, or rebuilt from a changed ledger, must not be signed. */
  private async requireContinuation(last: CheckpointState, size: number): Promise<void> {
    if (last === undefined) return;
    if (size < last.size) {
      // The tree of this instance lags behind after a restart, or the ledger has lost events.
      throw new Error(`the log has ${size} leaves, ${last.size} were signed`);
    }
    if (bytesToHex(await this.log.rootAt(last.size)) !== last.root) {
      this.alarm = `the log differs from what was signed at ${last.size} leaves`;
      throw new Error(this.alarm);
    }
    this.alarm = undefined;
  }
}
