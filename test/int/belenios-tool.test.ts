import { execFileSync, spawnSync } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readArchive } from '../../src/crypto/archive.js';
import { openPoll, parseElection, type Poll } from '../../src/crypto/election.js';
import { bytesToInteger } from '../../src/crypto/group.js';
import { parseKeyHolders, printKeyHolders } from '../../src/crypto/key-holders.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { archiveOf, makeKey, makePoll, tallied, vote, type Pieces } from '../unit/crypto/made-election.js';

// The Debian 12 package, version 2.0, knows BELENIOS-2048 only. The group of elections that nobody else can check
// (Ed25519) is held to the samples of test/vectors, which belenios-tool 3.3 made.
const present = spawnSync('belenios-tool', ['--version']).status === 0;
const required = process.env['CI'] === 'true';
if (!present) {
  console.warn(
    'belenios-tool is not on the PATH: elections are not checked with it (apt-get install belenios-tool).',
  );
}
const withTool = present ? describe : describe.skip;

const group = await serverGroup('BELENIOS-2048');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'isoloir-belenios-'));
  folders.push(folder);
  return folder;
}

/** Runs the tool in a folder; its standard output, or its error as an exception. */
function belenios(folder: string, ...parameters: string[]): string {
  return execFileSync('belenios-tool', parameters, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

/** What `election verify` says of an archive: '' when it passes. */
function refusal(uuid: string, archive: Uint8Array): string {
  const folder = join(newFolder(), uuid);
  mkdirSync(folder);
  writeFileSync(join(folder, `${uuid}.bel`), archive);
  const { status, stderr } = spawnSync('belenios-tool', ['election', 'verify', '--dir', folder], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr;
}

const ours = async (archive: Uint8Array) => verifyElection(archive, { groupOf: serverGroup });

describe('belenios-tool', () => {
  it('is there where it must be', () => {
    expect(present || !required).toBe(true);
  });
});

withTool('an election made wholly by us', () => {
  it('passes belenios-tool: two groups of holders, a blank vote, a list extended after voting began', async () => {
    const key = makeKey(group);
    const poll = makePoll(group, key.holders, 'KBgm3f2rPUEHMb');
    const secrets = Array.from({ length: 24 }, (_, i) => BigInt(1_000 + i));
    const publicOf = (some: bigint[]) => some.map((secret) => group.print(group.g.exp(secret)));
    const initial = publicOf(secrets.slice(0, 18)).sort();
    const early = secrets.slice(0, 6).map((secret, i) => vote(poll, secret, i === 5 ? 2 : 0));
    const extended = [...initial, ...publicOf(secrets.slice(18))].sort();
    const late = secrets.slice(10, 24).map((secret) => vote(poll, secret, 1));
    const ballots = [...early, ...late];
    const pieces: Pieces = {
      election: poll.election.raw,
      trustees: printKeyHolders(group, key.holders),
      credentials: extended,
      ballots,
      ...tallied(poll, key, ballots, [1, 4, 6]),
    };
    const archive = archiveOf(pieces);
    expect(ballots).toHaveLength(20);
    expect(await ours(archive)).toMatchObject({ sound: true, result: [[5, 14, 1]] });
    expect(refusal(poll.election.uuid, archive)).toBe('');

    const withInitialList = archiveOf({ ...pieces, credentials: initial });
    expect(refusal(poll.election.uuid, withInitialList)).toContain('invalid credential');
    expect((await ours(withInitialList)).sound).toBe(false);
    const otherQuorum = archiveOf({ ...pieces, ...tallied(poll, key, ballots, [2, 3, 5]) });
    expect(refusal(poll.election.uuid, otherQuorum)).toBe('');
  });
});

withTool('an election set up by belenios-tool', () => {
  /** The private credential of version 2.0: PBKDF2 of the text with its dashes, salted with the election's uuid. */
  const derive = (code: string, uuid: string) =>
    bytesToInteger(pbkdf2Sync(code, uuid, 1_000, 32, 'sha256')) % group.order;

  function setUp(uuid: string) {
    const folder = newFolder();
    const read = (ending: string) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => readFileSync(join(folder, name), 'utf8'));
    const common = ['--group', 'BELENIOS-2048'];
    belenios(folder, 'setup', 'generate-credentials', '--count', '6', '--uuid', uuid, ...common);
    for (let i = 0; i < 2; i += 1) belenios(folder, 'setup', 'generate-trustee-key', ...common);
    writeFileSync(join(folder, 'public_keys.jsons'), read('.pubkey').join(''));
    writeFileSync(join(folder, 'public_creds.json'), read('.pubcreds').join(''));
    const questions = [{ answers: ['A', 'B', 'Vote blanc'], min: 1, max: 1, question: 'Votre liste ?' }];
    const template = { description: 'Élection', name: 'CSA', questions };
    writeFileSync(join(folder, 'template.json'), JSON.stringify(template));
    belenios(folder, 'setup', 'make-trustees');
    belenios(folder, 'setup', 'make-election', '--uuid', uuid, '--template', 'template.json', ...common);
    belenios(folder, 'archive', 'init');
    const codes = (read('.privcreds')[0] ?? '').trim().split('\n');
    const keys = read('.privkey').map((text) => BigInt(JSON.parse(text) as string));
    return { folder, codes: codes.map((line) => line.split(' ').at(-1) as string), keys };
  }

  /** A ballot that the tool makes. */
  function toolBallot(folder: string, code: string, choice: number): string {
    writeFileSync(join(folder, 'code'), code);
    writeFileSync(join(folder, 'choice'), JSON.stringify([[0, 1, 2].map((i) => (i === choice ? 1 : 0))]));
    return belenios(
      folder,
      'election',
      'generate-ballot',
      '--dir',
      '.',
      '--privcred',
      'code',
      '--ballot',
      'choice',
    ).trim();
  }

  it('is tallied by us, with ballots from both sides, and passes belenios-tool', async () => {
    const uuid = 'MDVP7nKKAe3zvD';
    const { folder, codes, keys } = setUp(uuid);
    const { records } = readArchive(readFileSync(join(folder, `${uuid}.bel`)));
    const [election, trustees, credentials] = records.map(({ bytes }) => new TextDecoder().decode(bytes)) as [
      string,
      string,
      string,
    ];
    const poll: Poll = openPoll(group, parseElection(election));
    const ballots = codes.map((code, i) =>
      i % 2 === 0 ? toolBallot(folder, code, i / 2) : vote(poll, derive(code, uuid), 1),
    );
    const key = { holders: parseKeyHolders(group, trustees), shares: keys };
    const archive = archiveOf({
      election,
      trustees,
      credentials: JSON.parse(credentials) as string[],
      ballots,
      ...tallied(poll, key, ballots, [1, 2]),
    });
    expect(await ours(archive)).toMatchObject({ sound: true, ballots: 6, result: [[1, 4, 1]] });
    expect(refusal(uuid, archive)).toBe('');
  });
});
