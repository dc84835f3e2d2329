import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { createPublicKey } from 'node:crypto';
import { parseAddCheckpoint, printAddCheckpoint } from '../../../src/crypto/add-checkpoint.js';
import {
  cosign,
  cosignedAt,
  parseSignedCheckpoint,
  printCheckpoint,
  signCheckpoint,
} from '../../../src/crypto/checkpoint.js';
import { parseLogPolicy, policyFlaw } from '../../../src/crypto/log-policy.js';
import { parseLogProof, printLogProof, provesEntry } from '../../../src/crypto/log-proof.js';
import { leafHash } from '../../../src/crypto/merkle.js';
import { MerkleTree } from '../../../src/crypto/merkle-tree.js';
import {
  isSignedBy,
  noteKey,
  parseNote,
  parseNoteKey,
  printNote,
  printNoteKey,
  printSignature,
  signText,
} from '../../../src/crypto/signed-note.js';
import {
  entryBundle,
  parseEntryBundle,
  parseTilePath,
  tilePath,
  tilesOf,
  tileWidth,
} from '../../../src/crypto/tiles.js';

const dash = '\u2014';

/** golang.org/x/mod/sumdb/note, note_test.go. */
const go = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  skey: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature: `${dash} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`,
};
/** The Go checksum database, a log in production: its key and one of its signed roots. */
const sumdb = {
  vkey: 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
  note: `go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n${dash} sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n`,
};
/** c2sp.org/signed-note, the example of the specification. */
const c2sp = `Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u00e8 subito sera.\n\n${dash} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n`;
/** c2sp.org/tlog-cosignature, the example of the specification. */
const cosigned = `example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n${dash} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n${dash} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n`;

function makeKey(name: string, type: 0x01 | 0x04) {
  const seed = new Uint8Array(randomBytes(32));
  return { seed, key: noteKey(name, type, ed25519.getPublicKey(seed)) };
}

function treeOf(count: number): { tree: MerkleTree; entries: Uint8Array[] } {
  const tree = new MerkleTree();
  const entries = Array.from({ length: count }, (_, i) => Uint8Array.of(i % 256, i >> 8));
  for (const entry of entries) tree.append(leafHash(entry));
  return { tree, entries };
}

describe('a signed note', () => {
  it('of the Go checksum database, as its own tests have it, is signed and read byte for byte', () => {
    const key = parseNoteKey(go.vkey);
    expect(printNoteKey(key)).toBe(go.vkey);
    const seed = Uint8Array.from(Buffer.from(go.skey, 'base64').subarray(1));
    expect(printNote({ text: go.text, signatures: [signText(key, seed, go.text)] })).toBe(
      `${go.text}\n${go.signature}`,
    );
    expect(isSignedBy(parseNote(`${go.text}\n${go.signature}`), key)).toBe(true);
    expect(isSignedBy(parseNote(`${go.text.replace('answer', 'Answer')}\n${go.signature}`), key)).toBe(false);
  });

  it('of sum.golang.org verifies as a checkpoint', () => {
    const checkpoint = parseSignedCheckpoint(sumdb.note);
    expect(checkpoint).toMatchObject({ origin: 'go.sum database tree', size: 6476701, extension: [] });
    expect(isSignedBy(checkpoint.note, parseNoteKey(sumdb.vkey))).toBe(true);
    expect(printNote(checkpoint.note)).toBe(sumdb.note);
    const forged = parseSignedCheckpoint(sumdb.note.replace('6476701', '6476702'));
    expect(isSignedBy(forged.note, parseNoteKey(sumdb.vkey))).toBe(false);
  });

  it('of the specification is read with its blank line inside', () => {
    const note = parseNote(c2sp);
    expect(note.text.split('\n')).toHaveLength(5);
    expect(note.signatures.map(({ name, id }) => [name, id])).toEqual([
      ['quasimodo.example/salvatore', '367ba04b'],
    ]);
    expect(printNote(note)).toBe(c2sp);
  });

  it('is refused malformed, as the tests of Go have it', () => {
    const bad = [
      'hello',
      'hello\n',
      'hello\n\n',
      `hello\n\n${dash} x ABCD=\n`,
      go.text,
      `${go.text}\n${go.signature.slice(0, -1)}`,
      `${go.text}\n${go.signature}extra\n`,
      `${go.text}\n${go.signature.replace('PeterNeumann', 'Peter+Neumann')}`,
      `${go.text}\u0007\n\n${go.signature}`,
      `${go.text}\r\n\n${go.signature}`,
      `\n${go.signature}`.slice(1),
    ];
    for (const text of bad) expect(() => parseNote(text)).toThrow(/note/);
    expect(() =>
      parseNoteKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='),
    ).toThrow();
    expect(() =>
      parseNoteKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'),
    ).toThrow();
    for (let i = 0; i < go.vkey.length; i += 1) {
      const change = String.fromCharCode(go.vkey.charCodeAt(i) + 1);
      expect(() => parseNoteKey(go.vkey.slice(0, i) + change + go.vkey.slice(i + 1))).toThrow();
    }
  });
});

