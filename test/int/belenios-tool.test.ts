import { execFileSync, spawnSync } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ArchiveChain } from '../../src/crypto/archive-events.js';
import { readArchive, writeArchive, type ArchiveRecord } from '../../src/crypto/archive.js';
import { deriveCredential } from '../../src/crypto/credential.js';
import { openPoll, parseElection, type Poll } from '../../src/crypto/election.js';
import { bytesToInteger, type Group } from '../../src/crypto/group.js';
import { parseKeyHolders, printKeyHolders } from '../../src/crypto/key-holders.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { archiveOf, makeKey, makePoll, tallied, vote, type Pieces } from '../unit/crypto/made-election.js';

const found = spawnSync('belenios-tool', ['--version'], { encoding: 'utf8' });
const present = found.status === 0;
const required = process.env['CI'] === 'true';
if (!present) {
  console.warn(
    'belenios-tool is not on the PATH: elections are not checked with it (apt-get install belenios-tool).',
  );
}
const withTool = present ? describe : describe.skip;
/** Version 2.0 (Debian 12) knows BELENIOS-2048 only; 3.x has other credentials, options, and a check to be asked for. */
const isOld = !present || found.stdout.startsWith('2.0');

const groups = await Promise.all(
  (isOld ? (['BELENIOS-2048'] as const) : (['BELENIOS-2048', 'Ed25519'] as const)).map((name) =>
    serverGroup(name),
  ),
);
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

/** What the tool says of an archive: '' when it passes. `election verify` of 3.x does not reliably check ballots. */
function refusal(
  uuid: string,
  archive: Uint8Array,
  { election, trustees, credentials, ballots }: Pieces,
): string {
  const verify = (bytes: Uint8Array, verb: string, ...rest: string[]): string => {
    const folder = join(newFolder(), uuid);
    mkdirSync(folder);
    writeFileSync(join(folder, `${uuid}.bel`), bytes);
    const parameters = ['election', verb, '--dir', folder, ...rest];
    const { status, stderr } = spawnSync('belenios-tool', parameters, { encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  };
  if (isOld) return verify(archive, 'verify');
  const records: ArchiveRecord[] = [];
  const chain = new ArchiveChain((record) => records.push(record));
  chain.setup(election, trustees, JSON.stringify(credentials));
  const beforeVoting = writeArchive({ timestamp: '1700000000', records });
  const file = join(newFolder(), 'ballot.json');
  const each = ballots.map((ballot) => {
    writeFileSync(file, ballot);
    return verify(beforeVoting, 'verify-ballot', '--ballot', file);
  });
  return [...each, verify(archive, 'verify')].join('');
}

const ours = async (archive: Uint8Array) => verifyElection(archive, { groupOf: serverGroup });

describe('belenios-tool', () => {
  it('is there where it must be', () => {
    expect(present || !required).toBe(true);
  });
});

withTool('an election made wholly by us', () => {
  it.each(groups)(
    'passes belenios-tool: two groups of holders, a blank vote, a list extended after voting began ($name)',
    async (group) => {
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
      expect(refusal(poll.election.uuid, archive, pieces)).toBe('');

      const unlisted = { ...pieces, credentials: initial };
      const withInitialList = archiveOf(unlisted);
      expect(refusal(poll.election.uuid, withInitialList, unlisted)).toMatch(/invalid ?credential/i);
      expect((await ours(withInitialList)).sound).toBe(false);
      const otherQuorum = { ...pieces, ...tallied(poll, key, ballots, [2, 3, 5]) };
      expect(refusal(poll.election.uuid, archiveOf(otherQuorum), otherQuorum)).toBe('');
    },
  );
});

withTool('an election set up by belenios-tool', () => {
  /** The private credential: in 2.0 PBKDF2 of the text with its dashes, salted with the election's uuid. */
  const derive = (group: Group, code: string, uuid: string) =>
    isOld
      ? bytesToInteger(pbkdf2Sync(code, uuid, 1_000, 32, 'sha256')) % group.order
      : deriveCredential(group, uuid, code);

  function setUp(group: Group, uuid: string) {
    const folder = newFolder();
    const read = (ending: string) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => readFileSync(join(folder, name), 'utf8'));
    const common = ['--group', group.name];
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
    const privateCodes = (read('.privcreds')[0] ?? '').trim();
    const codes = isOld
      ? privateCodes.split('\n').map((line) => line.split(' ').at(-1) as string)
      : Object.values(JSON.parse(privateCodes) as Record<string, string>);
    const keys = read('.privkey').map((text) => BigInt(JSON.parse(text) as string));
    return { folder, codes, keys };
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
      isOld ? '--ballot' : '--choice',
      'choice',
    ).trim();
  }

  it.each(groups)(
    'is tallied by us, with ballots from both sides, and passes belenios-tool ($name)',
    async (group) => {
      const uuid = 'MDVP7nKKAe3zvD';
      const { folder, codes, keys } = setUp(group, uuid);
      const { records } = readArchive(readFileSync(join(folder, `${uuid}.bel`)));
      const [election, trustees, credentials] = records.map(({ bytes }) =>
        new TextDecoder().decode(bytes),
      ) as [string, string, string];
      const poll: Poll = openPoll(group, parseElection(election));
      const ballots = codes.map((code, i) =>
        i % 2 === 0 ? toolBallot(folder, code, i / 2) : vote(poll, derive(group, code, uuid), 1),
      );
      const key = { holders: parseKeyHolders(group, trustees), shares: keys };
      const pieces: Pieces = {
        election,
        trustees,
        credentials: JSON.parse(credentials) as string[],
        ballots,
        ...tallied(poll, key, ballots, [1, 2]),
      };
      const archive = archiveOf(pieces);
      expect(await ours(archive)).toMatchObject({ sound: true, ballots: 6, result: [[1, 4, 1]] });
      expect(refusal(uuid, archive, pieces)).toBe('');
    },
  );
});
