import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { BoxEvent } from '../../src/events/box.events.js';
import {
  DestroyRegisterKey,
  EncryptTally,
  FilePartialDecryption,
  FreezeBox,
  ProclaimResult,
  RejectPartialDecryption,
  SignMinutes,
  WriteObservation,
} from '../../src/modules/counting/counting.commands.js';
import { counting, freezesAt, type Counted } from '../../src/modules/counting/counting.decider.js';
import { specFor } from '../given.js';

const closesAt = '2022-12-08T16:00:00.000Z';
/** Twenty minutes of grace and the minute of the drain. */
const now = '2022-12-08T16:21:00.000Z';
const given = specFor(counting, now);
const earlier = (instant: string) => specFor(counting, instant);

const [scrutinId, electionId, boardId] = [randomUUID(), randomUUID(), randomUUID()];
const [president, secretary, delegate, substitute, other] = Array.from({ length: 5 }, () => randomUUID()) as [
  string,
  string,
  string,
  string,
  string,
];
const sha = (digit: string) => digit.repeat(64);
const list = { root: sha('1'), count: 3 };

const opened: BoxEvent = {
  type: 'BoxOpened',
  data: {
    ...{ scrutinId, electionId, boardId },
    ...{ seal: sha('2'), electionFile: sha('3'), keyHolders: sha('4') },
    ...{ roll: list, rollFile: sha('5'), credentials: list, credentialsFile: sha('6') },
    ...{ opensAt: '2022-12-01T07:00:00.000Z', closesAt, graceMinutes: 20, at: '2022-12-01T07:00:00.000Z' },
  },
};
const votes: BoxEvent = {
  type: 'VotesCast',
  data: {
    ...{ scrutinId, batch: 1, at: '2022-12-02T10:00:00.000Z' },
    signatures: [sha('a'), sha('b')],
    ballots: ['{}', '{"a":1}'],
  },
};
const digests = {
  ...{ thinBatches: 1, boxRoot: sha('7'), registerRoot: sha('8'), register: sha('9') },
  ...{ credentials: list, credentialsFile: sha('6'), reassorts: 0 },
};
const counts = { ballots: 2, signatures: 2, batches: 1 };
const freeze = new FreezeBox(scrutinId, counts, digests);
const frozen: BoxEvent = { type: 'BoxFrozen', data: { scrutinId, ...counts, ...digests, at: now } };
const reconcile = new DestroyRegisterKey(
  scrutinId,
  { matched: 2, names: 2, rootAgrees: true, keyAgrees: true },
  [president],
);
const reconciled: BoxEvent = {
  type: 'RegisterKeyDestroyed',
  data: { scrutinId, reconciledBy: [president], at: now },
};
const tally = '[[{"alpha":"1","beta":"2"}]]';
const encrypt = new EncryptTally(scrutinId, tally, 2);
const encrypted: BoxEvent = { type: 'TallyEncrypted', data: { scrutinId, tally, ballots: 2, at: now } };
const decrypt = (seat: number, staffId: string, owner = seat, witnessed = true) =>
  new FilePartialDecryption(scrutinId, seat, owner, '{"d":1}', '{"b":1}', staffId, witnessed);
const decrypted = (seat: number, staffId: string, owner = seat): BoxEvent => ({
  type: 'PartialDecryptionFiled',
  data: { scrutinId, seat, owner, decryption: '{"d":1}', binding: '{"b":1}', staffId, at: now },
});
const rejected = (seat: number, reason: 'proof' | 'disagrees'): BoxEvent => ({
  type: 'PartialDecryptionRejected',
  data: { scrutinId, seat, staffId: delegate, reason, at: now },
});
const parts = [
  { threshold: 1, seats: [1, 2] },
  { threshold: 2, seats: [3, 4, 5, 6] },
];
const listId = randomUUID();
const listed = [{ listId, votes: 2, seats: 1 }];
const proclaim = (owners: number[], draws: ProclaimResult['draws'] = []) =>
  new ProclaimResult(scrutinId, parts, owners, '{"result":[[2,0]]}', listed, 0, sha('c'), draws);
