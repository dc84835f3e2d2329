import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyArchiveCommand } from '../../../src/cli/verify-archive.js';
import { archiveRecord, writeArchive } from '../../../src/crypto/archive.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { archiveOf, makeElection, tallied, vote } from '../../unit/crypto/made-election.js';
import { soundSamples, tamperedSamples } from '../../unit/crypto/samples.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs the command as a shell would: what it prints, and how it exits. */
async function run(...parameters: string[]): Promise<{ output: string; exitCode: unknown }> {
  const before = process.exitCode;
  let output = '';
  const writeOut = (text: string) => (output += text);
  try {
    await verifyArchiveCommand().configureOutput({ writeOut }).parseAsync(parameters, { from: 'user' });
    return { output, exitCode: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

describe('isoloir verify-archive', () => {
  it('prints each claim and exits 0 when all files are sound', async () => {
    const { output, exitCode } = await run(soundSamples['ed25519-basic'], soundSamples['ed25519-threshold']);
    expect(output).toContain('election QyEwhVPEQ2o7wa, 12 ballots');
    expect(output).toContain('  passed     one-ballot-per-credential');
    expect(output.match(/^ {2}sound$/gm)).toHaveLength(2);
    expect(exitCode).toBe(0);
  });

  it('says what is wrong and where, and exits 1', async () => {
    const { output, exitCode } = await run(soundSamples.clean, tamperedSamples['bad-signature']);
    expect(output).toMatch(
      /FAILED {5}every-ballot-is-signed\n +event\[\d\]\.ballot\.signature\.proof: does not hold/,
    );
    expect(output).toContain('  NOT SOUND');
    expect(exitCode).toBe(1);
  });

  it('exits 2 when a file is no archive or is not there, and says so of that one', async () => {
    const nonsense = join(folder, 'nonsense.bel');
    await writeFile(nonsense, 'nonsense');
    for (const file of [nonsense, join(folder, 'absent.bel')]) {
      const { output, exitCode } = await run(file, soundSamples.clean);
      expect(output).toContain(`${file}: cannot be read: `);
      expect(output).toContain('  sound');
      expect(exitCode).toBe(2);
    }
  });

  it('exits 1 for an archive that holds no election', async () => {
    const empty = join(folder, 'empty.bel');
    const records = [archiveRecord('data', new Uint8Array())];
    await writeFile(empty, writeArchive({ timestamp: '0', records }));
    expect((await run(empty)).exitCode).toBe(1);
  });

  it('prints JSON', async () => {
    const { output, exitCode } = await run(
      '--json',
      tamperedSamples['late-ballot'],
      join(folder, 'absent.bel'),
    );
    const [late, absent] = JSON.parse(output) as [{ checks: unknown[] }, unknown];
    expect(late.checks).toContainEqual({
      name: 'events-follow-the-grammar',
      verdict: 'failed',
      count: 1,
      findings: [{ place: 'event[7]', reason: 'Ballot after EndBallots' }],
    });
    expect(absent).toHaveProperty('unreadable');
    expect(exitCode).toBe(2);
  });

  it('checks many ballots on several threads', async () => {
    const group = await serverGroup('Ed25519');
    const { pieces, poll, key } = makeElection(group);
    const secrets = Array.from({ length: 250 }, (_, i) => BigInt(i + 2));
    const ballots = secrets.map((secret, i) => vote(poll, secret, i % 3));
    const credentials = secrets.map((secret) => group.print(group.g.exp(secret)));
    const file = join(folder, 'many.bel');
    await writeFile(
      file,
      archiveOf({ ...pieces, credentials, ballots, ...tallied(poll, key, ballots, [1, 4, 5]) }),
    );
    const { output, exitCode } = await run(file);
    expect(output).toContain('result     [[84,83,83]]');
    expect(exitCode).toBe(0);
  });
});
