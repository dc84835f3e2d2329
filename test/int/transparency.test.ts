import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { printAddCheckpoint } from '../../src/crypto/add-checkpoint.js';
import { cosignedAt, parseSignedCheckpoint } from '../../src/crypto/checkpoint.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { ballotEntry, eventEntry, signatureEntry } from '../../src/crypto/log-entries.js';
import { leafHash, verifyConsistency, verifyInclusion } from '../../src/crypto/merkle.js';
import { MerkleTree } from '../../src/crypto/merkle-tree.js';
import { parseEntryBundle, tilesOf } from '../../src/crypto/tiles.js';
import type { LedgerEvent } from '../../src/events/codec.js';
import { SystemClock } from '../../src/ledger/clock.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { LogSigner } from '../../src/transparency/log-signer.js';
import { Transparency } from '../../src/transparency/transparency.js';
import { TreeBuilder } from '../../src/transparency/tree-builder.js';
import { WitnessServer } from '../../src/transparency/witness.js';
import { witnessHttp } from '../../src/transparency/witness-http.js';
import { electionEvents, freshLedger, written } from '../support/service.js';

const seed = new Uint8Array(randomBytes(32));
let fresh: Awaited<ReturnType<typeof freshLedger>>;
let folder: string;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  fresh = await freshLedger();
  folder = await mkdtemp(join(tmpdir(), 'isoloir-log-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await fresh.close();
  await rm(folder, { recursive: true });
});

async function open(policyFile?: string): Promise<Transparency> {
  const { store, database } = fresh;
  const transparency = await Transparency.open({
    ...{ store, database, ledger: new Ledger(store), clock: new SystemClock(), policyFile, seed },
    origin: 'vote.example/transparence',
    onFailure: () => undefined,
  });
  return transparency;
}

async function declare(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const id = randomUUID();
    await fresh.store.append(`election-${id}`, 'none', electionEvents(id).map(written));
  }
}

function votes(scrutinId: string, batch: number, count: number): LedgerEvent {
  const hex = () => randomBytes(32).toString('hex');
  const ballots = Array.from({ length: count }, () => `{"ballot":"${hex()}"}`);
  return {
    type: 'VotesCast',
    data: {
      ...{ scrutinId, batch, at: '2022-12-01T08:00:00.000Z' },
      signatures: Array.from({ length: count }, hex).sort(),
      ballots: ballots.sort((a, b) => (sha256Base64(a) < sha256Base64(b) ? -1 : 1)),
    },
  };
}

/** The tree as anyone would make it from the ledger. */
async function expectedTree(): Promise<{ tree: MerkleTree; entries: Uint8Array[] }> {
  const entries: Uint8Array[] = [];
  for await (const stored of fresh.store.readAll()) {
    if (stored.stream === 'checkpoints') continue;
    entries.push(eventEntry(stored));
    if (stored.type !== 'VotesCast.v1') continue;
    const { scrutinId, signatures, ballots } = JSON.parse(stored.data) as Record<string, string[]> & {
      scrutinId: string;
    };
    entries.push(...(signatures ?? []).map((tag) => signatureEntry(scrutinId, tag)));
    entries.push(...(ballots ?? []).map((ballot) => ballotEntry(scrutinId, sha256Base64(ballot))));
  }
  const tree = new MerkleTree();
  for (const entry of entries) tree.append(leafHash(entry));
  return { tree, entries };
}

