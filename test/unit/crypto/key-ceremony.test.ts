import { describe, expect, it } from '@jest/globals';
import {
  assembleGroup,
  CeremonyFault,
  certify,
  commit,
  complete,
  deal,
  open,
  type Draft,
  type Holder,
} from '../../../src/crypto/key-ceremony.js';
import { judgeComplaint, readTranscript } from '../../../src/crypto/key-ceremony-check.js';
import {
  shareContext,
  writeMessage,
  type Ceremony,
  type Round,
  type Transcript,
} from '../../../src/crypto/key-ceremony-messages.js';
import { electionKey, parseKeyHolders, printKeyHolders } from '../../../src/crypto/key-holders.js';
import { checkKeyHolders } from '../../../src/crypto/key-holders-check.js';
import { lagrange } from '../../../src/crypto/pedersen.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { exposedShareJson, exposeShare } from '../../../src/crypto/share-encryption.js';
import { sign, type Signed } from '../../../src/crypto/signed-message.js';
import { certified, committed, completed, dealt, opened, random, type Board } from './ceremony.js';

const group = await serverGroup('Ed25519');
const ceremony: Ceremony = { group, id: 'board-1', size: 3, threshold: 2 };

/** A transcript in which one message of a round is another one. */
function replaced(transcript: Transcript, round: Round, holder: number, message: Signed): Transcript {
  return { ...transcript, [round]: transcript[round].with(holder - 1, message) };
}

/** The message of a round, changed and signed again by the holder who cheats. */
function cheat(board: Board, round: Round, holder: number, change: (message: string) => string): Transcript {
  const { message } = board.transcript[round][holder - 1] as Signed;
  const changed = change(message);
  expect(changed).not.toBe(message);
  const key = (board.holders[holder - 1] as Holder).signing;
  return replaced(board.transcript, round, holder, sign(group, key, changed, random));
}

function faults(transcript: Transcript) {
  return readTranscript(ceremony, transcript).faults;
}

describe('a ceremony among honest holders', () => {
  it.each([
    [1, 1],
    [1, 2],
    [2, 3],
    [2, 4],
    [4, 4],
  ])('gives %i of %i the key, and fewer nothing', (threshold, size) => {
    const { group: part, shares } = completed({ group, id: 'board', size, threshold });
    expect(checkKeyHolders(group, [part])).toEqual([]);
    const text = printKeyHolders(group, [part]);
    expect(printKeyHolders(group, parseKeyHolders(group, text))).toBe(text);
    const combine = (indices: number[]) =>
      indices.reduce(
        (sum, i) => (sum + lagrange(group, i, indices) * (shares[i - 1] as bigint)) % group.order,
        0n,
      );
    const key = electionKey(group, [part]);
    const last = Array.from({ length: threshold }, (_, i) => size - i);
    expect(group.equal(group.g.exp(combine(last)), key)).toBe(true);
    if (threshold > 1) expect(group.equal(group.g.exp(combine(last.slice(1))), key)).toBe(false);
  });

  it('makes one key of several groups and of basic keys', () => {
    const presidency = completed({ group, id: 'board/presidency', size: 2, threshold: 1 });
    const delegates = completed({ group, id: 'board/delegates', size: 4, threshold: 2 });
    const holders = [presidency.group, delegates.group];
    expect(checkKeyHolders(group, holders)).toEqual([]);
    const product = group.mul(electionKey(group, [presidency.group]), electionKey(group, [delegates.group]));
    expect(group.equal(electionKey(group, holders), product)).toBe(true);
  });
});

describe('a ceremony that can make no key', () => {
  it.each([
    [0, 3, 1],
    [4, 3, 1],
    [-1, 3, 1],
    [NaN, 3, 1],
    [2, 201, 1],
    [2, 3, 0],
    [2, 3, 4],
  ])('(%d of %d, holder %d) does not begin', (threshold, size, index) => {
    expect(() => certify({ group, id: 'board', size, threshold }, index, random)).toThrow(RangeError);
  });
});

describe('a round', () => {
  it('does not begin before all have spoken in the one before: nobody opens before all have committed', () => {
    const board = committed(ceremony);
    const [holder, draft] = [board.holders[0] as Holder, board.drafts[0] as Draft];
    const early = { ...board.transcript, commitments: board.transcript.commitments.slice(0, 2) };
    expect(() => open(ceremony, early, holder, draft, random)).toThrow(
      new CeremonyFault([{ holder: 3, step: 'commitment', reason: 'has not spoken' }]),
    );
    expect(() => deal(ceremony, board.transcript, holder, draft, random)).toThrow('opening: has not spoken');
    expect(() => complete(ceremony, board.transcript, holder, random)).toThrow('share: has not spoken');
    expect(() => assembleGroup(ceremony, dealt(ceremony).transcript)).toThrow('has not spoken');
  });
});

