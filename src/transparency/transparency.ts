import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from '../cannot-start.js';
import { Malformed } from '../crypto/malformed.js';
import { noWitnesses, parseLogPolicy, type LogPolicy } from '../crypto/log-policy.js';
import type { Clock } from '../ledger/clock.js';
import type { EventStore } from '../ledger/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Database } from '../storage/database.js';
import { Checkpoints } from './checkpoints.js';
import { IntegrityMonitor } from './integrity.js';
import { LogSigner } from './log-signer.js';
import { LogStore } from './log-store.js';
import { TreeBuilder } from './tree-builder.js';

interface Parts {
  readonly store: EventStore;
  readonly ledger: Ledger;
  readonly database: Database;
  readonly clock: Clock;
  /** The log's name, such as `vote.example.fr/transparence`. */
  readonly origin: string;
  /** Path of a tlog-policy with the witnesses to ask. */
  readonly policyFile: string | undefined;
  /** 32 secret bytes. */
  readonly seed: Uint8Array;
  readonly onFailure: (error: Error) => void;
}

/** The transparency log of this deployment: what is published, who signs, who witnesses. A class, so that it is its own injection token. */
export class Transparency {
  readonly log: LogStore;
  readonly signer: LogSigner;
  readonly checkpoints: Checkpoints;
  readonly builder: TreeBuilder;
  readonly integrity: IntegrityMonitor;

  private constructor(
    parts: Parts,
    readonly policy: LogPolicy,
  ) {
    const { store, ledger, database, clock, origin, seed, onFailure } = parts;
    this.log = new LogStore(database);
    this.signer = new LogSigner(origin, seed);
    this.checkpoints = new Checkpoints(store, ledger, this.log, this.signer, policy, clock);
    this.builder = new TreeBuilder(store, database, onFailure);
    this.integrity = new IntegrityMonitor(store, database);
  }

  /** Throws `CannotStart` on a policy that cannot be read. */
  static async open(parts: Parts): Promise<Transparency> {
    return new Transparency(parts, await readPolicy(parts.policyFile));
  }

  /** Signs the log, a few seconds later where its tree has just started and lags behind what was signed. */
  async signWhenCaughtUp(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const last = await this.checkpoints.latest();
      const { size } = await this.log.state();
      if (last === undefined || size >= last.size || tries === 20) break;
      await sleep(500);
    }
    await this.checkpoints.sign();
  }

  /** What is wrong, for readiness; undefined when all is well. */
  problem(): string | undefined {
    const { state } = this.builder;
    if (state.phase === 'failed') return `the transparency log stopped: ${state.reason}`;
    return this.checkpoints.alarm ?? this.integrity.alarm;
  }
}

async function readPolicy(path: string | undefined): Promise<LogPolicy> {
  if (path === undefined) return noWitnesses;
  try {
    return parseLogPolicy(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Malformed ? cause.message : 'cannot be read';
    throw new CannotStart(`TRANSPARENCY_POLICY: ${reason}`, { cause });
  }
}
