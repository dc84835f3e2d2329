import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { answerOf, BLANK_ANSWER } from '../../src/crypto/answers.js';
import { parseElection } from '../../src/crypto/election.js';
import { checkKeyHolders } from '../../src/crypto/key-holders-check.js';
import { parseKeyHolders } from '../../src/crypto/key-holders.js';
import { rootOfLines } from '../../src/crypto/line-list.js';
import { decryptRehearsalTally } from '../../src/crypto/rehearsal.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { openShareFile, readShareOwner, sealShareFile } from '../../src/crypto/share-file.js';
import type { CeremonyAnswer } from '../../src/crypto/ceremony-view.js';
import { participate, type SecretsStore } from '../../src/cli/ceremony-client.js';
import { PortalSession } from '../../src/cli/portal-session.js';
import { rehearse } from '../../src/cli/rehearse.js';
import type { StaffRole } from '../../src/events/staff.events.js';
import { decode, type LedgerEvent } from '../../src/events/codec.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import type { BoardView } from '../../src/modules/board/board.views.js';
import { Opening } from '../../src/modules/board/opening.js';
import { Rehearsals } from '../../src/modules/board/rehearsals.js';
import { Sealing } from '../../src/modules/board/sealing.js';
import { readSeal } from '../../src/modules/board/seal-content.js';
import {
  CloseLists,
  DeclareElection,
  RenameElection,
  SetCalendar,
} from '../../src/modules/election/election.commands.js';
import {
  DeclareScrutin,
  DrawListOrder,
  FileCandidateList,
} from '../../src/modules/scrutin/scrutin.commands.js';
import { candidateBytes } from '../../src/modules/scrutin/candidate-document.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { demonstrationBoard, sealAll, type HeldShare } from '../../src/demonstration/board.js';
import { openPortal, someone as anElector, type Portal } from '../support/portal.js';

const electionId = randomUUID();
const PASSWORD = 'un bon mot de passe';
const OFFICES = ['president', 'secretary', 'delegate', 'delegate', 'delegate', 'delegate'];
const random = (length: number) => randomBytes(length);

interface Member {
  readonly staffId: string;
  readonly session: PortalSession;
}

let portal: Portal;
let administrator: Member;
let members: Member[];
beforeAll(async () => {
  portal = await openPortal();
  const commands = portal.app.get(CommandBus);
  await commands.execute(new DeclareElection(electionId, 'Élections', '2022'));
  await commands.execute(
    new SetCalendar(electionId, {
      portalOpensAt: '2022-10-13T08:00:00.000Z',
      votingOpensAt: '2022-12-01T07:00:00.000Z',
      votingClosesAt: '2022-12-08T16:00:00.000Z',
      graceMinutes: 20,
    }),
  );
  administrator = await someone('administrator');
  members = [];
  while (members.length < OFFICES.length) members.push(await someone('board'));
}, 120_000);
afterAll(() => portal.close());

/** Each code serves once, so the clock goes on by a step for each. */
async function someone(role: StaffRole): Promise<Member> {
  const login = `${role}-${randomUUID().slice(0, 8)}`;
  const { staffId, totpKey } = await portal.app
    .get(StaffAccounts, { strict: false })
    .add(login, PASSWORD, role);
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  const session = new PortalSession(portal.url);
  await session.signIn(login, PASSWORD, totp(totpKey, stepAt(clock.now())));
  return { staffId, session };
}

async function seatedBoard(): Promise<string> {
  const { boardId } = await administrator.session.post<{ boardId: string }>('/api/boards', {
    electionId,
    title: 'Bureau de vote électronique',
  });
  for (const [place, { staffId }] of members.entries()) {
    const body = { seat: place + 1, office: OFFICES[place], staffId, substitute: false };
    await administrator.session.post(`/api/boards/${boardId}/members`, body);
  }
  // Each delegate is the substitute of another one: two shares a person (CGFP 545).
  for (const [seat, place] of [
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 2],
  ] as const) {
    const body = { seat, office: 'delegate', staffId: members[place]?.staffId, substitute: true };
    await administrator.session.post(`/api/boards/${boardId}/members`, body);
  }
  return boardId;
}

const viewOf = (boardId: string, { session } = administrator) =>
  session.get<BoardView>(`/api/boards/${boardId}`);

