import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import type { Documents } from './documents.js';

type Replaced = Extract<EventOf<'election'>, { type: 'BuildReplaced' }>['data'];

interface SealedBoard {
  readonly seal: string;
  /** Scrutins without a result. */
  readonly open: Set<string>;
  /** The script of the booth that counts since; undefined while the sealed one does. */
  booth: string | undefined;
}

const CLAIM = 'seals-hold';
const PRESIDENT = 1;

/** Which software counts for each board: what it sealed, or what two members of boards of its election decided since. */
export class SoftwareCheck {
  private readonly elections = new Map<string, string>();
  private readonly sealed = new Map<string, SealedBoard>();

  constructor(
    private readonly found: Findings,
    private readonly documents: Documents,
  ) {}

  board(event: EventOf<'board'>): void {
    const { boardId } = event.data;
    if (event.type === 'BoardDeclared') this.elections.set(boardId, event.data.electionId);
    if (event.type === 'SealBroken') this.sealed.delete(boardId);
    if (event.type !== 'ScrutinsSealed') return;
    const open = new Set(event.data.scrutins.map(({ scrutinId }) => scrutinId));
    this.sealed.set(boardId, { seal: event.data.seal, open, booth: undefined });
  }

  proclaimed(scrutinId: string): void {
    for (const { open } of this.sealed.values()) open.delete(scrutinId);
  }

  /** `boards` is who sits where now. */
  replaced(
    { electionId, booth, decidedBy }: Replaced,
    place: string,
    boards: ReadonlyMap<string, { readonly seats: ReadonlyMap<number, { readonly staffId: string }> }>,
  ): void {
    const { found } = this;
    const sit = decidedBy.every(
      ({ boardId, seat, staffId }) =>
        this.elections.get(boardId) === electionId &&
        boards.get(boardId)?.seats.get(seat)?.staffId === staffId,
    );
    found.require(CLAIM, sit, place, 'is decided by somebody who does not hold that seat');
    const presided = decidedBy.some(({ seat }) => seat === PRESIDENT);
    found.require(CLAIM, presided, place, 'is decided by nobody who presides a board');
    const sealed = [...this.sealed].filter(([boardId]) => this.elections.get(boardId) === electionId);
    const due = sealed.some(([, { open }]) => open.size > 0);
    found.require(
      CLAIM,
      due,
      place,
      'replaces software that no scrutin is sealed with, or after the results',
    );
    for (const [, board] of sealed) board.booth = booth;
  }

  /** The script of the booth that counts for each election; several where boards do not agree. */
  booths(): { electionId: string; sha256: string }[] {
    const all = [...this.sealed].flatMap(([boardId, { seal, booth }]) => {
      const electionId = this.elections.get(boardId);
      const sha256 = booth ?? boothOf(this.documents.text(seal) ?? '');
      return electionId === undefined || sha256 === undefined ? [] : [{ electionId, sha256 }];
    });
    return [...new Map(all.map((one) => [`${one.electionId} ${one.sha256}`, one])).values()];
  }
}

/** What a seal says of the booth. */
function boothOf(seal: string): string | undefined {
  try {
    const { booth } = JSON.parse(seal) as { booth?: unknown };
    return typeof booth === 'string' && /^[0-9a-f]{64}$/.test(booth) ? booth : undefined;
  } catch {
    return undefined;
  }
}
