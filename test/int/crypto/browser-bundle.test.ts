import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type * as BallotMaker from '../../../src/browser/ballot-maker.js';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { deriveCredential, publicCredential } from '../../../src/crypto/credential.js';
import { openPoll, parseElection, printElection } from '../../../src/crypto/election.js';
import { deriveGateKey, verifyGate } from '../../../src/crypto/gate-key.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';

/** What an elector on a slow line downloads: the limit may go down, never up. */
const MAX_GZIPPED = 25_000;

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'ballot-maker-'));
const bundle = join(folder, 'ballot-maker.mjs');
const metafile = join(folder, 'meta.json');

beforeAll(() => {
  const options = {
    entryPoints: [join(root, 'src/browser/ballot-maker.ts')],
    outfile: bundle,
    ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', metafile: true },
  };
  const program = `
    import { build } from 'esbuild';
    import { writeFileSync } from 'node:fs';
    const { metafile } = await build(${JSON.stringify(options)});
    writeFileSync(${JSON.stringify(metafile)}, JSON.stringify(metafile));`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the ballot maker of browsers', () => {
  it(`is at most ${MAX_GZIPPED} bytes gzipped`, () => {
    expect(gzipSync(readFileSync(bundle), { level: 9 }).length).toBeLessThanOrEqual(MAX_GZIPPED);
  });

  it('is made of our mathematics and of @noble alone', () => {
    const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, unknown> };
    const others = Object.keys(inputs).filter(
      (path) => !/^(src\/(browser|crypto)\/|node_modules\/@noble\/(curves|hashes)\/)/.test(path),
    );
    expect(others).toEqual([]);
  });

  it('makes ballots and gate signatures that the server accepts', async () => {
    const maker = (await import(pathToFileURL(bundle).href)) as typeof BallotMaker;
    const group = await serverGroup('Ed25519');
    const raw = printElection({
      ...{ description: '', name: 'Essai', group: group.name, uuid: 'bmwrT8uHomwjwS' },
      publicKey: group.print(group.g.exp(20261122n)),
      questions: [{ question: '?', answers: ['A', 'B', 'Vote blanc'], blank: false, min: 1, max: 1 }],
    });
    const read = maker.readCode('ydbss 5af93 pe4vm 4mr8g');
    if (!('code' in read)) throw new Error(read.problem);
    const { text, reference } = maker.seal(maker.readElection(raw), read.code, [[0, 0, 1]]);
    const credential = publicCredential(group, deriveCredential(group, 'bmwrT8uHomwjwS', read.code));
    const poll = openPoll(group, parseElection(raw));
    expect(checkBallot(poll, text)).toEqual({ valid: true, reference, credential });
    const { publicKey } = deriveGateKey('cse-2026', read.code);
    expect(verifyGate(publicKey, 'cse-2026', 'nonce', maker.passGate(read.code, 'cse-2026', 'nonce'))).toBe(
      true,
    );
  });
});