/** The whole ceremony by the same client as `isoloir keyholder`, all seats at once. */
async function ceremony(boardId: string, practice: boolean) {
  await (members[0] as Member).session.post(`/api/boards/${boardId}/ceremonies`, { practice });
  const shares = new Map<number, bigint>();
  const outcomes = await Promise.all(
    members.map(({ session }, place) => {
      const seat = place + 1;
      return participate(session, {
        boardId,
        seat,
        pause: 50,
        store: memory(),
        keep: (_, share) => Promise.resolve(void shares.set(seat, share)),
      });
    }),
  );
  return { outcomes, shares };
}

/** A scrutin with two lists and some electors, up to what sealing needs but for the closing of the lists. */
async function scrutin(boardId: string, electors: number) {
  const commands = portal.app.get(CommandBus);
  const scrutinId = randomUUID();
  await commands.execute(
    new DeclareScrutin(scrutinId, electionId, {
      uuid: base58(),
      group: 'Ed25519',
      title: 'CSA de proximité de Paris',
      body: 'CSA',
      seats: 10,
      held: 'here',
      boardId,
    }),
  );
  const lists = ['Ensemble', 'Alliance'].map((title) => ({ listId: randomUUID(), title }));
  for (const { listId, title } of lists) {
    const candidates = ['Ada', 'Lin'].map((firstName) => ({ lastName: 'Roux', firstName }));
    const content = candidateBytes({ title, candidates });
    const file = await portal.foundation.documents.put(content, 'application/json', 'public');
    await commands.execute(new FileCandidateList(scrutinId, listId, file, undefined, candidates.length));
  }
  await commands.execute(new DrawListOrder(scrutinId, 'un tirage'));
  for (let i = 0; i < electors; i++)
    await portal.electors.register(randomUUID(), electionId, anElector(), [scrutinId]);
  return { scrutinId, lists };
}

/** Public credentials as the maker of notices gives them; here nobody needs to vote with them. */
async function credentials(scrutinId: string, count: number) {
  const group = await serverGroup('Ed25519');
  const lines = Array.from({ length: count }, (_, i) => group.print(group.g.exp(BigInt(i + 2)))).sort();
  await portal.foundation.credentialLists.put(scrutinId, lines);
}

function memory(): SecretsStore {
  const secrets = new Map<string, string>();
  return {
    load: (id) => Promise.resolve(secrets.get(id)),
    save: (id, text) => Promise.resolve(void secrets.set(id, text)),
    forget: (id) => Promise.resolve(void secrets.delete(id)),
  };
}

const base58 = () => Array.from(randomBytes(14), (byte) => BASE58[byte % 58]).join('');
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

async function eventsOf(stream: string): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const { type, data } of portal.foundation.store.readStream(stream))
    events.push(decode(type, data));
  return events;
}

