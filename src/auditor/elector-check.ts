import type { EventOf } from '../events/codec.js';
import type { ClaimName, Findings } from './claims.js';

interface Elector {
  readonly electionId: string;
  /** Which set of scrutins: there are few. */
  scrutins: readonly string[];
}

/** Electors as far as their rights go: which scrutins, and how often a code was re-issued. Needs the auditor's bundle. */
export class ElectorCheck {
  private readonly electors = new Map<string, Elector>();
  private readonly sets = new Map<string, readonly string[]>();
  private readonly closed = new Set<string>();
  private readonly rolls = new Map<string, number>();
  private readonly reassorts = new Map<string, number>();

  constructor(private readonly found: Findings) {}

  listsClosed(electionId: string): void {
    this.closed.add(electionId);
  }

  /** Sealing comes after the lists were closed. */
  sealed(electionId: string, place: string): void {
    const name = 'lists-were-closed-before-sealing';
    this.found.require(name, this.closed.has(electionId), place, 'seals lists that were not closed');
  }

  /** As many electors are on a list as were sealed: at the seal, and still when the box is frozen. */
  recount(name: ClaimName, scrutinId: string, sealed: number, place: string): void {
    const has = this.rollOf(scrutinId);
    this.found.require(name, has === sealed, place, `${sealed} on a roll of ${has} electors`);
  }

  /** Electors whose rolls these are, now. */
  rollOf(scrutinId: string): number {
    return this.rolls.get(scrutinId) ?? 0;
  }

  reassortsOf(scrutinId: string): number {
    return this.reassorts.get(scrutinId) ?? 0;
  }

  /** `window` gives the hours of a scrutin in which codes may be re-issued. */
  event(
    event: EventOf<'elector'>,
    place: string,
    window: (scrutinId: string) => { from: number; to: number } | undefined,
  ): void {
    const { electorId } = event.data;
    const known = this.electors.get(electorId);
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others change no right to vote
    switch (event.type) {
      case 'ElectorRegistered': {
        const { electionId, scrutinIds = [] } = event.data;
        this.change(electorId, electionId, [], scrutinIds, place);
        return;
      }
      case 'ElectorCorrected':
        if (known && event.data.scrutinIds) {
          this.change(electorId, known.electionId, known.scrutins, event.data.scrutinIds, place);
        }
        return;
      case 'ElectorRemoved':
        if (known) this.change(electorId, known.electionId, known.scrutins, [], place);
        return;
      case 'VotingCodeReassorted': {
        const at = Date.parse(event.data.at);
        for (const scrutinId of known?.scrutins ?? []) {
          this.reassorts.set(scrutinId, this.reassortsOf(scrutinId) + 1);
        }
        const hours = (known?.scrutins ?? []).flatMap((scrutinId) => window(scrutinId) ?? []);
        const open = hours.some(({ from, to }) => at >= from - 60_000 && at <= to + 60_000);
        this.found.require('calendar-is-obeyed', open, place, 're-issues a code while nobody votes');
        return;
      }
      default:
        return;
    }
  }

  private change(
    electorId: string,
    electionId: string,
    before: readonly string[],
    after: readonly string[],
    place: string,
  ): void {
    const name = 'lists-were-closed-before-sealing';
    const same = before.join() === after.join();
    if (!same || before.length === 0) {
      this.found.require(name, !this.closed.has(electionId), place, 'changes a list that was closed');
    }
    for (const scrutinId of before) this.rolls.set(scrutinId, this.rollOf(scrutinId) - 1);
    for (const scrutinId of after) this.rolls.set(scrutinId, this.rollOf(scrutinId) + 1);
    const key = after.join();
    const shared = this.sets.get(key) ?? after;
    this.sets.set(key, shared);
    this.electors.set(electorId, { electionId, scrutins: shared });
  }
}
