import type { BoxEvent } from '../../events/box.events.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type {
  CountingCommand,
  DestroyRegisterKey,
  EncryptTally,
  FilePartialDecryption,
  FreezeBox,
  ProclaimResult,
  RejectPartialDecryption,
  SignMinutes,
  WriteObservation,
} from './counting.commands.js';
import { isSettled, requireSound, stateDiscrepancy, type Stated } from './discrepancy.decider.js';

type Data<T extends BoxEvent['type']> = Extract<BoxEvent, { type: T }>['data'];

/** A box as the count knows it: numbers and steps, no tag and no ballot. */
export interface Counted {
  readonly phase: 'open' | 'frozen' | 'reconciled' | 'encrypted' | 'proclaimed';
  readonly opened: Data<'BoxOpened'>;
  /** The closing that counts: the last extension, or what was sealed. */
  readonly closesAt: string;
  readonly ballots: number;
  readonly signatures: number;
  readonly batches: number;
  readonly frozen?: Data<'BoxFrozen'>;
  /** Discrepancies that the board stated; the last one counts. */
  readonly stated: readonly Stated[];
  readonly reconciled?: Data<'RegisterKeyDestroyed'>;
  readonly tally?: Data<'TallyEncrypted'>;
  /** seat -> its decryption; what disagrees is taken out again */
  readonly filed: ReadonlyMap<number, Data<'PartialDecryptionFiled'>>;
  readonly rejected: readonly Data<'PartialDecryptionRejected'>[];
  readonly draws: readonly Data<'TieDrawn'>[];
  readonly result?: Data<'ResultProclaimed'>;
  readonly observations: readonly Data<'ObservationWritten'>[];
  readonly signed: readonly Data<'MinutesSigned'>[];
  readonly interruptions: readonly Extract<
    BoxEvent,
    { type: 'BoxSuspended' | 'BoxResumed' | 'BoxExtended' }
  >[];
}
export type Counting = { readonly phase: 'absent' } | Counted;

const MINUTE = 60_000;
/** After the end of grace, the time for other instances to write what they accepted (design 3, point 7). */
const DRAIN = MINUTE;

/** The life of one box from the closing on (stream `box-<scrutinId>`). */
export const counting: Decider<Counting, CountingCommand, BoxEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    const box = opened(state);
    switch (command.kind) {
      case 'FreezeBox':
        return freeze(command, box, now);
      case 'StateDiscrepancy':
        return stateDiscrepancy(command, box, now);
      case 'DestroyRegisterKey':
        return destroyKey(command, box, now);
      case 'EncryptTally':
        return encrypt(command, box, now);
      case 'FilePartialDecryption':
        return file(command, box, now);
      case 'RejectPartialDecryption':
        return reject(command, box, now);
      case 'ProclaimResult':
        return proclaim(command, box, now);
      case 'WriteObservation':
        return observe(command, box, now);
      case 'SignMinutes':
        return sign(command, box, now);
      default:
        return never(command);
    }
  },

  evolve(state, event) {
    if (event.type === 'BoxOpened') return boxOf(event.data);
    const box = state as Counted;
    switch (event.type) {
      case 'BoxSuspended':
      case 'BoxResumed':
        return { ...box, interruptions: [...box.interruptions, event] };
      case 'BoxExtended':
        return { ...box, closesAt: event.data.closesAt, interruptions: [...box.interruptions, event] };
      case 'VotesCast': {
        const { ballots, signatures } = event.data;
        return {
          ...box,
          ballots: box.ballots + ballots.length,
          signatures: box.signatures + signatures.length,
          batches: box.batches + 1,
        };
      }
      case 'BoxFrozen':
        return { ...box, phase: 'frozen', frozen: event.data };
      case 'DiscrepancyStated':
        return { ...box, stated: [...box.stated, event.data] };
      case 'RegisterKeyDestroyed':
        return { ...box, phase: 'reconciled', reconciled: event.data };
      case 'TallyEncrypted':
        return { ...box, phase: 'encrypted', tally: event.data };
      case 'PartialDecryptionFiled':
        return { ...box, filed: new Map(box.filed).set(event.data.seat, event.data) };
      case 'PartialDecryptionRejected':
        return { ...withoutDisagreeing(box, event.data), rejected: [...box.rejected, event.data] };
      case 'TieDrawn':
        return { ...box, draws: [...box.draws, event.data] };
      case 'ResultProclaimed':
        return { ...box, phase: 'proclaimed', result: event.data };
      case 'ObservationWritten':
        return { ...box, observations: [...box.observations, event.data] };
      case 'MinutesSigned':
        return { ...box, signed: [...box.signed, event.data] };
      default:
        return never(event);
    }
  },
};