describe('a ceremony', () => {
  it('of practice ends well and makes no key', async () => {
    const boardId = await seatedBoard();
    const { outcomes } = await ceremony(boardId, true);
    expect(outcomes.map(({ phase }) => phase)).toEqual(OFFICES.map(() => 'completed'));
    const { key, sealing } = await viewOf(boardId);
    expect(key).toBeNull();
    expect(sealing).toBeNull();
    expect((await eventsOf(`board-${boardId}`)).map(({ type }) => type)).toContain('PracticeCompleted');
  }, 60_000);

  it('gives the board its key, which a quorum decrypts with on the eve, and no fewer', async () => {
    const boardId = await seatedBoard();
    const { shares } = await ceremony(boardId, false);
    const { key } = await viewOf(boardId);
    const group = await serverGroup('Ed25519');
    const file = await portal.foundation.documents.get(key?.keyHolders ?? '');
    const holders = parseKeyHolders(group, file?.content.toString() ?? '');
    expect(checkKeyHolders(group, holders)).toEqual([]);
    expect(
      holders.map((part) => (part.kind === 'Pedersen' ? [part.threshold, part.certificates.length] : [])),
    ).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(key?.owners).toEqual([1, 2, 3, 4, 5, 6]);

    const { rehearsalId } = await administrator.session.post<{ rehearsalId: string }>(
      `/api/boards/${boardId}/rehearsals`,
    );
    const decrypt = async (seat: number, share = shares.get(seat) ?? 0n) => {
      const { key, rehearsal } = await viewOf(boardId);
      const { tally = '', votes = [] } = rehearsal ?? {};
      const rehearsed = { boardId, rehearsalId, publicKey: key?.publicKey ?? '', votes, tally };
      const decryption = decryptRehearsalTally(group, rehearsed, share, random);
      const path = `/api/boards/${boardId}/rehearsals/${rehearsalId}/decryptions`;
      await (members[seat - 1] as Member).session.post(path, { seat, decryption });
    };
    await expect(decrypt(3, shares.get(4))).rejects.toMatchObject({ code: 'rehearsal.not-proved' });
    await decrypt(3);
    // As `isoloir keyholder rehearse` does, with the file and its passphrase.
    const fromFile = async (
      seat: number,
      of = boardId,
      passphrase = 'une phrase de passe',
      session?: PortalSession,
    ) => {
      const owner = { boardId: of, ceremonyId: randomUUID(), seat };
      const file = await sealShareFile(
        group,
        owner,
        shares.get(seat) ?? 0n,
        'une phrase de passe',
        random,
        256,
      );
      return rehearse(session ?? (members[seat - 1] as Member).session, boardId, file, passphrase);
    };
    await expect(fromFile(5, randomUUID())).rejects.toThrow('another board');
    await expect(fromFile(5, boardId, 'une autre phrase')).rejects.toThrow('the passphrase is wrong');
    // A portal that has something else decrypted: the tool sends nothing.
    const sent: unknown[] = [];
    const lying = Object.create((members[4] as Member).session) as PortalSession;
    lying.get = async <T>(): Promise<T> => {
      const { key, rehearsal } = await viewOf(boardId);
      const [question] = JSON.parse(rehearsal?.tally ?? '') as [object[]];
      const tally = JSON.stringify([question.reverse()]);
      return { key, rehearsal: Object.assign({}, rehearsal, { tally }) } as T;
    };
    lying.post = <T>(...given: unknown[]): Promise<T> =>
      Promise.reject(new Error(`sent ${sent.push(given)}`));
    await expect(fromFile(5, boardId, undefined, lying)).rejects.toThrow('not the rehearsal of its votes');
    expect(sent).toStrictEqual([]);
    expect(await fromFile(5)).toStrictEqual({ done: false, waiting: [3, 5] });
    expect((await viewOf(boardId)).rehearsal).toMatchObject({ done: false, decrypted: [3, 5] });
    expect(await fromFile(2)).toMatchObject({ done: true });
    expect((await viewOf(boardId)).rehearsal).toMatchObject({ done: true });

    // The file in which a holder keeps a share opens with its passphrase only.
    const owner = { boardId, ceremonyId: randomUUID(), seat: 3 };
    const kept = await sealShareFile(group, owner, shares.get(3) ?? 0n, 'une phrase de passe', random, 256);
    expect(readShareOwner(kept)).toMatchObject(owner);
    expect((await openShareFile(group, kept, ' une phrase de passe ')).share).toBe(shares.get(3));
    await expect(openShareFile(group, kept, 'une phrase de pass')).rejects.toThrow('the passphrase is wrong');
    const other = kept.replace('"seat": 3', '"seat": 4');
    await expect(openShareFile(group, other, 'une phrase de passe')).rejects.toThrow(
      'the passphrase is wrong',
    );
    await expect(sealShareFile(group, owner, 1n, 'court', random)).rejects.toThrow('12 characters');
  }, 60_000);

  it('names who says what the protocol does not, and ends', async () => {
    const boardId = await seatedBoard();
    await administrator.session.post(`/api/boards/${boardId}/ceremonies`, { practice: true });
    const { ceremony: begun } = await viewOf(boardId);
    const { ceremonyId = '' } = begun ?? {};
    const path = `/api/boards/${boardId}/ceremonies/${ceremonyId}/messages`;
    const say = (seat: number, message: string) =>
      (members[seat - 1] as Member).session.post(path, { seat, round: 'certificate', message });
    await expect(say(1, '{"not":"signed"}')).rejects.toMatchObject({ code: 'ceremony.malformed' });
    const junk = '{"message":"{}","signature":{"challenge":"1","response":"2"}}';
    await say(4, junk);
    await expect(say(4, junk.replace('"1"', '"3"'))).rejects.toMatchObject({ code: 'ceremony.already-said' });
    const stranger = await someone('board');
    await expect(
      stranger.session.post(path, { seat: 1, round: 'certificate', message: junk }),
    ).rejects.toMatchObject({
      code: 'board.not-your-seat',
    });
    await expect(stranger.session.get(`/api/boards/${boardId}`)).rejects.toMatchObject({ status: 403 });
    const honest = [1, 2, 3, 5, 6].map((seat) =>
      participate((members[seat - 1] as Member).session, {
        boardId,
        seat,
        pause: 50,
        store: memory(),
        keep: () => Promise.resolve(),
      }),
    );
    const ends: CeremonyAnswer[] = await Promise.all(honest);
    expect(ends[0]).toMatchObject({ phase: 'aborted', reason: 'cheated', named: [4] });
  }, 60_000);
});