const proclaimed: BoxEvent = {
  type: 'ResultProclaimed',
  data: { scrutinId, result: '{"result":[[2,0]]}', votes: listed, blank: 0, seats: sha('c'), at: now },
};
const signs = (
  office: 'president' | 'secretary',
  seat: number,
  staffId: string,
  minutes = sha('d'),
  observations = 0,
) => new SignMinutes(scrutinId, minutes, office, seat, staffId, observations);
const observationId = '5f0f6b0e-4b1c-4c57-9d3c-1b7a52d3c9e1';
const observes = new WriteObservation(scrutinId, observationId, sha('f'), 1, president);
const observed: BoxEvent = {
  type: 'ObservationWritten',
  data: { scrutinId, observationId, text: sha('f'), seat: 1, staffId: president, at: now },
};
const signed = (office: 'president' | 'secretary', seat: number, staffId: string): BoxEvent => ({
  type: 'MinutesSigned',
  data: { scrutinId, minutes: sha('d'), office, seat, staffId, at: now },
});
const ready = [opened, votes, frozen, reconciled, encrypted];

describe('an unopened box', () => {
  it('refuses all', () => {
    for (const command of [freeze, reconcile, encrypt, decrypt(1, president), proclaim([1])])
      given().when(command).thenRefuses('counting.not-opened');
  });
});

describe('an open box', () => {
  it('is frozen a minute after the end of grace, and not a millisecond before (CGFP 572)', () => {
    given(opened, votes).when(freeze).then(frozen);
    earlier('2022-12-08T16:20:59.999Z')(opened, votes).when(freeze).thenRefuses('counting.too-early');
  });
  it('is frozen after its extension', () => {
    const extended: BoxEvent = {
      type: 'BoxExtended',
      data: {
        ...{ scrutinId, reason: sha('e'), staffIds: [president], at: closesAt },
        closesAt: '2022-12-08T18:00:00.000Z',
      },
    };
    given(opened, votes, extended).when(freeze).thenRefuses('counting.too-early');
    const state = [opened, extended].reduce((s, e) => counting.evolve(s, e), counting.initial) as Counted;
    expect(new Date(freezesAt(state)).toISOString()).toBe('2022-12-08T18:21:00.000Z');
  });
  it('is looked at again when votes came in between', () => {
    given(opened, votes, votes).when(freeze).thenRefuses('counting.moved-on');
  });
  it('lets nothing be reconciled, added up or decrypted', () => {
    given(opened, votes).when(reconcile).thenRefuses('counting.not-frozen');
    given(opened, votes).when(encrypt).thenRefuses('counting.not-frozen');
    given(opened, votes).when(decrypt(1, president)).thenRefuses('counting.not-frozen');
    given(opened, votes)
      .when(proclaim([1, 3, 4]))
      .thenRefuses('counting.not-frozen');
  });
});

describe('a frozen box', () => {
  it('is found frozen by the second instance', () => {
    given(opened, votes, frozen).when(freeze).then();
  });
  it('loses its register key once the board reconciled', () => {
    given(opened, votes, frozen).when(reconcile).then(reconciled);
    given(opened, votes, frozen, reconciled).when(reconcile).then();
  });
  it('keeps the key while names, tags or counts differ, or nobody looked', () => {
    const with_ = (matched: number, names: number, by = [president]) =>
      new DestroyRegisterKey(scrutinId, { matched, names, rootAgrees: true, keyAgrees: true }, by);
    given(opened, votes, frozen).when(with_(1, 2)).thenRefuses('counting.not-reconciled');
    given(opened, votes, frozen).when(with_(2, 3)).thenRefuses('counting.not-reconciled');
    given(opened, votes, frozen)
      .when(with_(2, 2, []))
      .thenRefuses('counting.nobody-reconciled');
  });
  it('lets nothing be decrypted while the key lives', () => {
    given(opened, votes, frozen).when(encrypt).thenRefuses('counting.key-alive');
    given(opened, votes, frozen).when(decrypt(1, president)).thenRefuses('counting.key-alive');
    given(opened, votes, frozen, reconciled)
      .when(decrypt(1, president))
      .thenRefuses('counting.not-encrypted');
  });
});

describe('a reconciled box', () => {
  it('states the tally of all its ballots once', () => {
    given(opened, votes, frozen, reconciled).when(encrypt).then(encrypted);
    given(...ready)
      .when(encrypt)
      .then();
    given(opened, votes, frozen, reconciled)
      .when(new EncryptTally(scrutinId, tally, 1))
      .thenRefuses('counting.tally-incomplete');
  });
});

