import { randomBytes, randomUUID } from 'node:crypto';
import { bindDecryption, printBinding } from '../../src/crypto/decryption-binding.js';
import { combineDecryptions, decryptTally, printDecryption } from '../../src/crypto/decryption.js';
import { readBallot } from '../../src/crypto/ballot.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { fileOfLines, rootOfLines, sortedLines } from '../../src/crypto/line-list.js';
import { printTally, RunningTally } from '../../src/crypto/tally.js';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { deriveGateKey } from '../../src/crypto/gate-key.js';
import { makeVotingCode } from '../../src/crypto/voting-code.js';
import { seatSeed } from '../../src/crypto/seat-seed.js';
import type { LedgerEvent } from '../../src/events/codec.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { minutesOf, proclaimed } from './finished-result.js';
import {
  sealElection,
  type Ground,
  type SealedElection,
  type SealedElectionOptions,
  type TestElector,
  type TestScrutin,
} from './sealed-election.js';
import { written } from './service.js';

const random = (length: number) => randomBytes(length);
const NOW = '2022-12-01T08:00:00.000Z';

/** An instant so many minutes after the vote opened. */
export function after(minutes: number): string {
  return new Date(Date.parse(NOW) + (minutes - 60) * 60_000).toISOString();
}

/** How an election of the tests goes: who votes where, and what disturbs it. */
export interface Finished extends SealedElection {
  readonly ground: Ground;
}

/** The software that counts in the end. */
export const REPLACED = { build: 'b'.repeat(64), booth: 'c'.repeat(64) };
const OBSERVATION = 'La salle a fermé un quart d’heure plus tard.';
const GRACE = 20;
const CLOSES = 25 * 60; // minutes after the opening

/**
 * A whole election from declaration to minutes, written as events by the rules: the second scrutin is suspended and
 * extended, one elector has a code re-issued after its notice was lost, the software is replaced.
 */
export async function finishElection(
  ground: Ground,
  options: SealedElectionOptions & { readonly onPhase?: () => Promise<unknown> } = {},
): Promise<Finished> {
  const { onPhase = () => Promise.resolve() } = options;
  const sealed = await sealElection(ground, {
    ...{ now: NOW, scrutins: 2, electors: 9, lists: 2, graceMinutes: GRACE },
    ...options,
  });
  await onPhase();
  const [lost] = sealed.electors as [TestElector];
  const renewed = await reassort(ground, sealed, lost);
  await replaceBuild(ground, sealed);
  for (const [i, scrutin] of sealed.scrutins.entries()) await vote(ground, sealed, scrutin, i, renewed);
  await journal(ground, sealed);
  await onPhase();
  for (const [i, scrutin] of sealed.scrutins.entries())
    await count(ground, sealed, scrutin, i, renewed, options);
  await append(ground, `election-${sealed.electionId}`, {
    type: 'ElectionClosed',
    data: { electionId: sealed.electionId, at: after(CLOSES) },
  });
  await onPhase();
  return { ...sealed, ground };
}

/** President and a delegate put other software in the place of the sealed one, a quarter of an hour after the opening. */
async function replaceBuild(ground: Ground, { electionId, boardId, staffIds }: SealedElection) {
  const decidedBy = [1, 3].map((seat) => ({ boardId, seat, staffId: staffIds[seat - 1] as string }));
  const reason = await put(ground, 'correctif de sécurité', 'restricted');
  const data = { electionId, replacementId: randomUUID(), ...REPLACED, reason, decidedBy, at: after(15) };
  await append(ground, `election-${electionId}`, { type: 'BuildReplaced', data });
}

/** An incident of the second scrutin, one of them all, and somebody who touched the system. */
async function journal(ground: Ground, { electionId, scrutins, staffIds }: SealedElection): Promise<void> {
  const [staffId = ''] = staffIds;
  const said = { electionId, staffId };
  const text = await put(ground, 'Une ligne du journal.', 'restricted');
  const second = scrutins[1]?.scrutinId;
  await append(
    ground,
    `election-${electionId}`,
    {
      type: 'IncidentLogged',
      data: { ...said, incidentId: randomUUID(), text, at: after(31), ...(second && { scrutinId: second }) },
    },
    { type: 'IncidentLogged', data: { ...said, incidentId: randomUUID(), text, at: after(40) } },
    {
      type: 'InterventionLogged',
      data: { ...said, interventionId: randomUUID(), component: 'network', text, at: after(50) },
    },
  );
}