describe('scrutins', () => {
  it('are sealed by president and delegates, and opened by the clock, once', async () => {
    const { app, foundation } = portal;
    const boardId = randomUUID();
    const held: HeldShare[] = [];
    const board = {
      boardId,
      electionId,
      title: 'Bureau',
      staffIds: members.map(({ staffId }) => staffId),
      passphrase: 'une phrase de passe',
      keep: (shares: readonly HeldShare[]) => Promise.resolve(void held.push(...shares)),
    };
    const from = performance.now();
    await demonstrationBoard(app, board);
    await demonstrationBoard(app, board); // the second time changes nothing
    expect(performance.now() - from).toBeLessThan(20_000);
    expect(held.map(({ seat }) => seat)).toEqual([1, 2, 3, 4, 5, 6]);

    const path = `/api/boards/${boardId}/seal`;
    const propose = (body = {}) => administrator.session.post<{ seal: string }>(path, body);
    await expect(propose()).rejects.toMatchObject({ code: 'sealing.lists-open' });
    const { scrutinId, lists } = await scrutin(boardId, 7);
    await app.get(CommandBus).execute(new CloseLists(electionId, administrator.staffId));
    await credentials(scrutinId, 6);
    const refused = propose();
    await expect(refused).rejects.toMatchObject({ code: 'sealing.credential-count' });
    await expect(refused).rejects.toThrow('1 fewer credentials (6) than electors (7)');
    const more = await serverGroup('Ed25519');
    await foundation.credentialLists.put(
      scrutinId,
      [more.print(more.g.exp(99n)), more.print(more.g.exp(98n))].sort(),
    );
    await expect(propose()).rejects.toThrow('1 more credentials (8) than electors (7)');

    const { seal } = await propose({ surplus: [{ scrutinId, credentials: 1 }] });
    const approve = (place: number, hash = seal) =>
      (members[place] as Member).session.post(`${path}/approvals`, { seal: hash });
    await expect(approve(0, 'ab'.repeat(32))).rejects.toMatchObject({ code: 'sealing.other-seal' });
    await expect(
      foundation.credentialLists.put(scrutinId, [more.print(more.g.exp(97n))]),
    ).rejects.toMatchObject({
      code: 'credentials.closed',
    });
    await approve(0);
    await approve(2);
    expect((await viewOf(boardId)).sealing).toMatchObject({ phase: 'proposed' });
    // What is opened before the hour, or unsealed, stays shut.
    const opening = app.get(Opening, { strict: false });
    await expect(opening.openBoard(boardId)).rejects.toMatchObject({ code: 'opening.not-sealed' });
    await approve(5);
    expect((await viewOf(boardId)).sealing).toMatchObject({ phase: 'sealed' });
    // Nothing that is sealed changes: lists, candidates and the calendar answer 409 with a code.
    const { session } = administrator;
    const list = { title: 'Tard', candidates: [{ lastName: 'Roux', firstName: 'Léa' }] };
    await expect(session.post(`/api/scrutins/${scrutinId}/lists`, { list })).rejects.toMatchObject({
      status: 409,
      code: 'lists.closed',
    });
    await expect(session.post(`/api/scrutins/${scrutinId}/order`, { seed: 'x' })).rejects.toMatchObject({
      status: 409,
      code: 'scrutin.order-drawn',
    });
    const calendar = {
      portalOpensAt: '2022-10-13T10:00:00+02:00',
      votingOpensAt: '2022-12-01T08:00:00+01:00',
      votingClosesAt: '2022-12-08T16:00:00+01:00',
      graceMinutes: 20,
    };
    await expect(app.get(CommandBus).execute(new SetCalendar(electionId, calendar))).rejects.toMatchObject({
      code: 'election.sealed',
    });
    const rename = new RenameElection(electionId, 'Autrement', administrator.staffId);
    await expect(app.get(CommandBus).execute(rename)).rejects.toMatchObject({
      code: 'election.title-sealed',
    });
    await expect(opening.openBoard(boardId)).rejects.toMatchObject({ code: 'opening.too-early' });
    expect(await sealAll(app, { ...board, by: administrator.staffId })).toBe(seal);

    const document = await foundation.documents.get(seal);
    const sealed = readSeal(document?.content ?? Buffer.alloc(0));
    const [only] = sealed.scrutins;
    expect(only).toMatchObject({ scrutinId, surplus: 1, roll: { count: 7 }, credentials: { count: 8 } });
    expect(sealed.build).toMatch(/^[0-9a-f]{64}$/);
    const election = parseElection(
      (await foundation.documents.get(only?.electionFile ?? ''))?.content.toString() ?? '',
    );
    expect(election.fingerprint).toBe(only?.fingerprint);
    const { answers } = election.questions[0] ?? { answers: [] };
    expect([...answers].sort()).toEqual([...lists.map(answerOf), BLANK_ANSWER].sort());
    expect(answers.at(-1)).toBe(BLANK_ANSWER);
    for (const [file, list] of [
      [only?.rollFile, only?.roll],
      [only?.credentialsFile, only?.credentials],
    ] as const) {
      const lines =
        (await foundation.documents.get(file ?? ''))?.content.toString().trimEnd().split('\n') ?? [];
      expect(lines).toHaveLength(list?.count ?? 0);
      expect([...lines].sort()).toEqual(lines);
      expect(rootOfLines(lines)).toBe(list?.root);
    }

    // Two instances at the hour: every box opens once, the election too.
    const clock = foundation.clock as MovedClock;
    clock.moveTo('2022-12-01T07:00:00.000Z');
    await Promise.all([opening.openBoard(boardId), opening.openBoard(boardId), opening.openWhatIsDue()]);
    await opening.openBoard(boardId);
    const box = await eventsOf(`box-${scrutinId}`);
    expect(box.map(({ type }) => type)).toEqual(['BoxOpened']);
    expect(box[0]?.data).toMatchObject({
      seal,
      boardId,
      roll: only?.roll,
      closesAt: '2022-12-08T16:00:00.000Z',
    });
    const opened = (await eventsOf(`election-${electionId}`)).filter(({ type }) => type === 'ElectionOpened');
    expect(opened).toHaveLength(1);
    const sealing = app.get(Sealing, { strict: false }); // the session is over: eleven days have passed
    await expect(
      sealing.break(boardId, seal, 'Une erreur de liste.', administrator.staffId),
    ).rejects.toMatchObject({ code: 'sealing.opening' });
    const rehearsals = app.get(Rehearsals, { strict: false });
    await expect(rehearsals.start(boardId)).rejects.toMatchObject({ code: 'rehearsal.voting' });
  }, 120_000);
});

