import { sha256Base64 } from '../crypto/digest.js';
import { fileOfLines, rootOfLines, sortedLines } from '../crypto/line-list.js';
import type { EventOf } from '../events/codec.js';
import { minBatch } from '../events/box.events.js';
import type { SealedList } from '../events/identifiers.js';
import type { BallotFound } from './audit-worker.js';
import type { ClaimName, Findings } from './claims.js';
import type { Opened } from './election-check.js';

type Box<T> = Extract<EventOf<'box'>, { type: T }>['data'];
export type Frozen = Box<'BoxFrozen'>;

const MINUTE = 60_000;
/** Clocks of two instances may differ by so much, and a vote is dated by its minute. */
const TOLERANCE = 2 * MINUTE;

/** One box and its register, from the opening to the freeze. */
export class BoxCheck {
  /** Who signed, with the place of each signature. */
  readonly signed = new Map<string, string>();
  readonly references: string[] = [];
  readonly votePlaces: string[] = [];
  /** Credentials that were used, with the first ballot of each. */
  readonly used = new Map<string, string>();
  private readonly halves = new Map<string, string>();
  private closesAt: number;
  private lastAt = 0;
  /** How many batches came, and how many of them hide less than they should. */
  batches = 0;
  thinBatches = 0;
  /** As this audit has them, once the box is frozen. */
  roots: { readonly boxRoot: string; readonly registerRoot: string } | undefined;
  private roll: Set<string> | undefined;
  initial: Set<string> | undefined;
  frozen: Frozen | undefined;
  /** Every ballot was looked up in a list of credentials. */
  listed = false;

  constructor(
    private readonly found: Findings,
    readonly opened: Opened,
    readonly place: string,
  ) {
    this.closesAt = Date.parse(opened.closesAt);
  }

  /** A list whose file has come: the roll, or the initial credentials. */
  takeList(which: 'roll' | 'credentials', text: string): void {
    const { opened, place } = this;
    const sealed = opened[which];
    const lines = this.readList(text, sealed, `${place} ${which}`);
    if (which === 'credentials') {
      this.initial = new Set(lines);
      return;
    }
    this.roll = new Set(lines);
    for (const [tag, signedAt] of this.signed) this.requireOnRoll(tag, signedAt); // who signed before the roll came
  }

  /** Any event of the stream: time does not run backwards, and nothing happens out of hours. */
  time(at: string, place: string): void {
    const time = Date.parse(at);
    const holds = time >= this.lastAt - TOLERANCE;
    this.found.require('calendar-is-obeyed', holds, place, 'is dated before what precedes it');
    this.lastAt = Math.max(this.lastAt, time);
  }

  extended({ closesAt }: Box<'BoxExtended'>, place: string): void {
    const later = Date.parse(closesAt) > this.closesAt;
    this.found.require('calendar-is-obeyed', later, place, 'does not close later');
    this.closesAt = Date.parse(closesAt);
  }

  /** The last instant at which somebody who was signed in may vote. */
  get graceEnds(): number {
    return this.closesAt + this.opened.graceMinutes * MINUTE;
  }

  /** Registers a batch; the ballots themselves are for `ballot`. Gives their references. */
  votes({ signatures, ballots, at }: Box<'VotesCast'>, place: string): string[] {
    const { found } = this;
    this.batches += 1;
    if (ballots.length < minBatch) this.thinBatches += 1;
    const time = Date.parse(at);
    const early = time < Math.floor(Date.parse(this.opened.opensAt) / MINUTE) * MINUTE;
    found.require('calendar-is-obeyed', !early, place, 'votes before the opening');
    found.require(
      'calendar-is-obeyed',
      time <= this.graceEnds + MINUTE,
      place,
      'votes after the period of grace',
    );
    const equal = signatures.length === ballots.length;
    const reason = `${ballots.length} ballots, ${signatures.length} signatures`;
    found.require('as-many-ballots-as-signatures', equal, place, reason);
    found.require('streams-follow-the-grammar', isSorted(signatures), place, 'signatures are not sorted');
    for (const tag of signatures) this.sign(tag, place);
    const references = ballots.map(sha256Base64);
    found.require('streams-follow-the-grammar', isSorted(references), place, 'ballots are not sorted');
    for (const reference of references) {
      this.references.push(reference);
      this.votePlaces.push(place);
    }
    return references;
  }

  /** What a thread found of a ballot. */
  ballot({ flaw, disputed, credential, halves }: BallotFound, place: string): void {
    const { found, used } = this;
    found.checked('every-ballot-is-well-formed');
    found.checked('every-ballot-is-signed');
    found.checked('every-ballot-has-valid-proofs');
    if (flaw) found.fail(claimOf(flaw.path), `${place}${flaw.path.slice(1)}`, flaw.reason);
    if (disputed) found.fail('every-ballot-has-valid-proofs', place, 'kernel and libsodium disagree on it');
    if (credential !== undefined) {
      const before = used.get(credential);
      const reason = `votes again after ${before ?? ''}`;
      found.require('one-ballot-per-credential', before === undefined, place, reason);
      if (before === undefined) used.set(credential, place);
    }
    if (halves === undefined) return;
    found.checked('no-ballot-is-replayed');
    for (const text of halves.split(/[ ,]/)) {
      const half = text.slice(-32);
      const before = this.halves.get(half);
      if (before === undefined) this.halves.set(half, place);
      else {
        found.fail('no-ballot-is-replayed', place, `repeats a ciphertext of ${before}`);
        break;
      }
    }
  }

