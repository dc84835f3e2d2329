/**
 * How fast an election is audited: ballots a second on one core and on two, beside belenios-tool on the same ballots in the
 * same run, and the checks of tree and streams over a million events. `npm run bench:audit [EVENTS]`; the last line is JSON.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { auditBundle } from '../src/auditor/audit.js';
import type { AuditVerifier } from '../src/auditor/audit-worker.js';
import { BallotPool } from '../src/auditor/ballot-pool.js';
import { signCheckpoint } from '../src/crypto/checkpoint.js';
import { eventEntry } from '../src/crypto/log-entries.js';
import { leafHash } from '../src/crypto/merkle.js';
import { CompactTree } from '../src/crypto/merkle-tree.js';
import { serverGroup } from '../src/crypto/server-groups.js';
import { noteKey, printNoteKey } from '../src/crypto/signed-note.js';
import { encode, type LedgerEvent } from '../src/events/codec.js';
import { findTools, speaks, toolArchives, toolMilliseconds } from './belenios-tool.js';
import { anyBallot, median, sixListsAndBlank } from './crypto-polls.js';

const ROUNDS = 3;
const BALLOTS = 160;

interface Rate {
  /** Ballots a second as the wall clock has it: less where others use the machine. */
  readonly perSecond: number;
  /** Processor milliseconds for one ballot, all threads together: the same however busy the machine is. */
  readonly cpu: number;
}

/** Ballots through the pool of the auditor. */
async function rateOf(
  threads: number,
  verifier: AuditVerifier,
  election: string,
  ballots: readonly string[],
): Promise<Rate> {
  const pool = new BallotPool(threads, verifier);
  const tasks = Array.from({ length: Math.ceil(ballots.length / 10) }, (_, i) =>
    ballots.slice(i * 10, i * 10 + 10),
  );
  const run = () => Promise.all(tasks.map((some) => pool.check({ election, ballots: some })));
  const warm = Array.from({ length: 200 }, (_, i) => ballots[i % ballots.length] ?? '');
  await pool.check({ election, ballots: warm });
  await run();
  const rates: Rate[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await run();
    const { user, system } = process.cpuUsage(used);
    const perSecond = (1000 * ballots.length) / (performance.now() - start);
    rates.push({ perSecond, cpu: (user + system) / 1000 / ballots.length });
  }
  await pool.close();
  return {
    perSecond: median(rates.map((one) => one.perSecond)),
    cpu: median(rates.map((one) => one.cpu)),
  };
}

/** A bundle of electors, made line by line as it is read. */
// eslint-disable-next-line @typescript-eslint/require-await -- read as a file would be
async function* manyEvents(count: number): AsyncGenerator<string> {
  const seed = new Uint8Array(randomBytes(32));
  const key = noteKey('bench.example/log', 0x01, ed25519.getPublicKey(seed));
  yield `${JSON.stringify({ bundle: 'isoloir/bundle/v1', kind: 'auditor', origin: key.name, key: printNoteKey(key) })}\n`;
  const tree = CompactTree.empty();
  const at = '2022-10-13T08:00:00.000Z';
  const write = (stream: string, revision: number, event: LedgerEvent): string => {
    const stored = { stream, revision, id: randomUUID(), ...encode(event) };
    if (stream !== 'checkpoints') tree.append(leafHash(eventEntry(stored)));
    return `${JSON.stringify({ event: stored })}\n`;
  };
  const electionId = randomUUID();
  let text = '';
  for (let i = 0, checkpoints = 0; i < count; i += 2) {
    const electorId = randomUUID();
    const identity = { version: randomUUID(), sha256: 'ab'.repeat(32) };
    const stream = `elector-${electorId}`;
    text += write(stream, 0, {
      type: 'ElectorRegistered',
      data: { electorId, electionId, identity, scrutinIds: [], at },
    });
    text += write(stream, 1, { type: 'VotingCodeIssued', data: { electorId, gateKey: 'cd'.repeat(32), at } });
    if (i % 100_000 === 99_998 || i + 2 >= count) {
      const root = tree.root();
      const note = signCheckpoint(key, seed, { origin: key.name, size: tree.size, root });
      const data = { size: tree.size, root: bytesToHex(root), note, at };
      text += write('checkpoints', checkpoints, { type: 'CheckpointSigned', data });
      checkpoints += 1;
    }
    if (text.length > 500_000) {
      yield text;
      text = '';
    }
    if (i + 2 >= count)
      text += `${JSON.stringify({ end: { events: count + checkpoints, leaves: count, documents: 0, archives: 0 } })}\n`;
  }
  yield text;
}

async function streams(count: number): Promise<{ seconds: number; megabytes: number }> {
  const start = performance.now();
  const report = await auditBundle(manyEvents(count), { threads: 0 });
  if (!report.sound) throw new Error('the bundle of the bench is not sound');
  return { seconds: (performance.now() - start) / 1000, megabytes: process.resourceUsage().maxRSS / 1024 };
}

const figures: object[] = [];
for (const name of ['Ed25519', 'BELENIOS-2048'] as const) {
  const group = await serverGroup(name);
  const { poll, privateKey } = sixListsAndBlank(group);
  const ballots = Array.from({ length: name === 'Ed25519' ? BALLOTS : 40 }, () => anyBallot(poll));
  const archives = toolArchives(poll, privateKey, ballots);
  const beside = findTools()
    .filter((tool) => speaks(tool, name))
    .map((tool) => ({
      tool: `${tool.command} ${tool.version}`,
      cpu: median(Array.from({ length: ROUNDS }, () => toolMilliseconds(tool, archives))),
    }));
  archives.remove();
  for (const verifier of name === 'Ed25519' ? (['sodium', 'kernel'] as const) : (['sodium'] as const)) {
    const one = await rateOf(1, verifier, poll.election.raw, ballots);
    const two = await rateOf(2, verifier, poll.election.raw, ballots);
    figures.push({ group: name, verifier, oneCore: one, twoCores: two, beside });
    console.log(
      `${name}, ${verifier}: ${one.perSecond.toFixed(0)} ballots a second on one core, ` +
        `${two.perSecond.toFixed(0)} on two; ${one.cpu.toFixed(2)} ms of processor each`,
    );
    for (const { tool, cpu } of beside) {
      console.log(
        `  ${tool}: ${cpu.toFixed(2)} ms of processor each; ours is ${(cpu / one.cpu).toFixed(2)} times as fast`,
      );
    }
  }
}
const count = Number(process.argv[2] ?? 1_000_000);
const tree = await streams(count);
console.log(
  `${count} events made and audited in ${tree.seconds.toFixed(0)} s, at most ${tree.megabytes.toFixed(0)} MB`,
);
console.log(JSON.stringify({ ballots: figures, events: { count, ...tree } }));
