import { randomBytes, randomUUID } from 'node:crypto';
import { answerOf, BLANK_ANSWER } from '../../src/crypto/answers.js';
import { makeBallot, type Marks, type SealedBallot } from '../../src/crypto/ballot-maker.js';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { openPoll, parseElection, printElection, type Poll } from '../../src/crypto/election.js';
import { deriveGateKey, type GateKey } from '../../src/crypto/gate-key.js';
import type { Group, GroupName } from '../../src/crypto/group.js';
import { fileOfLines, rootOfLines, sortedLines } from '../../src/crypto/line-list.js';
import { drawnOrder } from '../../src/crypto/list-order.js';
import { decryptRehearsalTally, rehearsalTally } from '../../src/crypto/rehearsal.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { printTally } from '../../src/crypto/tally.js';
import { makeVotingCode, type VotingCode } from '../../src/crypto/voting-code.js';
import type { BoardEvent, SealedScrutin } from '../../src/events/board.events.js';
import type { BoxEvent } from '../../src/events/box.events.js';
import type { LedgerEvent } from '../../src/events/codec.js';
import type { Documents } from '../../src/documents/documents.js';
import type { EventStore } from '../../src/ledger/event-store.js';
import type { Software } from '../../src/documents/counted-software.js';
import { Build } from '../../src/modules/board/build.js';
import { sealText } from '../../src/modules/board/seal-content.js';
import { candidateBytes, candidateFault } from '../../src/modules/scrutin/candidate-document.js';
import type { ScrutinRow } from '../../src/projections/scrutins.projection.js';
import { AcknowledgementKey } from '../../src/vault/acknowledgement-key.js';
import type { VaultKeys } from '../../src/vault/keys.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import type { Vault } from '../../src/vault/vault.js';
import { ceremonyEvents, holdCeremony, type CeremonialKey } from './ceremony-events.js';
import { written } from './service.js';

/** What an election is made on: a `Foundation` is one. */
export interface Ground {
  readonly store: EventStore;
  readonly documents: Documents;
  readonly vault: Vault;
  readonly vaultKeys: VaultKeys;
}

export interface SealedElectionOptions {
  /** An election that may have been declared before; a new one when absent. */
  readonly electionId?: string;
  readonly scrutins?: number;
  /** Lists of candidates in each scrutin; « Vote blanc » comes after them. */
  readonly lists?: number;
  readonly electors?: number;
  /** Electors who are registered already, with an account perhaps: they come first. */
  readonly existing?: readonly string[];
  /** Whether an elector (by number) is on the roll of a scrutin (by number); all are by default. */
  readonly onRoll?: (elector: number, scrutin: number) => boolean;
  readonly group?: GroupName;
  /** Who makes the key; as the rules have it when absent. */
  readonly keyGroups?: CeremonialKey['groups'];
  readonly body?: 'CSA' | 'CAP' | 'CCP';
  /** How many candidates the lists have, in their order, none where it is « sur sigle »; ten where nothing is said. */
  readonly candidates?: readonly number[];
  /** Whom the votes of the first list count for. */
  readonly joint?: readonly { readonly affiliation: string; readonly percent: number }[];
  /** Voting opened an hour before this instant; the real time by default. */
  readonly now?: string;
  readonly closesAt?: string;
  readonly graceMinutes?: number;
  /** False leaves the scrutins sealed, with no box: who tests the opening opens them. */
  readonly opened?: boolean;
  /** True has the board rehearse a decryption before it seals. */
  readonly rehearsed?: boolean;
  /** What the board seals; what runs when absent. */
  readonly software?: Software;
  /** Staff members by seat (president, secretary, four delegates); nobody in particular when absent. */
  readonly staffIds?: readonly string[];
}

/** An elector with the secrets of the notice. */
export interface TestElector {
  readonly electorId: string;
  readonly code: VotingCode;
  readonly gateKey: GateKey;
  readonly scrutinIds: readonly string[];
}

export interface TestScrutin {
  readonly scrutinId: string;
  readonly poll: Poll;
  /** In the drawn order, without « Vote blanc ». */
  readonly lists: readonly { readonly listId: string; readonly title: string }[];
  readonly sealed: SealedScrutin;
  /** What was appended to `box-<scrutinId>` at the opening. */
  readonly boxOpened: Extract<BoxEvent, { type: 'BoxOpened' }>;
}

