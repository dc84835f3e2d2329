/**
 * How fast an election is audited: ballots a second on one core and on two, beside belenios-tool on the same ballots in the
 * same run, and the checks of tree and streams over a million events. `npm run bench:audit [EVENTS]`; the last line is JSON.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { auditBundle } from '../src/auditor/audit.js';
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

/** Ballots a second through the pool of the auditor, as the wall clock has it. */
async function perSecond(threads: number, election: string, ballots: readonly string[]): Promise<number> {
  const pool = new BallotPool(threads);
  const tasks = Array.from({ length: Math.ceil(ballots.length / 10) }, (_, i) =>
    ballots.slice(i * 10, i * 10 + 10),
  );
  await pool.check({
    election,
    ballots: Array.from({ length: 200 }, (_, i) => ballots[i % ballots.length] ?? ''),
  });
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await Promise.all(tasks.map((some) => pool.check({ election, ballots: some })));
    rates.push((1000 * ballots.length) / (performance.now() - start));
  }
  await pool.close();
  return median(rates);
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
  const one = await perSecond(1, poll.election.raw, ballots);
  const two = await perSecond(2, poll.election.raw, ballots);
  const tools = findTools().filter((tool) => speaks(tool, name));
  const archives = toolArchives(poll, privateKey, ballots);
  const beside = tools.map((tool) => {
    const rate = 1000 / median(Array.from({ length: ROUNDS }, () => toolMilliseconds(tool, archives)));
    return { tool: `${tool.command} ${tool.version}`, perSecond: rate, timesAsFast: one / rate };
  });
  archives.remove();
  figures.push({ group: name, oneCore: one, twoCores: two, beside });
  console.log(`${name}: ${one.toFixed(0)} ballots a second on one core, ${two.toFixed(0)} on two`);
  for (const { tool, perSecond: rate, timesAsFast } of beside) {
    console.log(`  ${tool}: ${rate.toFixed(0)}; ours is ${timesAsFast.toFixed(2)} times as fast on one core`);
  }
}
const count = Number(process.argv[2] ?? 1_000_000);
const tree = await streams(count);
console.log(
  `${count} events made and audited in ${tree.seconds.toFixed(0)} s, at most ${tree.megabytes.toFixed(0)} MB`,
);
console.log(JSON.stringify({ ballots: figures, events: { count, ...tree } }));