describe('an encrypted tally', () => {
  it('takes the part of a seat once, from titular or substitute (CGFP 545)', () => {
    given(...ready)
      .when(decrypt(3, delegate))
      .then(decrypted(3, delegate));
    given(...ready, decrypted(3, delegate))
      .when(decrypt(3, delegate))
      .then();
    given(...ready, decrypted(3, delegate))
      .when(decrypt(3, substitute))
      .thenRefuses('counting.seat-decrypted');
    given(...ready, decrypted(3, delegate))
      .when(decrypt(4, substitute, 3))
      .thenRefuses('counting.owner-decrypted');
  });
  it('waits for the witnesses of the freeze', () => {
    given(...ready)
      .when(decrypt(3, delegate, 3, false))
      .thenRefuses('counting.not-witnessed');
  });
  it('logs a part that does not hold under its seat, and goes on', () => {
    given(...ready)
      .when(new RejectPartialDecryption(scrutinId, 3, delegate, 'proof'))
      .then(rejected(3, 'proof'));
    given(...ready, rejected(3, 'proof'))
      .when(decrypt(3, delegate))
      .then(decrypted(3, delegate));
  });
  it('takes out what disagrees', () => {
    const past = [...ready, decrypted(1, president), decrypted(3, delegate), decrypted(4, other)];
    given(...past, rejected(3, 'disagrees'))
      .when(proclaim([1, 3, 4]))
      .thenRefuses('counting.no-quorum');
  });
  it('gives no result below the quorum of each part (CGFP 573)', () => {
    const [one, three, four] = [decrypted(1, president), decrypted(3, delegate), decrypted(4, other)];
    given(...ready, three, four)
      .when(proclaim([3, 4]))
      .thenRefuses('counting.no-quorum');
    given(...ready, one, decrypted(2, secretary), three)
      .when(proclaim([1, 2, 3]))
      .thenRefuses('counting.no-quorum');
    given(...ready, one, three, four)
      .when(proclaim([1, 3]))
      .thenRefuses('counting.no-quorum');
    given(...ready, one)
      .when(proclaim([1, 3, 4]))
      .thenRefuses('counting.no-quorum');
    given(...ready, one, three, four)
      .when(proclaim([1, 3, 4]))
      .then(proclaimed);
  });
  it('draws before it proclaims', () => {
    const among = [listId, randomUUID()];
    const draw = { step: 2, seed: sha('a'), among, drawn: listId };
    given(...ready, decrypted(1, president), decrypted(3, delegate), decrypted(4, other))
      .when(proclaim([1, 3, 4], [draw]))
      .then({ type: 'TieDrawn', data: { scrutinId, ...draw, at: now } }, proclaimed);
  });
});

describe('a proclaimed result', () => {
  it('stands: nothing is decrypted or proclaimed after it', () => {
    given(...ready, proclaimed)
      .when(proclaim([1, 3, 4]))
      .then();
    given(...ready, proclaimed)
      .when(decrypt(3, delegate))
      .thenRefuses('counting.already-proclaimed');
    given(...ready, proclaimed)
      .when(new RejectPartialDecryption(scrutinId, 3, delegate, 'proof'))
      .thenRefuses('counting.already-proclaimed');
  });
  it('has observations written from the freeze until the minutes are signed', () => {
    given(opened, votes).when(observes).thenRefuses('counting.not-frozen');
    given(opened, votes, frozen).when(observes).then(observed);
    given(...ready, proclaimed, observed)
      .when(observes)
      .then();
    given(...ready, proclaimed, signed('secretary', 2, secretary))
      .when(observes)
      .thenRefuses('counting.minutes-signed');
    given(...ready, observed, proclaimed, signed('secretary', 2, secretary))
      .when(observes)
      .then();
  });
  it('is not signed without an observation that was written meanwhile', () => {
    given(...ready, observed, proclaimed)
      .when(signs('secretary', 2, secretary))
      .thenRefuses('counting.moved-on');
    given(...ready, observed, proclaimed)
      .when(signs('secretary', 2, secretary, sha('d'), 1))
      .then(signed('secretary', 2, secretary));
  });
  it('has minutes that the secretary signs and the president countersigns (CGFP 577)', () => {
    given(...ready)
      .when(signs('secretary', 2, secretary))
      .thenRefuses('counting.no-result');
    given(...ready, proclaimed)
      .when(signs('president', 1, president))
      .thenRefuses('counting.secretary-first');
    given(...ready, proclaimed)
      .when(signs('secretary', 2, secretary))
      .then(signed('secretary', 2, secretary));
    const past = [...ready, proclaimed, signed('secretary', 2, secretary)];
    given(...past)
      .when(signs('president', 1, president))
      .then(signed('president', 1, president));
    given(...past)
      .when(signs('secretary', 2, secretary))
      .then();
    given(...past)
      .when(signs('president', 1, president, sha('e')))
      .thenRefuses('counting.other-minutes');
  });
});
