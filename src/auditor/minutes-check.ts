import type { Json } from '../crypto/canonical-json.js';
import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import { differences, isRecord, isText, parsed } from './differences.js';
import type { Documents } from './documents.js';
import type { ElectionCheck, Opened } from './election-check.js';
import type { Standing } from './election-journal.js';
import { minutesDue, type Box, type Interruption, type OwnCount } from './minutes-content.js';

interface Signature {
  readonly data: Box<'MinutesSigned'>;
  readonly place: string;
}

const SIGNED = 'minutes-are-signed';
const SAY = 'minutes-say-what-was-found';
/** So long may minutes wait for their signatures after the proclamation. */
const DAY = 24 * 60 * 60_000;
/** What comes to the journal while somebody signs, by the clocks of two instances. */
const WHILE_SIGNING = 2 * 60_000;

/** The minutes of one box: who has signed, and whether they say what this audit found (docs/protocol.md, M1 to M4). */
export class MinutesCheck {
  private readonly signatures: Signature[] = [];
  private readonly interruptions: Interruption[] = [];
  private readonly decrypted = new Map<number, Box<'PartialDecryptionFiled'>>();
  private readonly rejected: Box<'PartialDecryptionRejected'>[] = [];
  private readonly discrepancies: Box<'DiscrepancyStated'>[] = [];
  private readonly observations: Box<'ObservationWritten'>[] = [];
  private reconciled: Box<'RegisterKeyDestroyed'> | undefined;
  private closesAt: string;
  /** What was written and signed by who sits there. */
  private seated = 0;
  /** When the minutes were first signed. */
  private standing: Standing | undefined;

  constructor(
    private readonly found: Findings,
    private readonly opened: Opened,
  ) {
    this.closesAt = opened.closesAt;
  }