/** The code of an elector is re-issued ten minutes after the opening. */
async function reassort(
  ground: Ground,
  { electionId }: SealedElection,
  elector: TestElector,
): Promise<TestElector> {
  const { electorId } = elector;
  const code = makeVotingCode(random);
  const gateKey = deriveGateKey(electionId, code);
  const linkId = randomUUID();
  await append(
    ground,
    `elector-${electorId}`,
    {
      type: 'CodeReassortRequested',
      data: { electorId, linkId, channel: 'mail', expiresAt: after(70), at: after(10) },
    },
    {
      type: 'VotingCodeReassorted',
      data: { electorId, linkId, gateKey: gateKey.publicKey, at: after(12) },
    },
  );
  return { ...elector, code, gateKey };
}

async function vote(
  ground: Ground,
  sealed: SealedElection,
  scrutin: TestScrutin,
  number: number,
  renewed: TestElector,
): Promise<void> {
  const { scrutinId } = scrutin;
  const voters = [renewed, ...sealed.electors.slice(1, -2)].filter(({ scrutinIds }) =>
    scrutinIds.includes(scrutinId),
  );
  const half = Math.ceil(voters.length / 2);
  const events: LedgerEvent[] = [await batch(ground, sealed, scrutin, 1, voters.slice(0, half), after(20))];
  if (number === 1) {
    const staffIds = sealed.staffIds.slice(0, 2);
    const reason = await put(ground, 'panne du réseau', 'restricted');
    events.push(
      { type: 'BoxSuspended', data: { scrutinId, reason, staffIds, at: after(30) } },
      { type: 'BoxResumed', data: { scrutinId, staffIds, at: after(60) } },
      {
        type: 'BoxExtended',
        data: { scrutinId, closesAt: after(CLOSES + 60), reason, staffIds, at: after(61) },
      },
    );
  }
  const late = number === 1 ? after(CLOSES + 70) : after(120);
  events.push(await batch(ground, sealed, scrutin, 2, voters.slice(half), late));
  await append(ground, `box-${scrutinId}`, ...events);
}

/** Votes of these electors, for lists in turn, the last of them blank. */
async function batch(
  ground: Ground,
  sealed: SealedElection,
  scrutin: TestScrutin,
  number: number,
  voters: readonly TestElector[],
  at: string,
): Promise<LedgerEvent> {
  const { scrutinId, lists } = scrutin;
  const tags = await new RegisterKeys(ground.vaultKeys).tagsOf(
    scrutinId,
    voters.map(({ electorId }) => electorId),
  );
  const ballots = voters.map((voter, i) => {
    const choice = i === voters.length - 1 ? ('blank' as const) : i % lists.length;
    return sealed.ballotFor(voter, scrutin, choice).text;
  });
  return {
    type: 'VotesCast',
    data: {
      ...{ scrutinId, batch: number, at },
      signatures: sortedLines(tags),
      ballots: ballots.sort((a, b) => (sha256Base64(a) < sha256Base64(b) ? -1 : 1)),
    },
  };
}

