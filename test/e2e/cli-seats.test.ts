import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-seats-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** `isoloir seats` on a file with this content. */
async function seats(content: string, ...options: string[]) {
  const file = join(folder, 'result.json');
  await writeFile(file, content);
  return promisify(execFile)(process.execPath, ['bin/isoloir.js', 'seats', file, ...options]);
}

const lists = [
  { id: 'UNSA', votes: 3000, candidates: 10 },
  { id: 'FSU', votes: 2000 },
  { id: 'CGT', votes: 1000, candidates: 1 },
];

describe('isoloir seats', () => {
  it('prints each step', async () => {
    const { stdout } = await seats(JSON.stringify({ seats: 7, lists, blank: 12 }));
    expect(stdout).toBe(`7 seats, 3 lists, 6000 votes expressed
  not expressed: 12 blank, 0 void
Quotient 6000/7 = 857.14…
  UNSA: 3
  FSU: 2
  CGT: 1
Seat 7 to UNSA (highest average)
  UNSA 3000/4 = 750; FSU 2000/3 = 666.66…
Result
  UNSA: 4
  FSU: 2
  CGT: 1
`);
  });

  it('gives lists and steps as JSON', async () => {
    const { stdout } = await seats(JSON.stringify({ seats: 7, lists }), '--json');
    const given = JSON.parse(stdout) as { lists: unknown; steps: { kind: string }[] };
    expect(Object.keys(given)).toEqual(['lists', 'steps']);
    expect(given.lists).toEqual([
      { id: 'UNSA', seats: 4 },
      { id: 'FSU', seats: 2 },
      { id: 'CGT', seats: 1 },
    ]);
    expect(given.steps.map(({ kind }) => kind)).toEqual(['quotient', 'average']);
  });

  it('says when lots were drawn from nothing', async () => {
    const equal = {
      seats: 1,
      lists: [
        { id: 'A', votes: 1 },
        { id: 'B', votes: 1 },
      ],
    };
    expect((await seats(JSON.stringify(equal))).stderr).toContain('this draw is for trial only');
    const { stdout, stderr } = await seats(JSON.stringify({ ...equal, seed: 'ab' }));
    expect(stderr).toBe('');
    expect(stdout).toContain('tied: A, B; decided by draw');
  });

  it.each([
    ['{"seats":1', 'not JSON'],
    ['{"seats":-1,"lists":[]}', '$.seats: expected an integer from 0 to 10000'],
    ['{"seats":1,"lists":[{"id":"A","votes":1.5}]}', '$.lists[0].votes: expected an integer'],
    ['{"seats":1,"lists":[],"x":1}', '$.x: expected nothing'],
  ])('names what is wrong: %s', async (content, reason) => {
    const failure = await seats(content).catch((error: unknown) => error as { stderr: string; code: number });
    expect(failure.stderr).toContain(reason);
    expect(failure).toMatchObject({ code: 2 });
  });
});
