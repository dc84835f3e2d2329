import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAcknowledgement } from '../../src/crypto/acknowledgement.js';
import { checkBallot } from '../../src/crypto/ballot-checks.js';
import { Documents } from '../../src/documents/documents.js';
import { decode } from '../../src/events/codec.js';
import { SessionStore } from '../../src/http/session-store.js';
import { SystemClock } from '../../src/ledger/clock.js';
import { Digests } from '../../src/vault/digests.js';
import { readWrappingKey, VaultKeys } from '../../src/vault/keys.js';
import { Vault } from '../../src/vault/vault.js';
import { temporaryFolder } from '../support/folders.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { freshLedger } from '../support/service.js';
import { passed, voterOf, type Voter, type VoteAnswer } from '../support/voters.js';

const KILLS = Number(process.env['VOTE_KILLS'] ?? 10);
const VOTERS = 24; // in each round

let folder: string;
let fresh: Awaited<ReturnType<typeof freshLedger>>;
let election: SealedElection;
let scrutin: TestScrutin;
let voters: Voter[];
let ballots: string[];
let env: Record<string, string>;
const children: ChildProcess[] = [];

beforeAll(
  async () => {
    folder = await temporaryFolder('vote-kill');
    fresh = await freshLedger();
    const kek = join(folder, 'kek');
    await writeFile(kek, randomBytes(32).toString('base64'));
    env = {
      ...{
        ISOLOIR_MODE: 'demonstration',
        DATABASE_URL: fresh.url,
        DATABASE_OWNER_URL: fresh.ownerUrl,
        ISOLOIR_KEK_FILE: kek,
      },
      ...{ ISOLOIR_DATA: folder, PORT: '0', DEMONSTRATION: 'empty', LOG_LEVEL: 'error' },
    };
    const { database, store } = fresh;
    const vaultKeys = new VaultKeys(database, await readWrappingKey(kek));
    const ground = { store, documents: new Documents(database), vault: new Vault(database), vaultKeys };
    const count = (KILLS + 1) * VOTERS;
    election = await sealElection(ground, { electors: count });
    scrutin = election.scrutins[0] as TestScrutin;
    const clock = new SystemClock();
    const sessions = new SessionStore(database, { idle: 60, longest: 240 }, () => Date.now());
    const foundation = { clock, sessions, digests: new Digests(vaultKeys) };
    voters = await Promise.all(
      election.electors.map(({ electorId }) =>
        voterOf({ url: '', foundation }, electorId, passed(election, electorId)),
      ),
    );
    ballots = election.electors.map((elector, i) => election.ballotFor(elector, scrutin, i % 2).text);
  },
  120_000 + KILLS * 6_000,
);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await fresh.close();
  await rm(folder, { recursive: true });
});

/** The built service in a process of its own, answering. */
async function started(extra: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...env, ...extra },
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const url = /listens on (\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      child.stdout.resume();
      return { child, url };
    }
  }
  throw new Error('the service did not start');
}

/** Signatures and ballots of the box, batch by batch. */
async function casts() {
  const found = [];
  for await (const { type, data } of fresh.store.readStream(`box-${scrutin.scrutinId}`)) {
    const event = decode(type, data);
    if (event.type === 'VotesCast') found.push(event.data);
  }
  return found;
}

/** What the elector is told; undefined when the connection was cut. */
async function sent(number: number, url: string): Promise<VoteAnswer | undefined> {
  try {
    return await (voters[number] as Voter).vote(scrutin.scrutinId, ballots[number], url);
  } catch {
    return undefined;
  }
}

async function checkBox(acknowledged: ReadonlyMap<number, VoteAnswer['body']>): Promise<string[]> {
  const batches = await casts();
  const inBox = batches.flatMap((batch) => batch.ballots);
  const signatures = batches.flatMap((batch) => batch.signatures);
  expect(signatures).toHaveLength(inBox.length);
  expect(new Set(signatures).size).toBe(signatures.length);
  expect(new Set(inBox).size).toBe(inBox.length);
  const { electionId, acknowledgementKey } = election;
  const { scrutinId } = scrutin;
  for (const [number, { reference = '', batch = 0, acknowledgement = '' }] of acknowledged) {
    expect(batches[batch - 1]?.ballots).toContain(ballots[number]);
    const said = { electionId, scrutinId, reference, batch };
    expect(verifyAcknowledgement(acknowledgementKey, said, acknowledgement)).toBe(true);
  }
  return inBox;
}

describe('a server that is killed under load', () => {
  it(
    `keeps every vote that it acknowledged, and counts each once (${KILLS} times)`,
    async () => {
      const acknowledged = new Map<number, VoteAnswer['body']>();
      const waiting = new Set<number>();
      let killedInFlight = 0;
      const send = async (number: number, url: string): Promise<void> => {
        const answer = await sent(number, url);
        if (answer?.status !== 200) return;
        acknowledged.set(number, answer.body);
        waiting.delete(number);
      };
      for (let round = 0; round < KILLS; round++) {
        const { child, url } = await started({ BATCH_WAIT_MS: '40', THIN_BATCH_WAIT_MS: '60' });
        for (let i = 0; i < VOTERS; i++) waiting.add(round * VOTERS + i);
        // Those of the round before ask again, with the same ballot, among the new ones.
        const sending = [...waiting].map(async (number, i) => {
          await sleep(i * 8);
          await send(number, url);
        });
        // After some answers and before the last: then some are known, some in flight and some not sent, however slow it is.
        const enough = acknowledged.size + Math.floor((Math.random() * waiting.size) / 2);
        const all = Promise.all(sending).then(() => 'all answered');
        while (acknowledged.size < enough && (await Promise.race([all, sleep(2)])) !== 'all answered');
        await sleep(Math.random() * 60);
        child.kill('SIGKILL');
        await Promise.all([once(child, 'exit'), all]);
        killedInFlight += waiting.size;
        await checkBox(acknowledged);
      }
      expect(killedInFlight).toBeGreaterThan(KILLS);
      const { child, url } = await started({ BATCH_WAIT_MS: '40', THIN_BATCH_WAIT_MS: '60' });
      // As browsers do: who has no answer asks again.
      for (let tries = 0; waiting.size > 0 && tries < 20; tries++)
        await Promise.all([...waiting].map((number) => send(number, url)));
      expect([...waiting]).toEqual([]);
      const inBox = await checkBox(acknowledged);
      expect(inBox.sort()).toEqual(ballots.slice(0, KILLS * VOTERS).sort());
      for (const ballot of inBox.slice(0, 10)) expect(checkBallot(scrutin.poll, ballot).valid).toBe(true);
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    300_000 + KILLS * 60_000,
  );
});

describe('a server that is told to stop', () => {
  it('writes at once the votes that wait for their batch, and answers them', async () => {
    const { child, url } = await started({ BATCH_WAIT_MS: '5000', THIN_BATCH_WAIT_MS: '20000' });
    const numbers = [0, 1, 2].map((i) => KILLS * VOTERS + i);
    const began = performance.now();
    const sending = numbers.map((number) => sent(number, url));
    await sleep(4_000);
    child.kill('SIGTERM');
    expect((await Promise.all(sending)).map((answer) => answer?.status)).toEqual([200, 200, 200]);
    expect(performance.now() - began).toBeLessThan(20_000); // before the batch was due
    await once(child, 'exit');
    const last = (await casts()).at(-1);
    expect(last?.ballots.toSorted()).toEqual(numbers.map((number) => ballots[number] as string).sort());
  }, 120_000);
});
