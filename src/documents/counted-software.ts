import type { BoardRow } from '../projections/boards.projection.js';
import type { Documents } from './documents.js';

/** A release by its fingerprints: all that the server runs and serves, and of that the script that encrypts ballots. */
export interface Software {
  readonly build: string;
  readonly booth: string;
}

/** Which software counts for a board: the one that it sealed, or the one that was put in its place since (DH-5, CGFP 571). */
export class CountedSoftware {
  /** Of each seal, by its address: a document never changes. */
  private readonly sealed = new Map<string, Software>();

  constructor(private readonly documents: Documents) {}

  /** Undefined while nothing is sealed. */
  async of({ seal, replaced }: Pick<BoardRow, 'seal' | 'replaced'>): Promise<Software | undefined> {
    if (seal === undefined) return undefined;
    if (replaced) return { build: replaced.build, booth: replaced.booth };
    const known = this.sealed.get(seal) ?? (await this.read(seal));
    this.sealed.set(seal, known);
    return known;
  }

  private async read(seal: string): Promise<Software> {
    const document = await this.documents.get(seal);
    if (!document) throw new Error('the document of the seal is missing');
    const { build, booth } = JSON.parse(document.content.toString()) as Software; // we wrote it ourselves
    return { build, booth };
  }
}
