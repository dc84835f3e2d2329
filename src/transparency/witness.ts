import { ed25519 } from '@noble/curves/ed25519.js';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAddCheckpoint } from '../crypto/add-checkpoint.js';
import { cosign, parseSignedCheckpoint, type SignedCheckpoint } from '../crypto/checkpoint.js';
import { Malformed } from '../crypto/malformed.js';
import { equalHashes, verifyConsistency } from '../crypto/merkle.js';
import { isSignedBy, noteKey, printNoteKey, printSignature, type NoteKey } from '../crypto/signed-note.js';

/** What a witness answers (c2sp.org/tlog-witness). */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
}

/**
 * A witness: it cosigns a checkpoint only if that continues the last one it cosigned, which it keeps on disk. Whoever runs
 * one, on its own machine, makes it impossible to show two pasts.
 */
export class WitnessServer {
  private busy: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    readonly key: NoteKey,
    private readonly seed: Uint8Array,
    private readonly logs: readonly NoteKey[],
    private readonly now: () => number,
  ) {}

  /** `now`: seconds since 1970. Makes the folder and its key on first use. */
  static async open(
    folder: string,
    name: string,
    logs: readonly NoteKey[],
    now = () => Math.floor(Date.now() / 1000),
  ): Promise<WitnessServer> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'key');
    if (!existsSync(path)) await persist(path, `${randomBytes(32).toString('base64')}\n`);
    const seed = new Uint8Array(Buffer.from((await readFile(path, 'utf8')).trim(), 'base64'));
    if (seed.length !== 32) throw new Error(`${path}: not 32 bytes in base64`);
    return new WitnessServer(folder, noteKey(name, 0x04, ed25519.getPublicKey(seed)), seed, logs, now);
  }

  /** What a policy names this witness by. */
  get vkey(): string {
    return printNoteKey(this.key);
  }

  /** Answers one request after the other: checking the last size and keeping the new one must not be interleaved. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const turn = this.busy.then(() => this.answer(body));
    this.busy = turn.catch(() => undefined);
    return turn;
  }

  private async answer(body: string): Promise<WitnessAnswer> {
    try {
      return await this.judge(body);
    } catch (error) {
      if (error instanceof Malformed) return say(400, error.message);
      throw error;
    }
  }

  private async judge(body: string): Promise<WitnessAnswer> {
    const { old, proof, checkpoint } = parseAddCheckpoint(body);
    const signed = parseSignedCheckpoint(checkpoint);
    const keys = this.logs.filter(({ name }) => name === signed.origin);
    if (keys.length === 0) return say(404, 'unknown log');
    if (!keys.some((key) => isSignedBy(signed.note, key))) return say(403, 'not signed by the log');
    if (old > signed.size) return say(400, 'old is larger than the checkpoint');
    const last = await this.last(signed.origin);
    const size = last?.size ?? 0;
    if (old !== size) return { status: 409, type: 'text/x.tlog.size', body: `${size}\n` };
    if (last && signed.size === size && !equalHashes(last.root, signed.root)) return say(409, 'another root');
    if (
      old === 0 ? proof.length > 0 : !verifyConsistency(old, signed.size, proof, rootOf(last), signed.root)
    ) {
      return say(422, 'no continuation of what was cosigned');
    }
    await persist(this.path(signed.origin), checkpoint);
    const line = printSignature(cosign(this.key, this.seed, signed.note.text, this.now()));
    return say(200, line);
  }

  /** The last checkpoint that was cosigned for a log. */
  private async last(origin: string): Promise<SignedCheckpoint | undefined> {
    const path = this.path(origin);
    return existsSync(path) ? parseSignedCheckpoint(await readFile(path, 'utf8'), path) : undefined;
  }

  private path(origin: string): string {
    return join(this.folder, `${createHash('sha256').update(origin).digest('hex')}.checkpoint`);
  }
}

function rootOf(last: SignedCheckpoint | undefined): Uint8Array {
  return last?.root ?? new Uint8Array();
}

function say(status: WitnessAnswer['status'], body: string): WitnessAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: body.endsWith('\n') ? body : `${body}\n` };
}

/** Written whole, or not at all, and on the disk before this returns. */
async function persist(path: string, content: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(join(path, '..'), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
