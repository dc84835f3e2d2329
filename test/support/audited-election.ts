import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Documents } from '../../src/documents/documents.js';
import { exportBundle } from '../../src/bundle/export-bundle.js';
import type { BundleKind, BundleSource } from '../../src/bundle/bundle-lines.js';
import { SystemClock } from '../../src/ledger/clock.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { LogSigner } from '../../src/transparency/log-signer.js';
import { Transparency } from '../../src/transparency/transparency.js';
import { witnessHttp } from '../../src/transparency/witness-http.js';
import { WitnessServer } from '../../src/transparency/witness.js';
import { VaultKeys } from '../../src/vault/keys.js';
import { Vault } from '../../src/vault/vault.js';
import { finishElection, type Finished } from './finished-election.js';
import type { SealedElectionOptions } from './sealed-election.js';
import { freshLedger } from './service.js';

const ORIGIN = 'vote.example/transparence';

/** Two votes for each of two lists, the first of them joint, and fifteen seats. */
export const JOINT: SealedElectionOptions = {
  electors: 8,
  joint: [
    { affiliation: 'Une', percent: 70 },
    { affiliation: 'Autre', percent: 30 },
  ],
};

/** A finished election on a ledger of its own, with its log signed after each phase. */
export async function auditedElection(options: SealedElectionOptions = {}) {
  const fresh = await freshLedger();
  const { store, database } = fresh;
  const seed = new Uint8Array(randomBytes(32));
  const witness = await openWitness(new LogSigner(ORIGIN, seed));
  const transparency = await Transparency.open({
    ...{ store, database, ledger: new Ledger(store), clock: new SystemClock(), seed },
    ...{ origin: ORIGIN, policyFile: witness.policyFile },
    onFailure: (error) => {
      throw error;
    },
  });
  transparency.builder.start();
  const documents = new Documents(database);
  const ground = {
    ...{ store, documents },
    vault: new Vault(database),
    vaultKeys: new VaultKeys(database, randomBytes(32)),
  };
  const sign = async () => {
    await caughtUp(transparency, store);
    await transparency.checkpoints.sign();
  };
  const election: Finished = await finishElection(ground, { rehearsed: true, ...options, onPhase: sign });
  const source: BundleSource = {
    ...{ store, documents },
    origin: transparency.signer.origin,
    key: transparency.signer.vkey,
  };
  return {
    ...fresh,
    transparency,
    election,
    source,
    ground,
    sign,
    policy: transparency.policy,
    bundle: (kind: BundleKind) => bundleText(kind, source),
    close: async () => {
      await transparency.builder.stop();
      await witness.close();
      await fresh.close();
    },
  };
}

/** A witness of its own machine and the policy that asks for it. */
async function openWitness({ key }: LogSigner) {
  const folder = await mkdtemp(join(tmpdir(), 'isoloir-witness-test-'));
  const witness = await WitnessServer.open(join(folder, 'witness'), 'witness.example', [key]);
  const server = witnessHttp(witness).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const policyFile = join(folder, 'policy');
  const { port } = server.address() as AddressInfo;
  await writeFile(policyFile, `witness w1 ${witness.vkey} http://127.0.0.1:${port}\nquorum w1\n`);
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  };
  return { policyFile, close };
}

/** Waits until the log has every event of the ledger. */
export async function caughtUp(
  { log }: Transparency,
  store: { head(): Promise<string | undefined> },
): Promise<void> {
  const head = await store.head();
  for (let i = 0; i < 800; i += 1) {
    const { position } = await log.state();
    if (head === undefined || (position !== undefined && position >= head)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the log does not catch up');
}

async function bundleText(kind: BundleKind, source: BundleSource): Promise<string> {
  let text = '';
  for await (const page of exportBundle(kind, source)) text += page.text;
  return text;
}