describe('a checkpoint', () => {
  const log = makeKey('vote.example/journal', 0x01);
  const witness = makeKey('temoin.example/w1', 0x04);
  const { tree } = treeOf(300);
  const text = signCheckpoint(log.key, log.seed, { origin: log.key.name, size: 300, root: tree.root() });

  it('with a cosignature, of the specification, has its time', () => {
    const { note } = parseSignedCheckpoint(cosigned);
    const [, signature] = note.signatures;
    expect(signature).toMatchObject({ name: 'witness.example.com/w1', id: '8d66cf3f' });
    expect(new DataView(Uint8Array.from(signature?.signature ?? []).buffer).getBigUint64(0)).toBe(
      1679315147n,
    );
    expect(printNote(note)).toBe(cosigned);
  });

  it('is cosigned, and the cosignature says when', () => {
    const { note } = parseSignedCheckpoint(text);
    const line = printSignature(cosign(witness.key, witness.seed, note.text, 1_669_878_000));
    const whole = parseSignedCheckpoint(text + line);
    expect(cosignedAt(whole.note, witness.key)).toBe(1_669_878_000);
    expect(isSignedBy(whole.note, log.key)).toBe(true);
    expect(cosignedAt(note, witness.key)).toBeUndefined();
    const moved = parseSignedCheckpoint(text.replace('\n300\n', '\n301\n') + line);
    expect(cosignedAt(moved.note, witness.key)).toBeUndefined();
  });

  it('has one form', () => {
    for (const bad of ['a\n01\n', 'a\n-1\n', 'a\n1 \n', '\n1\n']) {
      expect(() => parseSignedCheckpoint(text.replace('vote.example/journal\n300\n', bad))).toThrow();
    }
  });

  it('and a proof of ours are read by the client of Sigstore, which is not ours', () => {
    const load = createRequire(import.meta.url);
    const { verifyCheckpoint } = load('@sigstore/verify/dist/tlog/checkpoint.js') as {
      verifyCheckpoint: (entry: object, logs: object[]) => { logSize: bigint };
    };
    const { verifyMerkleInclusion } = load('@sigstore/verify/dist/tlog/merkle.js') as {
      verifyMerkleInclusion: (entry: object, checkpoint: object) => void;
    };
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), log.key.publicKey]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const logs = [{ logID: Buffer.from(log.key.id, 'hex'), baseURL: log.key.name, publicKey }];
    for (const size of [1, 2, 3, 255, 256, 257, 300]) {
      const { tree: some, entries } = treeOf(size);
      const envelope = signCheckpoint(log.key, log.seed, { origin: log.key.name, size, root: some.root() });
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const hashes = some.inclusionProof(index).map((hash) => Buffer.from(hash));
        const inclusionProof = { checkpoint: { envelope }, logIndex: String(index), hashes };
        const entry = { inclusionProof, canonicalizedBody: Buffer.from(entries[index] as Uint8Array) };
        const checkpoint = verifyCheckpoint(entry, logs);
        expect(checkpoint.logSize).toBe(BigInt(size));
        expect(() => {
          verifyMerkleInclusion(entry, checkpoint);
        }).not.toThrow();
        const other = { ...entry, canonicalizedBody: Buffer.from('other') };
        expect(() => {
          verifyMerkleInclusion(other, checkpoint);
        }).toThrow();
      }
      const forged = envelope.replace(`\n${size}\n`, `\n${size + 1}\n`);
      expect(() =>
        verifyCheckpoint({ inclusionProof: { checkpoint: { envelope: forged } } }, logs),
      ).toThrow();
    }
  });
});