/** When a box may be frozen: the end of grace and the drain, after the closing that counts. */
export function freezesAt({
  closesAt,
  opened: { graceMinutes },
}: {
  readonly closesAt: string;
  readonly opened: Pick<Counted['opened'], 'graceMinutes'>;
}): number {
  return Date.parse(closesAt) + graceMinutes * MINUTE + DRAIN;
}

function boxOf(data: Data<'BoxOpened'>): Counted {
  return {
    phase: 'open',
    opened: data,
    closesAt: data.closesAt,
    ...{ ballots: 0, signatures: 0, batches: 0, stated: [] },
    ...{ filed: new Map(), rejected: [], draws: [], observations: [], signed: [], interruptions: [] },
  };
}

function withoutDisagreeing(box: Counted, { seat, reason }: Data<'PartialDecryptionRejected'>): Counted {
  if (reason !== 'disagrees') return box;
  return { ...box, filed: new Map([...box.filed].filter(([other]) => other !== seat)) };
}

function opened(state: Counting): Counted {
  if (state.phase !== 'absent') return state;
  throw new Refusal('counting.not-opened', 'No box of this scrutin was opened.');
}

function freeze({ scrutinId, counts, frozen }: FreezeBox, box: Counted, now: string): readonly BoxEvent[] {
  if (box.phase !== 'open') return []; // another instance was first
  if (Date.parse(now) < freezesAt(box))
    throw new Refusal('counting.too-early', 'The box is frozen a minute after the end of the grace period.');
  const { ballots, signatures, batches } = box;
  if (counts.ballots !== ballots || counts.signatures !== signatures || counts.batches !== batches)
    throw new Refusal('counting.moved-on', 'Votes came in since the box was looked at.');
  return [{ type: 'BoxFrozen', data: { scrutinId, ballots, signatures, batches, ...frozen, at: now } }];
}

function destroyKey(
  { scrutinId, found, reconciledBy }: DestroyRegisterKey,
  box: Counted,
  now: string,
): readonly BoxEvent[] {
  if (box.phase === 'open') throw notFrozen();
  if (box.phase !== 'frozen') return [];
  if (reconciledBy.length === 0)
    throw new Refusal(
      'counting.nobody-reconciled',
      'A member of the board must have reconciled.',
      'forbidden',
    );
  requireSound(found);
  if (!isSettled(box, found))
    throw new Refusal('counting.not-reconciled', 'Names, signatures and counts do not agree.');
  return [{ type: 'RegisterKeyDestroyed', data: { scrutinId, reconciledBy: [...reconciledBy], at: now } }];
}

function encrypt(
  { scrutinId, tally, ballots }: EncryptTally,
  box: Counted,
  now: string,
): readonly BoxEvent[] {
  if (box.phase === 'open') throw notFrozen();
  if (box.phase === 'frozen') throw keyAlive();
  if (box.tally) return [];
  if (ballots !== box.ballots)
    throw new Refusal('counting.tally-incomplete', 'The tally is not that of all ballots of the box.');
  return [{ type: 'TallyEncrypted', data: { scrutinId, tally, ballots, at: now } }];
}