describe('a holder', () => {
  it('says nothing where another certificate stands in its place', () => {
    const board = committed(ceremony);
    const { holder: impostor, certificate } = certify(ceremony, 2, random);
    const before = replaced(certified(ceremony).transcript, 'certificates', 2, certificate);
    const reason = 'certificate: is not what this holder certified';
    const [holder, draft] = [board.holders[1] as Holder, board.drafts[1] as Draft];
    expect(() => commit(ceremony, before, holder, random)).toThrow(reason);
    expect(commit(ceremony, before, impostor, random)).toHaveProperty('commitment');
    // an impostor who also speaks for the holder, so that all messages are sound
    const whole = opened(ceremony).transcript;
    expect(() => open(ceremony, whole, holder, draft, random)).toThrow(reason);
    expect(() => deal(ceremony, whole, holder, draft, random)).toThrow(reason);
    expect(() => complete(ceremony, dealt(ceremony).transcript, holder, random)).toThrow(reason);
  });
});

describe('a holder who cheats is named', () => {
  it('with a certificate of another place', () => {
    const { transcript } = certified(ceremony);
    const { certificate } = certify(ceremony, 2, random);
    expect(faults(replaced(transcript, 'certificates', 3, certificate))).toEqual([
      { holder: 3, step: 'certificate', reason: 'made for another place or group' },
    ]);
  });

  it('with the keys of another holder', () => {
    const board = certified(ceremony);
    const stolen = (board.transcript.certificates[0] as Signed).message.replace('"index":1', '"index":2');
    const forged = sign(group, 5n, stolen, random);
    expect(faults(replaced(board.transcript, 'certificates', 2, forged))).toMatchObject([
      { holder: 2, step: 'certificate', reason: 'wrong signature' },
    ]);
    const key = (board.holders[0] as Holder).signing;
    const shared = sign(group, key, stolen, random);
    expect(faults(replaced(board.transcript, 'certificates', 2, shared))).toMatchObject([
      { holder: 2, step: 'certificate', reason: 'repeats a key of holder 1' },
    ]);
  });

  it('with a commitment of another ceremony', () => {
    const board = certified(ceremony);
    const other = { ...ceremony, id: 'board-2' };
    const { commitment } = commit(other, board.transcript, board.holders[0] as Holder, random);
    const commitments = [commitment];
    expect(faults({ ...board.transcript, commitments })).toMatchObject([{ holder: 1, step: 'commitment' }]);
  });

  it("with another holder's commitment", () => {
    const board = committed(ceremony);
    const copy = (board.transcript.commitments[0] as Signed).message.replace('"holder":1', '"holder":2');
    const transcript = cheat(board, 'commitments', 2, () => copy);
    expect(faults(transcript)).toEqual([]); // its hash names holder 1: it can never be opened
    const draft = { ...(board.drafts[0] as Draft) };
    const opening = open(ceremony, transcript, board.holders[1] as Holder, draft, random);
    const openings = [opened(ceremony).transcript.openings[0] as Signed, opening];
    expect(faults({ ...transcript, openings })).toContainEqual({
      holder: 2,
      step: 'opening',
      reason: 'is not what the holder committed to',
    });
  });

  it('with a polynomial chosen after seeing the others (the rushing adversary)', () => {
    const board = opened(ceremony);
    const before = { ...board.transcript, commitments: [], openings: [] };
    const { draft } = commit(ceremony, before, board.holders[2] as Holder, random);
    const late = open(ceremony, board.transcript, board.holders[2] as Holder, draft, random);
    expect(faults(replaced(board.transcript, 'openings', 3, late))).toEqual([
      { holder: 3, step: 'opening', reason: 'is not what the holder committed to' },
    ]);
  });

  it.each<[Round, string, RegExp, string]>([
    ['openings', 'opening', /"nonce":"[0-9a-f]/, '"nonce":"x'],
    ['openings', 'signature', /("signature":\{"challenge":"\d+","response":)"\d+"(\},"nonce")/, '$1"7"$2'],
    ['openings', 'polynomial', /("response":)"\d+"(\}\},"signature")/, '$1"7"$2'],
    ['deals', 'share', /,\{"ephemeral[^}]*\}\]/, ']'],
    ['deals', 'share', /"holder":2/, '"holder":1'],
    ['deals', 'share', /"after":"./, '"after":"!'],
  ])('in its %s (%s)', (round, step, pattern, by) => {
    const board = round === 'openings' ? opened(ceremony) : dealt(ceremony);
    const transcript = cheat(board, round, 2, (message) => message.replace(pattern, by));
    expect(faults(transcript)).toMatchObject([{ holder: 2, step }]);
  });

  it('when somebody else wrote its message', () => {
    const board = dealt(ceremony);
    const { message } = board.transcript.deals[1] as Signed;
    const forged = sign(group, (board.holders[0] as Holder).signing, message, random);
    expect(faults(replaced(board.transcript, 'deals', 2, forged))).toEqual([
      { holder: 2, step: 'share', reason: 'wrong signature' },
    ]);
  });

  it('with a verification key that is not its own', () => {
    const { board } = completed(ceremony);
    const other = completed({ ...ceremony, id: 'other' }).board.transcript.completions[2] as Signed;
    const key = other.message.slice(other.message.indexOf('"key"'));
    const transcript = cheat(board, 'completions', 3, (m) => m.slice(0, m.indexOf('"key"')) + key);
    expect(faults(transcript)).toMatchObject([
      { holder: 3, step: 'verification-key', reason: 'is not what the polynomials give' },
    ]);
    expect(() => assembleGroup(ceremony, transcript)).toThrow(CeremonyFault);
  });
});

describe('a complaint', () => {
  /** Holder 2 sends holder 3 what was meant for holder 1 in another ceremony of its own. */
  function wrongShare(): Board {
    const board = dealt(ceremony);
    const foreign = dealt({ ...ceremony, id: 'other' }).transcript.deals[1] as Signed;
    const share = /\{"ephemeral[^}]*\}/.exec(foreign.message)?.[0] as string;
    const transcript = cheat(board, 'deals', 2, (message) =>
      message.replace(/\{"ephemeral[^}]*\}\]/, `${share}]`),
    );
    return { ...board, transcript };
  }

  it('names the dealer of a wrong share, and everyone can judge it', () => {
    const { transcript, holders } = wrongShare();
    expect(faults(transcript)).toEqual([]);
    const done = complete(ceremony, transcript, holders[2] as Holder, random);
    if (!('complaints' in done)) throw new Error('nobody complained');
    expect(done.complaints).toHaveLength(1);
    expect(judgeComplaint(ceremony, transcript, 3, done.complaints[0] as Signed)).toEqual([
      { holder: 2, step: 'share', reason: 'sent a wrong share to holder 3' },
    ]);
    expect(complete(ceremony, transcript, holders[0] as Holder, random)).toHaveProperty('completion');
  });

  it('falls on the accuser when the share is right, or the complaint is not its own', () => {
    const { transcript, holders } = wrongShare();
    const done = complete(ceremony, transcript, holders[2] as Holder, random);
    const [complaint] = 'complaints' in done ? done.complaints : [];
    const { message } = complaint as Signed;
    const key = (holders[2] as Holder).signing;
    const judge = (text: string, by = key) =>
      judgeComplaint(ceremony, transcript, 3, sign(group, by, text, random));
    const accuser = (reason: unknown) => [{ holder: 3, step: 'complaint', reason }];
    expect(judge(message.replace('"dealer":2', '"dealer":1'))).toEqual(
      accuser('does not open the share that was sent'),
    );
    expect(judge(message, 5n)).toEqual(accuser('wrong signature'));
    expect(judge(message.replace('"dealer":2', '"dealer":9'))).toEqual(
      accuser(expect.stringContaining('dealer')),
    );
    expect(judge('nothing')).toEqual(accuser('complaint[2]: not JSON'));
  });

  it('falls on the accuser when it opens a right share', () => {
    const board = dealt(ceremony);
    expect(judgeComplaint(ceremony, board.transcript, 3, falseComplaint(board))).toEqual([
      { holder: 3, step: 'complaint', reason: 'the share of holder 2 is right' },
    ]);
  });
});

/** What holder 3 would say of holder 2 if it complained of an honest share. */
function falseComplaint({ transcript, holders }: Board): Signed {
  const accuser = holders[2] as Holder;
  const { proceedings } = readTranscript(ceremony, transcript);
  const sealed = proceedings.deals[1]?.[2] as Parameters<typeof exposeShare>[3];
  const exposed = exposeShare(
    group,
    accuser.decryption,
    shareContext(ceremony, transcript, 2, 3),
    sealed,
    random,
  );
  const body = { dealer: 2, exposed: exposedShareJson(group, exposed) };
  return sign(group, accuser.signing, writeMessage(ceremony, transcript, 'complaint', 3, body), random);
}