describe('tiles', () => {
  it('have the paths of the specification', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 'entries', index: 5, width: 12 })).toBe('tile/entries/005.p/12');
    expect(parseTilePath('tile/0/x001/x234/067')).toEqual({ level: 0, index: 1_234_067, width: 256 });
    for (const bad of [
      'tile/0/067.p/256',
      'tile/0/067.p/0',
      'tile/0/x000/067',
      'tile/00/067',
      'tile/64/067',
      'tile/0/67',
      'tile/0/001/067',
      'tile/0/x001/x067',
      'tile/0/067/',
    ]) {
      expect([bad, parseTilePath(bad)]).toEqual([bad, undefined]);
    }
  });

  it('are those that the specification counts for 70,000 and for 256 leaves', () => {
    const counted = [...tilesOf(70_000)];
    expect(counted.filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(273);
    expect(counted.filter(({ width }) => width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect([...tilesOf(256)]).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
    expect([...tilesOf(0)]).toEqual([]);
    expect(tileWidth('entries', 1, 300)).toBe(44);
  });

  it('hold entries with their lengths', () => {
    const entries = [Uint8Array.of(), Uint8Array.of(1, 2), new Uint8Array(300).fill(7)];
    expect(parseEntryBundle(entryBundle(entries))).toEqual(entries);
    expect(() => parseEntryBundle(entryBundle(entries).subarray(0, 20))).toThrow('within an entry');
  });
});

describe('a proof', () => {
  const log = makeKey('vote.example/journal', 0x01);

  it.each([1, 2, 5, 64, 300])('of every leaf of %i is written, read and verified', (size) => {
    const { tree, entries } = treeOf(size);
    const checkpoint = signCheckpoint(log.key, log.seed, { origin: log.key.name, size, root: tree.root() });
    for (const [index, entry] of entries.entries()) {
      const hashes = tree.inclusionProof(index);
      const text = printLogProof({ extra: Uint8Array.of(1, 2), index, hashes, checkpoint });
      const proof = parseLogProof(text);
      expect(printLogProof(proof)).toBe(text);
      expect(provesEntry(proof, entry)).toBe(true);
      expect(provesEntry(proof, Uint8Array.of(9, 9, 9))).toBe(false);
      if (size > 1) expect(provesEntry({ ...proof, index: (index + 1) % size }, entry)).toBe(false);
    }
  });

  it('has the lines of the specification', () => {
    const { tree } = treeOf(2);
    const checkpoint = signCheckpoint(log.key, log.seed, {
      origin: log.key.name,
      size: 2,
      root: tree.root(),
    });
    const text = printLogProof({ extra: undefined, index: 1, hashes: tree.inclusionProof(1), checkpoint });
    expect(text.split('\n').slice(0, 2)).toEqual(['c2sp.org/tlog-proof@v1', 'index 1']);
    expect(text.endsWith(`\n\n${checkpoint}`)).toBe(true);
    for (const bad of [text.replace('index 1', 'index 01'), text.replace('@v1', '@v2'), text.slice(0, 30)]) {
      expect(() => parseLogProof(bad)).toThrow();
    }
  });

  it('goes to a witness with the size it knew', () => {
    const { tree } = treeOf(9);
    const request = {
      old: 5,
      proof: tree.consistencyProof(5),
      checkpoint: printCheckpoint({ origin: 'o', size: 9, root: tree.root() }),
    };
    const body = printAddCheckpoint(request);
    expect(body.startsWith('old 5\n')).toBe(true);
    expect(parseAddCheckpoint(body)).toEqual(request);
    expect(printAddCheckpoint({ ...request, old: 0, proof: [] }).startsWith('old 0\n\no\n9\n')).toBe(true);
    expect(() => parseAddCheckpoint(body.replace('old 5', 'old 05'))).toThrow();
  });
});

describe('a policy', () => {
  const log = makeKey('vote.example/journal', 0x01);
  const witnesses = ['X1', 'X2', 'X3', 'Y1'].map((name) => ({ name, ...makeKey(`${name}.example`, 0x04) }));
  const lines = [
    `# who is believed`,
    `log ${printNoteKey(log.key)} https://vote.example/journal`,
    ...witnesses.map(({ name, key }) => `\twitness ${name} ${printNoteKey(key)}`),
    'group X 2 X1 X2 X3',
    'group XY all X Y1',
    'quorum XY',
  ];
  const { tree } = treeOf(7);
  const checkpoint = signCheckpoint(log.key, log.seed, { origin: log.key.name, size: 7, root: tree.root() });
  const { note } = parseSignedCheckpoint(checkpoint);
  const by = (...names: string[]) =>
    checkpoint +
    witnesses
      .filter(({ name }) => names.includes(name))
      .map(({ key, seed }) => printSignature(cosign(key, seed, note.text, 1_669_878_000)))
      .join('');

  it('counts the members of groups of groups', () => {
    const policy = parseLogPolicy(`${lines.join('\n')}\n`);
    expect(policyFlaw(policy, by('X1', 'X3', 'Y1'))).toBeUndefined();
    for (const few of [[], ['X1', 'X2', 'X3'], ['X1', 'Y1']]) {
      expect(policyFlaw(policy, by(...few))).toContain('cosignatures');
    }
    const other = makeKey('vote.example/journal', 0x01);
    const forged = signCheckpoint(other.key, other.seed, {
      origin: log.key.name,
      size: 7,
      root: tree.root(),
    });
    expect(policyFlaw(policy, forged)).toContain('not signed by a log');
  });

  it('is refused where it is ambiguous', () => {
    const without = (line: string) => lines.filter((one) => !one.includes(line));
    const bad = [
      without('quorum'),
      [...lines, 'quorum none'],
      [...lines, 'group Z any X1'],
      [...lines, 'group none any Y1'],
      [...lines, lines[2]?.replace('X1', 'X9') ?? ''],
      without('witness Y1'),
      lines.map((line) => line.replace('group X 2', 'group X 4')),
      [...lines, 'mirror x'],
    ];
    for (const some of bad) expect(() => parseLogPolicy(some.join('\n'))).toThrow();
    expect(parseLogPolicy('quorum none').quorum).toBe('none');
  });
});