/** A sealed election, as `sealElection` makes it. Private shares are by seat: `shares[0]` is the president's. */
export interface SealedElection {
  readonly electionId: string;
  readonly boardId: string;
  readonly staffIds: readonly string[];
  readonly shares: readonly bigint[];
  readonly key: CeremonialKey;
  readonly keyHoldersFile: string;
  readonly group: Group;
  readonly electors: readonly TestElector[];
  readonly scrutins: readonly TestScrutin[];
  readonly acknowledgementKey: string;
  /** A real ballot of an elector: for a list by its number from 0, or blank. */
  ballotFor(elector: TestElector, scrutin: TestScrutin, choice: number | 'blank'): SealedBallot;
  /** The public credential of an elector in a scrutin. */
  credentialOf(elector: TestElector, scrutin: TestScrutin): string;
}

const random = (length: number) => randomBytes(length);
const SEED = 'drawn for a test';
const TITLE = 'Élections professionnelles';
const BOARD = 'Bureau de vote électronique';
const keys = new Map<GroupName, CeremonialKey>();

/** The key of a board, made by a real ceremony: once for each test file, because it takes its time. */
function boardKey(group: Group): CeremonialKey {
  const key = keys.get(group.name) ?? holdCeremony(group);
  keys.set(group.name, key);
  return key;
}

/**
 * A small election, sealed and open: documents, keys and events as the real set-up leaves them, with real cryptography.
 * The board has two Pedersen groups, 1 of {president, secretary} and 2 of four delegates (design 5).
 */
export async function sealElection(
  ground: Ground,
  options: SealedElectionOptions = {},
): Promise<SealedElection> {
  const { group: groupName = 'Ed25519', now = new Date().toISOString() } = options;
  const group = await serverGroup(groupName);
  const [electionId, boardId] = [options.electionId ?? randomUUID(), randomUUID()];
  const key = options.keyGroups ? holdCeremony(group, options.keyGroups) : boardKey(group);
  const staffIds = options.staffIds ?? Array.from({ length: 6 }, () => randomUUID());
  const times = timesOf(now, options);

  const { keyHoldersFile, publicKey } = key;
  const keyHolders = await put(ground, keyHoldersFile, 'application/json', 'public');
  const electionTitle = await declareElection(ground, electionId, times);
  const drafts = draftScrutins(group, publicKey, electionTitle, options);
  const electors = makeElectors(electionId, drafts, options);
  const rows: ScrutinRow[] = [];
  for (const draft of drafts)
    rows.push(await declareScrutin(ground, electionId, boardId, draft, times.before, options));
  await enrol(ground, electionId, electors, options, times.before);
  const listsClosed: LedgerEvent = { type: 'ListsClosed', data: { electionId, at: times.before } };
  await append(ground, `election-${electionId}`, [listsClosed], true);

  const acknowledgementKey = await new AcknowledgementKey(ground.vaultKeys).publicKey();
  const sealed: SealedScrutin[] = [];
  for (const draft of drafts) sealed.push(await sealScrutin(ground, draft, electors));
  const { opensAt: votingOpensAt, closesAt: votingClosesAt, graceMinutes } = times;
  const calendar = { votingOpensAt, votingClosesAt, graceMinutes };
  const { build, booth } = options.software ?? new Build().running();
  const seal = await put(
    ground,
    sealText(
      {
        ...{ electionId, electionTitle, boardId, boardTitle: BOARD, calendar, keyHolders, publicKey },
        ...{ acknowledgementKey, build, booth },
      },
      rows.map((scrutin, i) => {
        const titled = scrutin.lists.map((list, k) => ({ ...list, title: drafts[i]?.lists[k]?.title ?? '' }));
        return { scrutin, lists: titled, surplus: 0, sealed: sealed[i] as SealedScrutin };
      }),
    ),
    'application/json',
    'public',
  );
  const files = { seal, key, keyHolders, publicKey, acknowledgementKey };
  const at = times.before;
  const rehearsal =
    options.rehearsed === true ? rehearsalEvents(group, { boardId, publicKey }, key.shares, at) : [];
  const board = boardEvents({
    electionId,
    boardId,
    staffIds,
    sealed,
    rehearsal,
    opensAt: times.opensAt,
    at,
    ...files,
  });
  await append(ground, `board-${boardId}`, board);

  const scrutins = drafts.map((draft, i): TestScrutin => {
    const of = sealed[i] as SealedScrutin;
    return {
      ...draft,
      sealed: of,
      boxOpened: boxOpened({ electionId, boardId, seal, keyHolders, of, times }),
    };
  });
  if (options.opened !== false) {
    for (const { scrutinId, boxOpened } of scrutins) await append(ground, `box-${scrutinId}`, [boxOpened]);
    await append(
      ground,
      `election-${electionId}`,
      [{ type: 'ElectionOpened', data: { electionId, at: times.opensAt } }],
      true,
    );
  }
  const credential = ({ code }: TestElector, { poll }: TestScrutin) =>
    deriveCredential(group, poll.election.uuid, code);
  return {
    ...{ electionId, boardId, staffIds, shares: key.shares, key, keyHoldersFile, group },
    ...{ electors, scrutins, acknowledgementKey },
    ballotFor(elector, scrutin, choice) {
      const chosen = choice === 'blank' ? scrutin.lists.length : choice;
      const marks = [...scrutin.lists, 'blank'].map((_, i) => (i === chosen ? 1 : 0)) satisfies Marks;
      return makeBallot(scrutin.poll, credential(elector, scrutin), [marks], random);
    },
    credentialOf: (elector, scrutin) => publicCredential(group, credential(elector, scrutin)),
  };
}

