import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { acknowledgementMessage, verifyAcknowledgement } from '../../src/crypto/acknowledgement.js';
import { checkBallot } from '../../src/crypto/ballot-checks.js';
import { checkKeyHolders } from '../../src/crypto/key-holders-check.js';
import { parseKeyHolders } from '../../src/crypto/key-holders.js';
import { rootOfLines } from '../../src/crypto/line-list.js';
import { Documents } from '../../src/documents/documents.js';
import { decode } from '../../src/events/codec.js';
import { AcknowledgementKey } from '../../src/vault/acknowledgement-key.js';
import { VaultKeys } from '../../src/vault/keys.js';
import { NoRegisterKey, RegisterKeys } from '../../src/vault/register-keys.js';
import { Vault } from '../../src/vault/vault.js';
import { sealElection, type SealedElection } from '../support/sealed-election.js';
import { freshLedger } from '../support/service.js';

let fresh: Awaited<ReturnType<typeof freshLedger>>;
let vaultKeys: VaultKeys;
let documents: Documents;
let election: SealedElection;

beforeAll(async () => {
  fresh = await freshLedger();
  const { database, store } = fresh;
  vaultKeys = new VaultKeys(database, randomBytes(32));
  documents = new Documents(database);
  const ground = { store, documents, vault: new Vault(database), vaultKeys };
  election = await sealElection(ground, {
    scrutins: 2,
    electors: 5,
    onRoll: (elector, scrutin) => elector !== 4 || scrutin !== 1,
  });
});
afterAll(() => fresh.close());

async function lines(sha256: string): Promise<string[]> {
  const document = await documents.get(sha256);
  return document?.content.toString().split('\n').slice(0, -1) ?? [];
}

describe('the election of tests', () => {
  it('has a board whose key file is sound', () => {
    const { group, keyHoldersFile } = election;
    expect(checkKeyHolders(group, parseKeyHolders(group, keyHoldersFile))).toEqual([]);
  });

  it('seals a roll and credentials that are the electors of each scrutin', async () => {
    for (const [i, scrutin] of election.scrutins.entries()) {
      const { roll, rollFile, credentials, credentialsFile } = scrutin.sealed;
      const electors = election.electors.slice(0, i === 0 ? 5 : 4);
      const tags = await new RegisterKeys(vaultKeys).tagsOf(
        scrutin.scrutinId,
        electors.map(({ electorId }) => electorId),
      );
      expect(await lines(rollFile)).toEqual(tags.sort());
      expect(roll).toEqual({ root: rootOfLines(tags.sort()), count: electors.length });
      const listed = electors.map((elector) => election.credentialOf(elector, scrutin)).sort();
      expect(await lines(credentialsFile)).toEqual(listed);
      expect(credentials).toEqual({ root: rootOfLines(listed), count: electors.length });
    }
  });

  it('makes ballots that hold', () => {
    const [elector] = election.electors;
    const [scrutin] = election.scrutins;
    if (!elector || !scrutin) throw new Error('nobody votes');
    for (const choice of [0, 1, 'blank'] as const) {
      const { text, reference } = election.ballotFor(elector, scrutin, choice);
      const credential = election.credentialOf(elector, scrutin);
      expect(checkBallot(scrutin.poll, text)).toEqual({ valid: true, reference, credential });
    }
  });

  it('has events that all can be read', async () => {
    const types = [];
    for await (const { type, data } of fresh.store.readAll()) types.push(decode(type, data).type);
    expect(types.filter((type) => type === 'BoxOpened')).toHaveLength(2);
    expect(types.filter((type) => type === 'VotingCodeIssued')).toHaveLength(5);
  });
});

describe('the key of acknowledgements', () => {
  it('is the one of the seal, for every instance', async () => {
    const key = new AcknowledgementKey(vaultKeys);
    expect(await key.publicKey()).toBe(election.acknowledgementKey);
    const said = { electionId: 'e', scrutinId: 's', reference: 'r', batch: 1 };
    const signature = await key.sign(acknowledgementMessage(said));
    expect(verifyAcknowledgement(election.acknowledgementKey, said, signature)).toBe(true);
    expect(await new AcknowledgementKey(vaultKeys).sign(acknowledgementMessage(said))).toBe(signature);
  });
});

describe('a register key', () => {
  it('gives each elector another tag in each scrutin, and none once destroyed', async () => {
    const keys = new RegisterKeys(vaultKeys);
    await keys.create('a');
    await keys.create('b');
    const tag = await keys.tagOf('a', 'elector');
    await keys.create('a');
    expect(await keys.tagsOf('a', ['other', 'elector'])).toEqual([expect.not.stringMatching(tag), tag]);
    expect(await keys.tagOf('b', 'elector')).not.toBe(tag);
    await keys.destroy('a');
    await keys.destroy('a');
    await expect(keys.tagOf('a', 'elector')).rejects.toThrow(NoRegisterKey);
  });
});