function file(command: FilePartialDecryption, box: Counted, now: string): readonly BoxEvent[] {
  requireDecryptable(box);
  const { scrutinId, seat, owner, decryption, binding, staffId } = command;
  if (!command.witnessed)
    throw new Refusal(
      'counting.not-witnessed',
      'The witnesses of the log have not seen the freeze of this box yet: nothing is decrypted before.',
    );
  const before = box.filed.get(seat);
  if (before?.staffId === staffId) return [];
  // The share belongs to the seat: titular and substitute are one holder (CGFP 545).
  if (before) throw new Refusal('counting.seat-decrypted', 'This seat has decrypted already.');
  if ([...box.filed.values()].some((other) => other.owner === owner))
    throw new Refusal('counting.owner-decrypted', 'The share of this place has decrypted already.');
  return [
    {
      type: 'PartialDecryptionFiled',
      data: { scrutinId, seat, owner, decryption, binding, staffId, at: now },
    },
  ];
}

function reject(
  { scrutinId, seat, staffId, reason }: RejectPartialDecryption,
  box: Counted,
  now: string,
): readonly BoxEvent[] {
  requireDecryptable(box);
  return [{ type: 'PartialDecryptionRejected', data: { scrutinId, seat, staffId, reason, at: now } }];
}

/** Refuses before the encrypted tally of a reconciled box was stated, and once its result is proclaimed. */
export function requireDecryptable(box: Counted): void {
  if (box.phase === 'open') throw notFrozen();
  if (box.phase === 'frozen') throw keyAlive();
  if (box.phase === 'reconciled')
    throw new Refusal('counting.not-encrypted', 'The encrypted tally was not stated yet.');
  if (box.phase === 'proclaimed')
    throw new Refusal('counting.already-proclaimed', 'The result was proclaimed.');
}

function proclaim(command: ProclaimResult, box: Counted, now: string): readonly BoxEvent[] {
  if (box.phase === 'proclaimed') return [];
  requireDecryptable(box);
  const { scrutinId, parts, owners, result, votes, blank, seats, draws } = command;
  const given = [...box.filed.values()].filter(({ owner }) => owners.includes(owner)).map(({ seat }) => seat);
  const lacks = parts.some(
    (part) => part.seats.filter((seat) => given.includes(seat)).length < part.threshold,
  );
  if (lacks || parts.length === 0)
    throw new Refusal('counting.no-quorum', 'Not enough holders of each part of the key have decrypted.');
  return [
    ...draws.map(({ step, seed, among, drawn }): BoxEvent => {
      return { type: 'TieDrawn', data: { scrutinId, step, seed, among, drawn, at: now } };
    }),
    { type: 'ResultProclaimed', data: { scrutinId, result, votes: [...votes], blank, seats, at: now } },
  ];
}

function observe(
  { scrutinId, observationId, text, seat, staffId }: WriteObservation,
  box: Counted,
  now: string,
): readonly BoxEvent[] {
  if (box.phase === 'open') throw notFrozen();
  if (box.observations.some((one) => one.observationId === observationId)) return [];
  if (box.signed.length > 0)
    throw new Refusal('counting.minutes-signed', 'The minutes were signed: nothing is added to them.');
  return [{ type: 'ObservationWritten', data: { scrutinId, observationId, text, seat, staffId, at: now } }];
}

function sign(
  { scrutinId, minutes, office, seat, staffId, observations }: SignMinutes,
  box: Counted,
  now: string,
): readonly BoxEvent[] {
  if (box.phase !== 'proclaimed') throw new Refusal('counting.no-result', 'No result was proclaimed yet.');
  const first = box.signed[0];
  if (box.signed.some((one) => one.seat === seat)) return [];
  if (!first && office !== 'secretary')
    throw new Refusal('counting.secretary-first', 'The secretary writes and signs the minutes first.');
  if (!first && observations !== box.observations.length)
    throw new Refusal('counting.moved-on', 'An observation was written meanwhile: read the minutes again.');
  if (first && first.minutes !== minutes)
    throw new Refusal('counting.other-minutes', 'Other minutes than these were signed.');
  return [{ type: 'MinutesSigned', data: { scrutinId, minutes, office, seat, staffId, at: now } }];
}

function notFrozen(): Refusal {
  return new Refusal('counting.not-frozen', 'The box is not frozen yet.');
}

function keyAlive(): Refusal {
  return new Refusal(
    'counting.key-alive',
    'The register must be reconciled and its key destroyed before anything is decrypted.',
  );
}