async function count(
  ground: Ground,
  sealed: SealedElection,
  scrutin: TestScrutin,
  number: number,
  renewed: TestElector,
  options: SealedElectionOptions,
): Promise<void> {
  const { scrutinId, poll } = scrutin;
  const { group, election } = poll;
  const cast = await votesOf(ground, scrutinId);
  const added = publicCredential(group, deriveCredential(group, election.uuid, renewed.code));
  const credentials = sortedLines([
    ...sealed.electors
      .filter((one) => one.scrutinIds.includes(scrutinId))
      .map((one) => sealed.credentialOf(one, scrutin)),
    ...(renewed.scrutinIds.includes(scrutinId) ? [added] : []),
  ]);
  const tally = new RunningTally(group, election);
  for (const text of cast.ballots)
    tally.add(readBallot(poll, text, (element, path) => group.parse(element, path)).answers);
  const decryptions = [1, 3, 4].map((owner) => {
    const share = sealed.shares[owner - 1] as bigint;
    const decryption = decryptTally(group, election, tally.sum(), share, random);
    const binding = bindDecryption(group, election, tally.sum(), share, decryption, random);
    return { owner, decryption, binding };
  });
  const outcome = combineDecryptions(
    group,
    election,
    sealed.key.holders,
    tally.sum(),
    decryptions,
    tally.count,
  );
  if (outcome.kind !== 'result') throw new Error('no result');
  const [numbers = []] = outcome.result;
  const end = CLOSES + GRACE + (number === 1 ? 60 : 0);
  const references = cast.ballots.map(sha256Base64);
  const boxRoot = rootOfLines(sortedLines(references));
  const seed = seatSeed(group, sealed.key.holders, decryptions, boxRoot);
  await append(
    ground,
    `box-${scrutinId}`,
    {
      type: 'BoxFrozen',
      data: {
        ...{
          scrutinId,
          ballots: references.length,
          signatures: cast.signatures.length,
          batches: 2,
          thinBatches: 2,
        },
        boxRoot,
        registerRoot: rootOfLines(sortedLines(cast.signatures)),
        register: await put(ground, `register ${scrutinId}`, 'restricted'),
        credentials: { root: rootOfLines(credentials), count: credentials.length },
        credentialsFile: await put(ground, fileOfLines(credentials), 'restricted'),
        ...{ reassorts: renewed.scrutinIds.includes(scrutinId) ? 1 : 0, at: after(end + 1) },
      },
    },
    {
      type: 'RegisterKeyDestroyed',
      data: { scrutinId, reconciledBy: sealed.staffIds.slice(0, 2), at: after(end + 5) },
    },
    {
      type: 'TallyEncrypted',
      data: { scrutinId, tally: printTally(group, tally.sum()), ballots: tally.count, at: after(end + 6) },
    },
    ...decryptions.map(({ owner, decryption, binding }): LedgerEvent => {
      return {
        type: 'PartialDecryptionFiled',
        data: {
          ...{
            scrutinId,
            seat: owner,
            owner,
            staffId: sealed.staffIds[owner - 1] as string,
            at: after(end + 10),
          },
          ...{ decryption: printDecryption(group, decryption), binding: printBinding(binding) },
        },
      };
    }),
    ...(await proclaimed(ground, scrutin, options, { numbers, seed, at: after(end + 20) })),
    {
      type: 'ObservationWritten',
      data: {
        ...{ scrutinId, observationId: randomUUID(), seat: 2, staffId: sealed.staffIds[1] as string },
        text: await put(ground, OBSERVATION, 'public'),
        at: after(end + 25),
      },
    },
  );
  const minutes = await minutesOf(ground, sealed, scrutin);
  await append(
    ground,
    `box-${scrutinId}`,
    ...[2, 1, 3].map((seat): LedgerEvent => {
      const office = (['president', 'secretary', 'delegate'] as const)[seat - 1] ?? 'delegate';
      const staffId = sealed.staffIds[seat - 1] as string;
      return {
        type: 'MinutesSigned',
        data: { scrutinId, minutes, office, seat, staffId, at: after(end + 30) },
      };
    }),
  );
}

async function votesOf(
  { store }: Ground,
  scrutinId: string,
): Promise<{ ballots: string[]; signatures: string[] }> {
  const all = { ballots: [] as string[], signatures: [] as string[] };
  for await (const { type, data } of store.readStream(`box-${scrutinId}`)) {
    if (type !== 'VotesCast.v1') continue;
    const cast = JSON.parse(data) as typeof all;
    all.ballots.push(...cast.ballots);
    all.signatures.push(...cast.signatures);
  }
  return all;
}

function put({ documents }: Ground, text: string, access: 'public' | 'restricted'): Promise<string> {
  return documents.put(Buffer.from(text), 'text/plain', access);
}

async function append({ store }: Ground, stream: string, ...events: readonly LedgerEvent[]): Promise<void> {
  await store.append(stream, 'any', events.map(written));
}
