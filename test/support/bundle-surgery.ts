import { createHash } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import { leafHash } from '../../src/crypto/merkle.js';
import { CompactTree } from '../../src/crypto/merkle-tree.js';
import { decode } from '../../src/events/codec.js';
import type { ClaimName } from '../../src/auditor/claims.js';
import { entriesOf } from '../../src/transparency/log-entries-of.js';
import type { LogSigner } from '../../src/transparency/log-signer.js';
import type { Finished } from './finished-election.js';

export interface BundleEvent {
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
}
type Line = Record<string, unknown> & { event?: BundleEvent };
export type Data = Record<string, never>;

/** One kind of tampering: what somebody does, the claim under which it is found, and how it is done. */
export type Tampering = readonly [
  name: string,
  claim: ClaimName,
  tamper: (bundle: Surgery, election: Finished) => unknown,
];

/** Whether it is an event of this type, in whichever wire form. */
function isOf(event: BundleEvent | undefined, type: string): boolean {
  return event?.type.replace(/\.v\d+$/, '') === type;
}

/** A bundle taken apart, to be changed in one place and put together again. */
export class Surgery {
  readonly lines: Line[];

  constructor(text: string) {
    this.lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  }

  /** The number of the line of an event of this type, by default the first one. */
  find(type: string, which = 0, stream = ''): number {
    const found = this.lines.flatMap(({ event }, i) =>
      isOf(event, type) && event?.stream.startsWith(stream) ? [i] : [],
    );
    const at = found.at(which);
    if (at === undefined) throw new Error(`no ${type} number ${which}`);
    return at;
  }

  event(at: number): BundleEvent {
    return this.lines[at]?.event as BundleEvent;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change fields at will
  data(at: number): any {
    return JSON.parse(this.event(at).data);
  }

  /** Changes the data of an event and writes it canonically. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change fields at will
  change(type: string, how: (data: any) => void, which = 0): this {
    const at = this.find(type, which);
    const data = this.data(at) as Json;
    how(data);
    this.event(at).data = canonicalJson(data);
    return this;
  }

  /** The same with every event of a type. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change fields at will
  changeAll(type: string, how: (data: any) => void): this {
    const all = this.lines.filter(({ event }) => isOf(event, type)).length;
    for (let which = 0; which < all; which += 1) this.change(type, how, which);
    return this;
  }

  /** Puts another text in the place of a document, and its hash wherever the old one was named. */
  replaceDocument(sha256: string, how: (text: string) => string): this {
    for (const line of this.lines) {
      const document = line['document'] as { sha256: string; base64: string } | undefined;
      if (document?.sha256 !== sha256) continue;
      const content = Buffer.from(how(Buffer.from(document.base64, 'base64').toString()));
      const hash = createHash('sha256').update(content).digest('hex');
      line['document'] = { ...document, sha256: hash, base64: content.toString('base64') };
      for (const { event } of this.lines) if (event) event.data = event.data.replaceAll(sha256, hash);
      return this;
    }
    throw new Error(`no document ${sha256}`);
  }

  /** Changes the first archive, byte by byte a character. */
  archive(how: (content: string) => string): this {
    for (const line of this.lines) {
      const archive = line['archive'] as { base64: string } | undefined;
      if (!archive) continue;
      const content = Buffer.from(archive.base64, 'base64').toString('latin1');
      archive.base64 = Buffer.from(how(content), 'latin1').toString('base64');
      return this;
    }
    throw new Error('no archive');
  }

  /** Takes an event out, and numbers those behind it in its stream anew. */
  drop(type: string, which = 0): this {
    const at = this.find(type, which);
    const { stream, revision } = this.event(at);
    this.lines.splice(at, 1);
    for (const { event } of this.lines) {
      if (event?.stream === stream && event.revision > revision) event.revision -= 1;
    }
    return this;
  }

  /** Puts an event behind another one of the same stream. */
  insert(after: number, event: Omit<BundleEvent, 'revision' | 'stream'>): this {
    const { stream, revision } = this.event(after);
    for (const { event: other } of this.lines) {
      if (other?.stream === stream && other.revision > revision) other.revision += 1;
    }
    this.lines.splice(after + 1, 0, { event: { ...event, stream, revision: revision + 1 } });
    return this;
  }

  text(): string {
    return this.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }

  /** The same as whoever holds the key of the log would publish it: roots and counts made anew. */
  signedBy(signer: LogSigner): string {
    const tree = CompactTree.empty();
    let events = 0;
    for (const line of this.lines) {
      for (const leaf of (line['leaves'] as string[] | undefined) ?? []) {
        tree.append(leafHash(Uint8Array.from(Buffer.from(leaf, 'hex'))));
      }
      const { event } = line;
      if (!event) continue;
      events += 1;
      if (event.stream === 'checkpoints') {
        const data = JSON.parse(event.data) as { at: string };
        const root = tree.root();
        const { size } = tree;
        const note = signer.sign(size, root);
        event.data = canonicalJson({ size, root: bytesToHex(root), note, at: data.at });
        continue;
      }
      for (const entry of entriesOf(event, decode(event.type, event.data)).entries)
        tree.append(leafHash(entry));
    }
    const end = this.lines.find((line) => 'end' in line);
    if (end) end['end'] = { ...(end['end'] as object), events, leaves: tree.size };
    return this.text();
  }
}
