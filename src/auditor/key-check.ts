import { groupCeremony, groupTranscript, type BoardCeremony } from '../crypto/key-ceremony-seat.js';
import type { Round } from '../crypto/key-ceremony-messages.js';
import { assembleGroup, CeremonyFault } from '../crypto/key-ceremony.js';
import { checkKeyHolders } from '../crypto/key-holders-check.js';
import { electionKey, parseKeyHolders, printKeyHolders, type KeyHolders } from '../crypto/key-holders.js';
import type { Group, GroupName } from '../crypto/group.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { EventOf } from '../events/codec.js';
import type { ClaimName, Findings } from './claims.js';
import type { Documents } from './documents.js';

type Board<T> = Extract<EventOf<'board'>, { type: T }>['data'];
type Published = Board<'BoardKeyPublished'>;

interface Ceremony {
  readonly started: Board<'CeremonyStarted'>;
  readonly said: Record<Round, Record<number, string>>;
  /** Who held the seats of the board when it began. */
  readonly seats: ReadonlyMap<number, string>;
}

interface Made {
  readonly published: Published;
  readonly place: string;
  readonly ceremony: Ceremony | undefined;
  readonly holders: Map<GroupName, KeyHolders | undefined>;
}

const CLAIM: ClaimName = 'key-holders-prove-their-keys';
/** Nobody holds more shares of a key (CGFP 545). */
const MOST_SHARES = 2;

/** Makes the key of each board again, from what its seats said in the ceremony (docs/protocol.md, K1 to K7). */
export class KeyCheck {
  private readonly seats = new Map<string, Map<number, string>>();
  private readonly ceremonies = new Map<string, Ceremony>();
  private readonly keys = new Map<string, Made>();

  constructor(
    private readonly found: Findings,
    private readonly documents: Documents,
  ) {}

  event(event: EventOf<'board'>, place: string): void {
    const { boardId } = event.data;
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others say nothing of a key
    switch (event.type) {
      case 'BoardMemberAppointed': {
        const { seat, staffId, substitute } = event.data;
        if (!substitute) this.seated(boardId).set(seat, staffId);
        return;
      }
      case 'BoardMemberReplaced':
        this.seated(boardId).set(event.data.seat, event.data.staffId);
        return;
      case 'CeremonyStarted': {
        const said = { certificates: {}, commitments: {}, openings: {}, deals: {}, completions: {} };
        const seats = new Map(this.seated(boardId));
        this.ceremonies.set(event.data.ceremonyId, { started: event.data, said, seats });
        return;
      }
      case 'KeyHolderCertified':
        this.said('certificates', event.data, event.data.certificate);
        return;
      case 'KeySharesCommitted':
        this.said('commitments', event.data, event.data.commitment);
        return;
      case 'KeySharesOpened':
        this.said('openings', event.data, event.data.opening);
        return;
      case 'KeySharesDealt':
        this.said('deals', event.data, event.data.deal);
        return;
      case 'KeyHolderCompleted':
        this.said('completions', event.data, event.data.completion);
        return;
      case 'BoardKeyPublished': {
        const ceremony = this.ceremonies.get(event.data.ceremonyId);
        const own = ceremony?.started.boardId === boardId ? ceremony : undefined;
        this.keys.set(boardId, { published: event.data, place, ceremony: own, holders: new Map() });
        return;
      }
      default:
        return;
    }
  }

  /** Who holds the key of a board; what is wrong with it is reported, once. Undefined where its file cannot be read. */
  holdersOf(boardId: string, group: Group): KeyHolders | undefined {
    const made = this.keys.get(boardId);
    if (made && !made.holders.has(group.name)) made.holders.set(group.name, this.check(made, group));
    return made?.holders.get(group.name);
  }

  /** At the end: keys of which no box was opened. */
  async end(): Promise<void> {
    for (const [boardId, { ceremony, holders }] of this.keys)
      if (ceremony && holders.size === 0) this.holdersOf(boardId, await serverGroup(ceremony.started.group));
  }

  private check({ published, place, ceremony }: Made, group: Group): KeyHolders | undefined {
    const { found } = this;
    const text = this.documents.text(published.keyHolders);
    if (text === undefined) return undefined; // the documents say that it is missing
    if (ceremony && ceremony.started.group !== group.name) {
      found.fail(CLAIM, place, 'is of another group than the scrutin');
      return undefined;
    }
    try {
      const holders = parseKeyHolders(group, text);
      for (const { holder, step, reason } of checkKeyHolders(group, holders))
        found.fail(CLAIM, `${place}, key holder ${holder}, ${step}`, reason);
      if (group.print(electionKey(group, holders)) !== published.publicKey)
        found.fail(CLAIM, place, 'is not the key of its holders');
      if (ceremony) this.checkCeremony(group, ceremony, published, text, place);
      else found.because(CLAIM, 'the ceremony of a key is not in the bundle');
      return holders;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      found.fail(CLAIM, place, error.message);
      return undefined;
    }
  }

  private checkCeremony(
    group: Group,
    { started, said, seats }: Ceremony,
    { owners }: Published,
    text: string,
    place: string,
  ): void {
    const require = (holds: boolean, reason: string) => this.found.require(CLAIM, holds, place, reason);
    require(!started.practice, 'was made in an exercise');
    const delegates = [...seats.keys()].filter((seat) => seat > 2).sort((a, b) => a - b);
    const due = [
      { threshold: 1, seats: [1, 2] },
      { threshold: 2, seats: delegates },
    ];
    const groups = started.groups.map((one) => ({ threshold: one.threshold, seats: one.seats }));
    require(JSON.stringify(groups) ===
      JSON.stringify(due), 'does not ask for one of president and secretary, and for two of all delegates');
    require(delegates.every((seat, i) => seat === i + 3) &&
      delegates.length * 3 >= seats.size * 2, 'leaves less than two thirds of the shares to delegates');
    const held = [...seats.values()].map((staffId) => [...seats.values()].filter((one) => one === staffId));
    require(held.every((shares) => shares.length <= MOST_SHARES), 'gives more than two shares to one person');
    require(owners.join() ===
      groups.flatMap((one) => one.seats).join(), 'names other owners than the seats of the ceremony');
    this.found.checked(CLAIM);
    try {
      const again = rebuilt(group, { ceremonyId: started.ceremonyId, groups, said });
      if (again !== text) this.found.fail(CLAIM, place, 'is not the key that the ceremony made');
    } catch (error) {
      if (!(error instanceof CeremonyFault)) throw error;
      for (const { holder, step, reason } of error.faults)
        this.found.fail(CLAIM, `${place}, key holder ${holder}, ${step}`, reason);
    }
  }

  private said(round: Round, { ceremonyId, seat }: { ceremonyId: string; seat: number }, message: string) {
    const ceremony = this.ceremonies.get(ceremonyId);
    if (ceremony) ceremony.said[round][seat] = message;
  }

  private seated(boardId: string): Map<number, string> {
    const seats = this.seats.get(boardId) ?? new Map<number, string>();
    this.seats.set(boardId, seats);
    return seats;
  }
}

/** `trustees.json` as the messages of the ceremony give it, to the byte. */
function rebuilt(group: Group, ceremony: BoardCeremony): string {
  const holders = ceremony.groups.map((_, place) =>
    assembleGroup(groupCeremony(group, ceremony, place), groupTranscript(group, ceremony, place)),
  );
  return printKeyHolders(group, holders);
}