async function built({ log }: Transparency, size: number): Promise<void> {
  for (let i = 0; i < 400 && (await log.state()).size < size; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect((await log.state()).size).toBe(size);
}

const scrutinId = randomUUID();

describe('the log', () => {
  it('is the tree over the ledger, in tiles, whatever instance grew it', async () => {
    const transparency = await open();
    await declare(140);
    await fresh.store.append(`box-${scrutinId}`, 'any', [written(votes(scrutinId, 1, 40))]);
    transparency.builder.start();
    const half = await expectedTree();
    await built(transparency, half.tree.size);
    await transparency.builder.stop();
    const other = new TreeBuilder(fresh.store, fresh.database);
    other.start();
    closers.push(() => other.stop());
    await declare(100);
    await fresh.store.append(`box-${scrutinId}`, 'any', [written(votes(scrutinId, 2, 3))]);
    const { tree, entries } = await expectedTree();
    expect(tree.size).toBe(280 + 81 + 200 + 7);
    await built(transparency, tree.size);

    const { size, root } = await transparency.log.root();
    expect([size, Buffer.from(root)]).toEqual([tree.size, Buffer.from(tree.root())]);
    for (const id of tilesOf(tree.size)) {
      const bytes = (await transparency.log.tile(id)) as Uint8Array;
      expect(bytes).toHaveLength(32 * id.width);
      if (id.level === 0) {
        const bundle = (await transparency.log.tile({ ...id, level: 'entries' })) as Uint8Array;
        const read = parseEntryBundle(bundle);
        expect(read.map((entry) => Buffer.from(entry))).toEqual(
          entries.slice(id.index * 256, id.index * 256 + id.width).map((entry) => Buffer.from(entry)),
        );
        expect(Buffer.from(bytes)).toEqual(Buffer.concat(read.map(leafHash)));
      }
    }
    expect(await transparency.log.tile({ level: 0, index: 2, width: 200 })).toBeUndefined();
    const leaves = [0, 255, 256, 300, tree.size - 1];
    for (const at of [tree.size, 301, 512]) {
      expect(Buffer.from(await transparency.log.rootAt(at))).toEqual(Buffer.from(tree.root(at)));
      const some = leaves.filter((leaf) => leaf < at);
      const proofs = await transparency.log.inclusionProofs(some, at, (step) => step());
      for (const [i, leaf] of some.entries()) {
        const own = leafHash(entries[leaf] as Uint8Array);
        expect(verifyInclusion(own, leaf, at, proofs[i] ?? [], tree.root(at))).toBe(true);
      }
      const proof = await transparency.log.consistencyProof(at, tree.size);
      expect(verifyConsistency(at, tree.size, proof, tree.root(at), tree.root())).toBe(true);
    }
  });

  it('finds ballots by the first digits of their references', async () => {
    const transparency = await open();
    const event = votes(scrutinId, 1, 200);
    await fresh.store.append(`box-${scrutinId}`, 'none', [written(event)]);
    transparency.builder.start();
    closers.push(() => transparency.builder.stop());
    await built(transparency, 401);
    const references = event.type === 'VotesCast' ? event.data.ballots.map(sha256Base64) : [];
    const prefix = references[17]?.slice(0, 1) ?? '';
    const found = await transparency.log.ballotsBy(prefix);
    expect(found.map(({ reference }) => reference)).toEqual(
      references.filter((reference) => reference.startsWith(prefix)),
    );
    expect(found.map(({ leaf }) => leaf)).toEqual(
      found.map(({ reference }) => 201 + references.indexOf(reference)),
    );
  });
});

describe('checkpoints', () => {
  it('are signed also when nothing happened, and never of another past', async () => {
    const transparency = await open();
    transparency.builder.start();
    closers.push(() => transparency.builder.stop());
    await declare(3);
    await built(transparency, 6);
    const first = await transparency.checkpoints.sign();
    await transparency.checkpoints.sign();
    expect(await transparency.checkpoints.latest()).toEqual(first);
    await declare(1);
    await built(transparency, 8);
    const { note, size } = await transparency.checkpoints.sign();
    expect(size).toBe(8);
    expect(parseSignedCheckpoint(note)).toMatchObject({ origin: 'vote.example/transparence', size: 8 });
    const streams: number[] = [];
    for await (const { revision } of fresh.store.readStream('checkpoints')) streams.push(revision);
    expect(streams).toEqual([0, 1, 2]);

    // Somebody changes a leaf below what was signed.
    await fresh.asOwner(
      'update transparency.tiles set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where level = 0',
    );
    await expect(transparency.checkpoints.sign()).rejects.toThrow('differs from what was signed');
    expect(transparency.problem()).toContain('differs from what was signed');
  });

  it('are cosigned by witnesses, which refuse a rewritten past; voting does not wait for them', async () => {
    const { key } = new LogSigner('vote.example/transparence', seed);
    const serve = async (name: string) => {
      const witness = await WitnessServer.open(join(folder, name), `${name}.example`, [key]);
      const server = witnessHttp(witness).listen(0, '127.0.0.1');
      await once(server, 'listening');
      closers.push(() => new Promise((resolve) => server.close(resolve)));
      return { witness, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    };
    const [one, two] = [await serve('w1'), await serve('w2')];
    const policyFile = join(folder, 'policy');
    const dead = await WitnessServer.open(join(folder, 'w3'), 'w3.example', [key]);
    await writeFile(
      policyFile,
      [
        `witness w1 ${one.witness.vkey} ${one.url}`,
        `witness w2 ${two.witness.vkey} ${two.url}`,
        `witness w3 ${dead.vkey} http://127.0.0.1:9`,
        'group all 2 w1 w2 w3',
        'quorum all\n',
      ].join('\n'),
    );
    const transparency = await open(policyFile);
    transparency.builder.start();
    closers.push(() => transparency.builder.stop());
    const event = written(votes(scrutinId, 1, 5));
    await fresh.store.append(`box-${scrutinId}`, 'none', [event]);
    await built(transparency, 11);
    const { note } = await transparency.checkpoints.sign();
    const signed = parseSignedCheckpoint(note);
    expect(cosignedAt(signed.note, one.witness.key)).toBeGreaterThan(0);
    expect(cosignedAt(signed.note, two.witness.key)).toBeGreaterThan(0);
    expect([...transparency.checkpoints.failures.keys()]).toEqual(['w3']);

    expect(await transparency.checkpoints.ofFreeze(scrutinId)).toBeUndefined();
    const frozen: LedgerEvent = {
      type: 'BoxFrozen',
      data: {
        ...{ scrutinId, ballots: 5, signatures: 5, batches: 1, thinBatches: 0, reassorts: 0 },
        ...{ boxRoot: '0'.repeat(64), registerRoot: '0'.repeat(64), register: '0'.repeat(64) },
        ...{ credentials: { root: '0'.repeat(64), count: 5 }, credentialsFile: '0'.repeat(64) },
        at: '2022-12-08T16:31:00.000Z',
      },
    };
    await fresh.store.append(`box-${scrutinId}`, 0, [written(frozen)]);
    await built(transparency, 12);
    await declare(40);
    await built(transparency, 92);
    expect(await transparency.checkpoints.ofFreeze(scrutinId)).toBeUndefined();
    await transparency.checkpoints.sign();
    expect(await transparency.checkpoints.ofFreeze(scrutinId)).toMatchObject({ size: 92 });

    // Another past, well signed: the witness knows the old one, also after a restart.
    const signer = new LogSigner('vote.example/transparence', seed);
    const tree = new MerkleTree();
    for (let i = 0; i < 200; i += 1) tree.append(leafHash(Uint8Array.of(i)));
    const again = await WitnessServer.open(join(folder, 'w1'), 'w1.example', [key]);
    const forged = signer.sign(200, tree.root());
    const ask = (old: number, proof = tree.consistencyProof(old, 200), checkpoint = forged) =>
      again.addCheckpoint(printAddCheckpoint({ old, proof, checkpoint }));
    expect(await ask(92)).toMatchObject({ status: 422 });
    expect(await ask(0, [])).toMatchObject({ status: 409, body: '92\n', type: 'text/x.tlog.size' });
    expect(await ask(92, [], signer.sign(92, tree.root(92)))).toMatchObject({ status: 409 });
    expect(await ask(92, [], signer.sign(40, tree.root(40)))).toMatchObject({ status: 400 });
    const stranger = new LogSigner('vote.example/transparence', new Uint8Array(randomBytes(32)));
    expect(await ask(92, [], stranger.sign(200, tree.root()))).toMatchObject({ status: 403 });
    const elsewhere = new LogSigner('other.example', seed);
    expect(await ask(92, [], elsewhere.sign(200, tree.root()))).toMatchObject({ status: 404 });
    expect(await again.addCheckpoint('old 92\n')).toMatchObject({ status: 400 });
  });
});