interface Times {
  readonly before: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly graceMinutes: number;
}

function timesOf(now: string, { closesAt, graceMinutes = 20 }: SealedElectionOptions): Times {
  const shifted = (hours: number) => new Date(Math.floor(Date.parse(now) / 60_000 + hours * 60) * 60_000);
  return {
    before: shifted(-48).toISOString(),
    opensAt: shifted(-1).toISOString(),
    closesAt: closesAt ?? shifted(24).toISOString(),
    graceMinutes,
  };
}

type Draft = Pick<TestScrutin, 'scrutinId' | 'poll' | 'lists'> & { readonly title: string };

function draftScrutins(
  group: Group,
  publicKey: string,
  description: string,
  { scrutins = 1, lists = 2 }: SealedElectionOptions,
): Draft[] {
  return Array.from({ length: scrutins }, (_, i) => {
    const title = `CSA ministériel n° ${i + 1}`;
    const scrutinId = randomUUID();
    const listIds = Array.from({ length: lists }, () => randomUUID());
    const filed = drawnOrder(SEED, scrutinId, listIds).map((listId, k) => ({
      listId,
      title: `Liste ${String.fromCharCode(65 + (k % 26))}${k > 25 ? k : ''}`,
    }));
    const text = printElection({
      uuid: base58(22),
      name: title,
      description,
      group: group.name,
      publicKey,
      questions: [
        { question: title, answers: [...filed.map(answerOf), BLANK_ANSWER], blank: false, min: 1, max: 1 },
      ],
    });
    return { scrutinId, title, lists: filed, poll: openPoll(group, parseElection(text)) };
  });
}

function makeElectors(
  electionId: string,
  scrutins: readonly Draft[],
  { electors = 8, existing = [], onRoll = () => true }: SealedElectionOptions,
): TestElector[] {
  return Array.from({ length: Math.max(electors, existing.length) }, (_, i) => {
    const code = makeVotingCode(random);
    return {
      electorId: existing[i] ?? randomUUID(),
      code,
      gateKey: deriveGateKey(electionId, code),
      scrutinIds: scrutins.filter((_, k) => onRoll(i, k)).map(({ scrutinId }) => scrutinId),
    };
  });
}

/** Gives the title of the election. */
async function declareElection(ground: Ground, electionId: string, times: Times): Promise<string> {
  const { before: at, opensAt, closesAt, graceMinutes } = times;
  const calendar = { portalOpensAt: at, votingOpensAt: opensAt, votingClosesAt: closesAt, graceMinutes };
  const declared: LedgerEvent = {
    type: 'ElectionDeclared',
    data: { electionId, title: TITLE, preset: '2022', at },
  };
  const stream = `election-${electionId}`;
  const known = await firstOf(ground, stream);
  await append(
    ground,
    stream,
    [...(known ? [] : [declared]), { type: 'CalendarSet', data: { electionId, ...calendar, at } }],
    known !== undefined,
  );
  return known ? (known as { title: string }).title : TITLE;
}