  freeze(data: Frozen, place: string): void {
    const { found } = this;
    this.frozen = data;
    const due = Date.parse(data.at) >= this.graceEnds;
    found.require('calendar-is-obeyed', due, place, 'is frozen before the end of the period of grace');
    const counts: [string, number, number][] = [
      ['ballots', data.ballots, this.references.length],
      ['signatures', data.signatures, this.signed.size],
      ['batches', data.batches, this.batches],
      ['thinBatches', data.thinBatches, this.thinBatches],
    ];
    const name = 'frozen-box-is-what-was-cast';
    for (const [what, says, has] of counts) {
      found.require(name, says === has, place, `says ${says} ${what}, ${has} were cast`);
    }
    const boxRoot = rootOfLines(sortedLines(this.references));
    found.require(name, data.boxRoot === boxRoot, place, 'its root is not that of the ballots');
    const registerRoot = rootOfLines(sortedLines(this.signed.keys()));
    found.require(name, data.registerRoot === registerRoot, place, 'its root is not that of the signatures');
    this.roots = { boxRoot, registerRoot };
  }

  /** How many electors are on the roll, by its file where that has come. */
  get electors(): number {
    return this.roll?.size ?? this.opened.roll.count;
  }

  /** When everything has come: who may have used which credential. `final` is the list that the freeze names. */
  end(final: string | undefined, asked: number | undefined): void {
    const { found, frozen, initial, opened, signed, place } = this;
    const within = signed.size <= opened.roll.count;
    const reason = `${signed.size} signatures on a roll of ${opened.roll.count}`;
    found.require('signatures-are-within-the-roll', within, place, reason);
    const due = asked !== undefined || frozen !== undefined || this.references.length > 0;
    if (due && this.roll === undefined)
      found.fail('rolls-and-credentials-are-those-sealed', place, 'the roll is not in the bundle');
    if (due && initial === undefined && asked !== undefined)
      found.fail('rolls-and-credentials-are-those-sealed', place, 'the initial list is not in the bundle');
    let allowed = initial;
    if (frozen && final !== undefined) {
      const lines = this.readList(final, frozen.credentials, `${this.place} final credentials`);
      allowed = new Set(lines);
      this.reconcile(frozen, lines, asked);
    }
    if (allowed === undefined) {
      found.because('every-ballot-has-a-listed-credential', 'the list of credentials is not in the bundle');
      return;
    }
    this.listed = true;
    let strangers = 0;
    for (const [credential, place] of this.used) {
      const listed = allowed.has(credential);
      if (!listed && !frozen && (strangers += 1) <= (asked ?? Infinity)) continue; // added, not yet published
      found.require(
        'every-ballot-has-a-listed-credential',
        listed,
        place,
        'its credential is not on the list',
      );
    }
  }

  private reconcile(
    { credentials, reassorts }: Frozen,
    lines: readonly string[],
    asked: number | undefined,
  ): void {
    const { found, opened, initial, place } = this;
    const name = 'reassorts-are-reconciled';
    const growth = credentials.count - opened.credentials.count;
    if (reassorts > 0 && asked !== undefined) found.note(name, place, `${reassorts} codes were re-issued`);
    if (reassorts > 0 && asked === undefined)
      found.note(name, place, `${reassorts} codes were re-issued, says the freeze: electors are not shown`);
    found.require(
      name,
      growth >= 0 && growth <= reassorts,
      place,
      `${growth} rights added for ${reassorts} re-issues`,
    );
    if (asked !== undefined) {
      found.require(
        name,
        asked === reassorts,
        place,
        `says ${reassorts} re-issues, the electors had ${asked}`,
      );
    }
    if (initial === undefined) {
      if (asked !== undefined) found.fail(name, place, 'the initial list is not in the bundle');
      else found.because(name, 'the initial list is for auditors: it tells who voted with a code made anew');
      return;
    }
    const all = new Set(lines);
    const lost = [...initial].filter((line) => !all.has(line));
    found.require(name, lost.length === 0, place, `${lost.length} rights of the initial list are gone`);
  }

  private sign(tag: string, place: string): void {
    const { found, signed } = this;
    this.requireOnRoll(tag, place);
    const again = signed.has(tag);
    found.require('nobody-signs-twice', !again, place, `${tag} signs again`);
    if (!again) signed.set(tag, place);
  }

  /** Nothing before the roll has come; `takeList` makes up for it. */
  private requireOnRoll(tag: string, place: string): void {
    const { found, roll } = this;
    if (roll)
      found.require('signatures-are-within-the-roll', roll.has(tag), place, `${tag} is not on the roll`);
  }

  /** The lines of a sealed list; what is wrong with the file is reported. */
  private readList(text: string, { root, count }: SealedList, place: string): string[] {
    const lines = text.split('\n').slice(0, -1);
    const name = 'rolls-and-credentials-are-those-sealed';
    const { found } = this;
    found.require(
      name,
      fileOfLines(lines) === text && isSorted(lines),
      place,
      'is not a list of sorted lines',
    );
    found.require(name, new Set(lines).size === lines.length, place, 'has a line twice');
    found.require(name, lines.length === count, place, `has ${lines.length} lines, ${count} were sealed`);
    found.require(name, rootOfLines(lines) === root, place, 'has another root than was sealed');
    return lines;
  }
}

function claimOf(path: string): ClaimName {
  if (/^\$\.signature\.(?:hash|proof)$/.test(path)) return 'every-ballot-is-signed';
  if (/_proofs?(?:\[\d+\])?$/.test(path)) return 'every-ballot-has-valid-proofs';
  return 'every-ballot-is-well-formed';
}

function isSorted(lines: readonly string[]): boolean {
  return lines.every((line, i) => i === 0 || (lines[i - 1] as string) < line);
}