describe('the custody of keys (CNIL 1-08)', () => {
  beforeAll(async () => {
    administrator = await someone('administrator'); // the clock went on: the first session is over
  }, 60_000);

  it('is not of administrators: no seat for one, no such role for who has a seat', async () => {
    const boardId = await seatedBoard();
    const [president] = members as [Member];
    const seat = (staffId: string, substitute: boolean) =>
      administrator.session.post(`/api/boards/${boardId}/members`, {
        ...{ seat: 1, office: 'president', staffId, substitute },
      });
    await expect(seat(administrator.staffId, false)).rejects.toThrow('CNIL 1-08');
    await expect(seat(administrator.staffId, true)).rejects.toThrow('CNIL 1-08');
    const grant = (staffId: string) =>
      administrator.session.post(`/api/staff/${staffId}/roles`, { role: 'administrator' });
    await expect(grant(president.staffId)).rejects.toThrow('CNIL 1-08');
    const later = await someone('board');
    await seat(later.staffId, true);
    await expect(grant(later.staffId)).rejects.toThrow('CNIL 1-08');
  });

  it('says on the page of the seal and on that of the election what should not be so', async () => {
    const boardId = await seatedBoard();
    const page = await administrator.session.text(`/bureau/${boardId}/scelle`);
    const election = await administrator.session.text(`/personnel/elections/${electionId}`);
    for (const text of [page, election])
      expect(text).toContain('Le calendrier ne dit pas quand les notices sont remises');
  });
});
