/** What the page of the booth is told by the server, and what of it is pinned: sealed before anybody voted. */

/** What was sealed for one scrutin. Nothing that comes later may differ from it. */
export interface PinnedScrutin {
  readonly scrutinId: string;
  readonly title: string;
  /** The hash of the sealed configuration, which the board approved and displays. */
  readonly seal: string;
  /** SHA-256 (hex) of the election file, and its fingerprint in Belenios. */
  readonly electionFile: string;
  readonly fingerprint: string;
  /** Who acknowledges votes (64 hex digits). */
  readonly acknowledgementKey: string;
}

/** In the page itself, so that it cannot change while the page is open. */
export interface Pinned {
  readonly electionId: string;
  readonly election: string;
  readonly csrf: string;
  /** « 01/12/2022 à 12h28 (heure de Paris) » (F6). */
  readonly lastSignIn: string | null;
  readonly scrutins: readonly PinnedScrutin[];
}

/** A list of candidates, as it can be read before the choice (F73). Addresses of documents are their hashes. */
export interface ListView {
  readonly listId: string;
  readonly affiliation: string | null;
  readonly logo: string | null;
  readonly statement: string | null;
  readonly candidates: readonly string[];
}

/** Where a scrutin stands for this elector: `GET /api/booth`. */
export interface ScrutinState {
  readonly scrutinId: string;
  readonly phase: 'open' | 'suspended' | 'closed';
  /** When the vote of this scrutin closes, extended or not. */
  readonly closesAt: string;
  /** Whether the elector has voted, and at which minute (F82), as long as that is known. */
  readonly signed: boolean;
  readonly signedAt: string | null;
  readonly lists: readonly ListView[];
}

/** What is left of a vote: all that the proof of deposit says. It names no choice and no elector. */
export interface Receipt {
  readonly electionId: string;
  readonly scrutinId: string;
  readonly reference: string;
  readonly batch: number;
  /** Ed25519 signature, 128 hex digits, verified against the pinned key. */
  readonly acknowledgement: string;
  /** The minute, as the server says it. */
  readonly at: string;
}