  event(event: EventOf<'box'>, place: string, elections: ElectionCheck): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the count is for `CountCheck`
    switch (event.type) {
      case 'BoxExtended':
        this.closesAt = event.data.closesAt;
        this.interruptions.push(event);
        return;
      case 'BoxSuspended':
      case 'BoxResumed':
        this.interruptions.push(event);
        return;
      case 'DiscrepancyStated':
        this.discrepancies.push(event.data);
        return;
      case 'RegisterKeyDestroyed':
        this.reconciled = event.data;
        return;
      case 'PartialDecryptionFiled':
        this.decrypted.set(event.data.seat, event.data);
        return;
      case 'PartialDecryptionRejected':
        if (event.data.reason === 'disagrees') this.decrypted.delete(event.data.seat);
        this.rejected.push(event.data);
        return;
      case 'ObservationWritten': {
        const { seat, staffId } = event.data;
        const holds = this.seats(elections).get(seat)?.staffId === staffId;
        this.sits(holds, place, `written by somebody who does not hold seat ${seat}`);
        this.observations.push(event.data);
        return;
      }
      case 'MinutesSigned': {
        const { seat, staffId, office } = event.data;
        const sits = this.seats(elections).get(seat);
        const holds = sits?.staffId === staffId && sits.office === office;
        this.sits(holds, place, `signed by somebody who does not hold seat ${seat}`);
        this.standing ??= elections.standing(this.opened);
        this.signatures.push({ data: event.data, place });
        return;
      }
      default:
        return;
    }
  }

  /** Whether the secretary and the president have signed: who must (M1). */
  get isSigned(): boolean {
    const offices = this.signatures.map(({ data }) => data.office);
    return offices.includes('secretary') && offices.includes('president');
  }

  /** Once a result is proclaimed at `place`; `now` is the time of the bundle. */
  end(documents: Documents, own: OwnCount, place: string, elections: ElectionCheck, now: number): void {
    if (this.isSigned || now > Date.parse(own.result.at) + DAY) this.verifySignatures(place, elections);
    else this.found.because(SIGNED, 'the secretary and the president have not both signed yet');
    const [first] = this.signatures;
    if (first && this.standing) this.verifyText(documents, own, first, this.standing);
    else this.found.because(SAY, 'no minutes are signed yet');
  }

  /** Nothing is said to hold before the minutes stand. */
  private sits(holds: boolean, place: string, reason: string): void {
    if (holds) this.seated += 1;
    else this.found.fail(SIGNED, place, reason);
  }

  /** The secretary writes and signs, the president countersigns; delegates who have not are named (CGFP R. 211-577). */
  private verifySignatures(place: string, elections: ElectionCheck): void {
    const { found, signatures } = this;
    const offices = new Set(signatures.map(({ data }) => data.office));
    found.checked(SIGNED, this.seated);
    found.require(SIGNED, offices.has('secretary'), place, 'the secretary has not signed');
    found.require(SIGNED, offices.has('president'), place, 'the president has not countersigned');
    const texts = new Set(signatures.map(({ data }) => data.minutes));
    found.require(SIGNED, texts.size <= 1, place, 'the members have signed different minutes');
    const seats = signatures.map(({ data }) => data.seat);
    found.require(SIGNED, new Set(seats).size === seats.length, place, 'a seat has signed twice');
    const missing = [...this.seats(elections)]
      .filter(([seat, { office }]) => office === 'delegate' && !seats.includes(seat))
      .map(([seat]) => seat);
    if (missing.length > 0) found.note(SIGNED, place, `not countersigned by seats ${missing.join(', ')}`);
  }

  private verifyText(
    documents: Documents,
    own: OwnCount,
    { data: { minutes, at }, place }: Signature,
    standing: Standing,
  ): void {
    const { found } = this;
    const text = documents.text(minutes);
    if (text === undefined) {
      found.because(SAY, 'the minutes are not in the bundle'); // the documents say so too
      return;
    }
    const said = parsed(text);
    if (!isRecord(said)) {
      found.fail(SAY, place, 'the minutes have no fields');
      return;
    }
    const due = minutesDue(this.course(), own, standing);
    this.nameTexts('observations', 'observation', documents, due, said, place);
    this.nameTexts('discrepancies', 'discrepancy', documents, due, said, place);
    this.allowLate(due, said, Date.parse(at), place);
    const left = this.leave(documents, own, due, said, place);
    if ([due['journal'], due['interruptions']].flat().length > 0)
      found.note(SAY, place, 'not checked: texts of the journal and of interruptions, by their hashes alone');
    const all = JSON.parse(JSON.stringify(due)) as Record<string, Json>; // without what is undefined
    found.checked(SAY, Object.keys(all).filter((field) => !left.has(field)).length);
    const paths = [...differences(said, all)];
    if (paths.length === 0 && !isText(all, text)) found.fail(SAY, place, 'the minutes are not canonical');
    for (const path of paths) found.fail(SAY, place, `the minutes say something else of ${path}`);
  }

  private course() {
    const { opened, closesAt, interruptions, reconciled, rejected, discrepancies, observations } = this;
    const decrypted = [...this.decrypted.values()];
    return {
      ...{ opened, closesAt, interruptions, reconciled, decrypted, rejected },
      ...{ discrepancies, observations },
    };
  }

  /** What the board wrote by its texts; one that is not in the bundle is taken as the minutes have it. */
  private nameTexts(
    field: 'observations' | 'discrepancies',
    what: string,
    documents: Documents,
    due: Record<string, unknown>,
    said: Record<string, Json>,
    place: string,
  ): void {
    const written = due[field] as readonly { readonly text: string }[];
    const told = Array.isArray(said[field]) ? (said[field] as readonly Json[]) : [];
    due[field] = written.map((one, i) => {
      const text = documents.text(one.text);
      if (text !== undefined) return { ...one, text };
      this.found.note(SAY, place, `not checked: the text of ${what} ${i + 1}, which is not in the bundle`);
      const saying = told[i];
      return { ...one, text: isRecord(saying) ? saying['text'] : undefined };
    });
    if (written.length === 0 && said[field] === undefined) due[field] = undefined; // of before they could
  }

  /** The journal is another stream: a line that came while the secretary signed may not be in the text that was signed. */
  private allowLate(
    due: Record<string, unknown>,
    said: Record<string, Json>,
    signedAt: number,
    place: string,
  ): void {
    const lines = due['journal'] as readonly { readonly at: string }[];
    const told = said['journal'];
    if (!Array.isArray(told) || told.length >= lines.length) return;
    const late = lines.slice(told.length);
    if (!late.every(({ at }) => Date.parse(at) >= signedAt - WHILE_SIGNING)) return;
    due['journal'] = lines.slice(0, told.length);
    this.found.note(SAY, place, `${late.length} lines of the journal came while they were signed`);
  }

  /** What cannot be made again is left as it is said, and named. Gives the fields. */
  private leave(
    documents: Documents,
    own: OwnCount,
    due: Record<string, unknown>,
    said: Record<string, Json>,
    place: string,
  ): ReadonlySet<string> {
    const left = new Set<string>();
    const leave = (field: string, why: string) => {
      this.found.note(SAY, place, `not checked: ${field}, ${why}`);
      left.add(field);
    };
    const told = parsed(documents.text(own.result.seats) ?? '');
    const steps = isRecord(told) ? told : {};
    if (!own.electorsShown) leave('reassorts', 'which the freeze says: electors are not shown');
    const early = said['observations'] === undefined; // of before minutes had them, and when lists were closed
    const unsaid = { listsClosedAt: early, elected: steps['elected'] === undefined };
    for (const [field, may] of Object.entries(unsaid)) {
      if (!may || said[field] !== undefined || due[field] === undefined) continue;
      leave(field, 'of which they say nothing');
      due[field] = undefined;
    }
    for (const field of ['lists', 'steps', 'draws', 'joint', 'elected']) {
      if (due[field] !== undefined || said[field] === undefined) continue;
      leave(field, 'for which a document or a quorum is missing');
      due[field] = (field === 'joint' || field === 'elected' ? steps[field] : undefined) ?? said[field];
    }
    return left;
  }

  private seats(elections: ElectionCheck) {
    return (
      elections.boards.get(this.opened.boardId)?.seats ??
      new Map<number, { staffId: string; office: string }>()
    );
  }
}
