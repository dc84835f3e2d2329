import { ArchiveChain } from '../crypto/archive-events.js';
import { archivePieces, type ArchiveRecord } from '../crypto/archive.js';
import { sha256Base64 } from '../crypto/digest.js';

/** What an archive is made of, as the events and documents of the bundle say. */
export interface ArchiveParts {
  /** When the box was frozen. */
  readonly frozenAt: string;
  readonly election: string;
  readonly keyHolders: string;
  readonly credentials: readonly string[];
  /** The ballots of the box, in its order. */
  readonly references: readonly string[];
  readonly tally: string;
  readonly decryptions: readonly { readonly owner: number; readonly decryption: string }[];
  readonly result: string;
}

const HEADER = 512; // bytes of a header of tar, and of what contents are padded to

/**
 * Compares an archive with what the events say, piece by piece as it comes (docs/protocol.md, T7): all of it is known but
 * the texts of the ballots, which are known by their references.
 */
export class ArchiveCheck {
  private rest: Buffer = Buffer.alloc(0);
  private expected: Buffer[] = [];
  private ballot = 0;
  private ended = false;
  private records: ArchiveRecord[] = [];
  private readonly chain = new ArchiveChain((record) => this.records.push(record));
  private readonly timestamp: string;

  constructor(private readonly parts: ArchiveParts) {
    this.timestamp = String(Math.floor(Date.parse(parts.frozenAt) / 1000));
    this.chain.setup(parts.election, parts.keyHolders, JSON.stringify(parts.credentials));
    this.expect(true);
  }

  /** The next piece. Gives what is wrong with it. */
  take(content: Buffer): string | undefined {
    this.rest = Buffer.concat([this.rest, content]);
    for (;;) {
      const [next] = this.expected;
      if (next === undefined) {
        if (this.ballot < this.parts.references.length) {
          const flaw = this.readBallot();
          if (flaw !== undefined) return flaw === 'wait' ? undefined : flaw;
        } else if (!this.ended) this.count();
        else return this.rest.length > 0 ? 'goes on after its result' : undefined;
        continue;
      }
      const length = Math.min(next.length, this.rest.length);
      if (!next.subarray(0, length).equals(this.rest.subarray(0, length)))
        return `is not what the events give, after ${this.ballot} ballots`;
      this.rest = this.rest.subarray(length);
      if (length < next.length) {
        this.expected[0] = next.subarray(length);
        return undefined;
      }
      this.expected.shift();
    }
  }

  /** What is wrong when nothing more comes. */
  end(): string | undefined {
    const whole = this.ended && this.expected.length === 0 && this.rest.length === 0;
    return whole ? undefined : `ends after ${this.ballot} ballots`;
  }

  private readBallot(): string | undefined {
    const { rest } = this;
    if (rest.length < HEADER) return 'wait';
    const size = parseInt(rest.toString('latin1', 124, 135), 8);
    if (rest.length < HEADER + size) return size > 1e8 ? 'has a ballot of no sensible size' : 'wait';
    const text = rest.toString('utf8', HEADER, HEADER + size);
    if (sha256Base64(text) !== this.parts.references[this.ballot])
      return `has not ballot ${this.ballot + 1} of the box in its place`;
    this.ballot += 1;
    this.chain.ballot(text);
    this.expect();
    return undefined;
  }

  private count(): void {
    const { references, tally, decryptions, result } = this.parts;
    this.chain.endBallots();
    this.chain.encryptedTally(tally, references.length, BigInt(references.length));
    for (const { owner, decryption } of decryptions) this.chain.partialDecryption(owner, decryption);
    this.chain.result(result);
    this.expect();
    this.ended = true;
  }

  /** Expects the records that were made, and before the first of them the description. */
  private expect(first = false): void {
    const pieces = [...archivePieces(this.timestamp, this.records.splice(0))];
    this.expected.push(...(first ? pieces : pieces.slice(1)).map((piece) => Buffer.from(piece)));
  }
}