async function declareScrutin(
  ground: Ground,
  electionId: string,
  boardId: string,
  { scrutinId, title, lists, poll }: Draft,
  at: string,
  { body = 'CSA', candidates = [], joint }: SealedElectionOptions,
): Promise<ScrutinRow> {
  const { uuid, group } = poll.election;
  const filed: LedgerEvent[] = [];
  const standing: ScrutinRow['lists'][number][] = [];
  for (const [i, { listId, title }] of lists.entries()) {
    const people = candidatesNamed(candidates[i] ?? 10);
    const list = { title, candidates: people, ...(i === 0 && joint && { joint }) };
    const fault = candidateFault(list);
    if (fault !== undefined) throw new RangeError(fault);
    const content = await put(ground, candidateBytes(list).toString(), 'application/json', 'public');
    filed.push({
      type: 'CandidateListFiled',
      data: { scrutinId, listId, content, ...(people.length > 0 && { candidates: people.length }), at },
    });
    const papers = { content, logo: undefined, statement: undefined };
    standing.push({ listId, ...papers, candidates: people.length, place: i + 1 });
  }
  const order = lists.map(({ listId }) => listId);
  await append(ground, `scrutin-${scrutinId}`, [
    {
      type: 'ScrutinDeclared',
      data: {
        ...{ scrutinId, electionId, boardId, uuid, group, title },
        ...({ body, seats: 15, held: 'here', at } as const),
      },
    },
    ...filed,
    { type: 'ListOrderDrawn', data: { scrutinId, seed: SEED, order, at } },
  ]);
  return {
    ...{ scrutinId, electionId, boardId, uuid, group, code: undefined, title, body, seats: 15 },
    ...{ held: 'here', seed: SEED, lists: standing },
  };
}

/** Registers the new electors; those who exist get their scrutins. All get their gate key. */
async function enrol(
  ground: Ground,
  electionId: string,
  electors: readonly TestElector[],
  { existing = [] }: SealedElectionOptions,
  at: string,
): Promise<void> {
  const invented = electors.map((_, i) => ({ electionId, email: `electeur-${i}@ac-paris.example` }));
  const identities = await ground.vault.writeMany('identity', invented);
  await Promise.all(
    electors.map(async ({ electorId, scrutinIds, gateKey }, i) => {
      const issued: LedgerEvent = {
        type: 'VotingCodeIssued',
        data: { electorId, gateKey: gateKey.publicKey, at },
      };
      const stream = `elector-${electorId}`;
      const first = existing.includes(electorId) ? await firstOf(ground, stream) : undefined;
      if (first) {
        const { identity } = first as { identity: { version: string; sha256: string } };
        const data = { electorId, identity, scrutinIds, at };
        await append(ground, stream, [{ type: 'ElectorCorrected', data }, issued], true);
      } else {
        const identity = identities[i] as { version: string; sha256: string };
        const data = { electorId, electionId, identity, scrutinIds, at };
        await append(ground, stream, [{ type: 'ElectorRegistered', data }, issued]);
      }
    }),
  );
}

async function sealScrutin(
  ground: Ground,
  { scrutinId, poll }: Draft,
  electors: readonly TestElector[],
): Promise<SealedScrutin> {
  const { group, election } = poll;
  const on = electors.filter(({ scrutinIds }) => scrutinIds.includes(scrutinId));
  const registerKeys = new RegisterKeys(ground.vaultKeys);
  await registerKeys.create(scrutinId);
  const tags = sortedLines(
    await registerKeys.tagsOf(
      scrutinId,
      on.map(({ electorId }) => electorId),
    ),
  );
  const credentials = sortedLines(
    on.map(({ code }) => publicCredential(group, deriveCredential(group, election.uuid, code))),
  );
  return {
    scrutinId,
    uuid: election.uuid,
    electionFile: await put(ground, election.raw, 'application/json', 'public'),
    fingerprint: election.fingerprint,
    roll: { root: rootOfLines(tags), count: tags.length },
    rollFile: await put(ground, fileOfLines(tags), 'text/plain', 'restricted'),
    credentials: { root: rootOfLines(credentials), count: credentials.length },
    credentialsFile: await put(ground, fileOfLines(credentials), 'text/plain', 'restricted'),
  };
}

interface BoardParts {
  readonly electionId: string;
  readonly boardId: string;
  readonly staffIds: readonly string[];
  readonly seal: string;
  readonly key: CeremonialKey;
  readonly keyHolders: string;
  readonly publicKey: string;
  readonly acknowledgementKey: string;
  readonly sealed: readonly SealedScrutin[];
  readonly rehearsal: readonly BoardEvent[];
  readonly opensAt: string;
  readonly at: string;
}

