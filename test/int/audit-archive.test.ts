import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boxArchive } from '../../src/bundle/box-archive.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { auditedElection } from '../support/audited-election.js';
import { Surgery } from '../support/bundle-surgery.js';

const present = spawnSync('belenios-tool', ['--version']).status === 0;
const withTool = present ? it : it.skip;

let made: Awaited<ReturnType<typeof auditedElection>>;
let folder: string;
/** The archive of the first scrutin, out of the public bundle. */
let name: string;
let archive: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-archive-test-'));
  made = await auditedElection({ group: 'BELENIOS-2048' });
  const pieces = new Surgery(await made.bundle('public')).lines.flatMap((line) =>
    'archive' in line ? [line['archive'] as { scrutinId: string; name: string; base64: string }] : [],
  );
  const own = pieces.filter(({ scrutinId }) => scrutinId === made.election.scrutins[0]?.scrutinId);
  name = own[0]?.name ?? '';
  archive = Buffer.concat(own.map(({ base64 }) => Buffer.from(base64, 'base64')));
});
afterAll(async () => {
  await made.close();
  await rm(folder, { recursive: true });
});

/** The exit of the tool on an archive, and what it said. */
async function verdict(content: Buffer): Promise<[status: number | null, said: string]> {
  const place = await mkdtemp(join(folder, 'election-'));
  await writeFile(join(place, name), content);
  const { status, stderr } = spawnSync('belenios-tool', ['election', 'verify', '--dir', place], {
    encoding: 'utf8',
  });
  return [status, stderr];
}

describe('the archive of a scrutin, as a bundle holds it', () => {
  it('is the file that the service gives', async () => {
    const [scrutin] = made.election.scrutins;
    const given = await boxArchive(made.ground, scrutin?.scrutinId ?? '');
    const pieces: Uint8Array[] = [];
    for await (const piece of given?.pieces ?? []) pieces.push(piece);
    expect(given?.name).toBe(name);
    expect(Buffer.concat(pieces).equals(archive)).toBe(true);
  });

  it('is an election by our own rules', async () => {
    const report = await verifyElection(archive, { groupOf: serverGroup });
    expect(report.checks.filter((check) => check.verdict !== 'passed')).toEqual([]);
  });

  withTool('passes belenios-tool election verify', async () => {
    expect(await verdict(archive)).toEqual([0, expect.anything()]);
  });

  withTool('does not pass it with another result', async () => {
    const other = Buffer.from(
      archive.toString('latin1').replace(/\{"result":\[\[(\d)/, (_, votes: string) => {
        return `{"result":[[${(Number(votes) + 1) % 10}`;
      }),
      'latin1',
    );
    expect(other.equals(archive)).toBe(false);
    expect((await verdict(other))[0]).not.toBe(0);
  });

  it('does not exist before the result', async () => {
    expect(await boxArchive(made.ground, made.election.boardId)).toBeUndefined();
  });
});