function boardEvents(parts: BoardParts): BoardEvent[] {
  const { electionId, boardId, staffIds, seal, key, keyHolders, publicKey, sealed } = parts;
  const { acknowledgementKey, rehearsal, opensAt, at } = parts;
  const fixed = { boardId, electionId, seal, keyHolders, acknowledgementKey, scrutins: sealed };
  const approving = [1, 3, 4]; // the president and two delegates (CGFP 552)
  const who = (seat: number) => staffIds[seat - 1] as string;
  const offices = ['president', 'secretary', 'delegate', 'delegate', 'delegate', 'delegate'] as const;
  const seats = offices.map((_, i) => i + 1);
  return [
    { type: 'BoardDeclared', data: { boardId, electionId, title: BOARD, at } },
    ...offices.map((office, i): BoardEvent => {
      const staffId = staffIds[i] as string;
      return {
        type: 'BoardMemberAppointed',
        data: { boardId, seat: i + 1, office, substitute: false, staffId, at },
      };
    }),
    ...ceremonyEvents(key, boardId, at),
    {
      type: 'BoardKeyPublished',
      data: { boardId, ceremonyId: key.ceremonyId, keyHolders, owners: seats, publicKey, at },
    },
    ...rehearsal,
    { type: 'SealProposed', data: { ...fixed, opensAt, by: who(1), at } },
    ...approving.map((seat): BoardEvent => {
      return { type: 'SealApproved', data: { boardId, seal, staffId: who(seat), seat, at } };
    }),
    {
      type: 'ScrutinsSealed',
      data: { ...fixed, approvedBy: approving.map(who), at },
    },
  ];
}

/** A rehearsal that the president and two delegates decrypt. */
function rehearsalEvents(
  group: Group,
  of: { readonly boardId: string; readonly publicKey: string },
  shares: readonly bigint[],
  at: string,
): BoardEvent[] {
  const { boardId } = of;
  const rehearsed = { ...of, rehearsalId: randomUUID(), votes: [3, 0, 12] };
  const { rehearsalId, votes } = rehearsed;
  const tally = printTally(group, rehearsalTally(group, rehearsed));
  const seats = [1, 3, 4];
  return [
    { type: 'RehearsalStarted', data: { boardId, rehearsalId, tally, votes, at } },
    ...seats.map((seat): BoardEvent => {
      const share = shares[seat - 1] as bigint;
      const decryption = decryptRehearsalTally(group, { ...rehearsed, tally }, share, random);
      return { type: 'RehearsalDecrypted', data: { boardId, rehearsalId, seat, decryption, at } };
    }),
    { type: 'DecryptionRehearsed', data: { boardId, rehearsalId, seats, at } },
  ];
}

function boxOpened(given: {
  electionId: string;
  boardId: string;
  seal: string;
  keyHolders: string;
  of: SealedScrutin;
  times: Times;
}): TestScrutin['boxOpened'] {
  const { electionId, boardId, seal, keyHolders, of, times } = given;
  const { scrutinId, electionFile, roll, rollFile, credentials, credentialsFile } = of;
  const { opensAt, closesAt, graceMinutes } = times;
  return {
    type: 'BoxOpened',
    data: {
      ...{ scrutinId, electionId, boardId, seal, electionFile, keyHolders, roll, rollFile, credentials },
      ...{ credentialsFile, opensAt, closesAt, graceMinutes, at: opensAt },
    },
  };
}

function put(
  { documents }: Ground,
  text: string,
  mediaType: string,
  access: 'public' | 'restricted',
): Promise<string> {
  return documents.put(Buffer.from(text), mediaType, access);
}

async function append(
  { store }: Ground,
  stream: string,
  events: readonly LedgerEvent[],
  exists = false,
): Promise<void> {
  await store.append(stream, exists ? 'any' : 'none', events.map(written));
}

/** The data of the first event of a stream, undefined when there is none. */
async function firstOf({ store }: Ground, stream: string): Promise<unknown> {
  for await (const { data } of store.readStream(stream, { limit: 1 })) return JSON.parse(data) as unknown;
  return undefined;
}

function base58(length: number): string {
  const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  return Array.from(randomBytes(length), (byte) => digits.charAt(byte % 58)).join('');
}

/** The candidates of a list, in their order. */
export function candidatesNamed(count: number): { lastName: string; firstName: string }[] {
  return Array.from({ length: count }, (_, k) => ({ lastName: `Candidat ${k + 1}`, firstName: 'Camille' }));
}
