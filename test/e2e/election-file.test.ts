import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inventedLogo, inventedStatement } from '../../src/demonstration/invented-papers.js';
import { ElectionFiles, papersIn } from '../../src/election-file/election-files.js';
import { readElectionFile } from '../../src/election-file/election-file.js';
import { WrittenElection } from '../../src/election-file/written-election.js';
import { findElection } from '../../src/projections/elections.projection.js';
import { scrutinsOfElection } from '../../src/projections/scrutins.projection.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { openPortal, type Portal } from '../support/portal.js';

let portal: Portal;
let folder: string;
let example: string;
const president = `anne-${randomUUID().slice(0, 8)}`;
beforeAll(async () => {
  portal = await openPortal();
  folder = await mkdtemp(join(tmpdir(), 'isoloir-election-'));
  example = await readFile('docs/examples/election.yaml', 'utf8');
  await portal.app.get(StaffAccounts, { strict: false }).add(president, 'un bon mot de passe', 'board');
  const list = { title: 'Liste', candidates: [{ lastName: 'Roux', firstName: 'Léa' }] };
  await writeFile(join(folder, 'unsa.svg'), inventedLogo('UNSA', '#1d4ed8'));
  await writeFile(join(folder, 'unsa.pdf'), await inventedStatement(list));
  await writeFile(join(folder, 'page.html'), '<html><script>alert(1)</script></html>');
});
afterAll(async () => {
  await portal.close();
  await rm(folder, { recursive: true });
});

const whole = () =>
  example
    .replace('# logo: unsa.svg', 'logo: unsa.svg')
    .replace('# statement: unsa.pdf', 'statement: unsa.pdf')
    .replace('# members:', 'members:')
    .replace(/# {3}- \{ seat: 1, login: anne \}/, `  - { seat: 1, login: ${president} }`);

/** How many events elections, boards and scrutins have: others come by themselves. */
async function written(): Promise<number> {
  let events = 0;
  for await (const { stream } of portal.foundation.store.readAll())
    if (/^(election|board|scrutin)-/.test(stream)) events += 1;
  return events;
}

function plan(yaml: string) {
  return files().changesOf(yaml, papersIn(folder));
}
const files = () => portal.app.get(ElectionFiles, { strict: false });
const says = async (yaml: string) => (await plan(yaml)).map((change) => change.says);

describe('an election in a file', () => {
  it('is shown, then made; applied again, it changes nothing', async () => {
    const { store, database, projections } = portal.foundation;
    const before = await written();
    const changes = await plan(whole());
    expect(await written()).toBe(before);
    expect(changes.map((change) => change.says)).toEqual([
      'election: Élections professionnelles 2030 (rules of 2026)',
      'calendar',
      'board paris: Bureau de vote de l’académie de Paris',
      `board paris: ${president} is seat 1`,
      'scrutin CSA-PARIS: CSA de proximité de Paris',
      'scrutin CSA-PARIS: list Liste UNSA Education Votre alliée du quotidien, 3 candidates',
      'scrutin CSA-PARIS: statement of Liste UNSA Education Votre alliée du quotidien',
      'scrutin CSA-PARIS: list Liste commune, 2 candidates',
      'scrutin CSA-ETAB: CSA d’établissement',
    ]);
    await files().apply(changes);
    const after = await written();
    expect(await says(whole())).toEqual([]);
    await files().apply(await plan(whole()));
    expect(await written()).toBe(after);
    for (const name of ['elections', 'scrutins'])
      expect(await projections.waitFor(name, await store.head(), 20_000)).toBe(true);
    const electionId = readElectionFile(example).election.id;
    const register = database.pool('register');
    const election = await findElection(register, electionId);
    expect(election?.calendar?.votingOpensAt.toISOString()).toBe('2030-12-03T07:00:00.000Z');
    expect(election?.calendar?.portalOpensAt.toISOString()).toBe('2030-10-08T08:00:00.000Z');
    const [csa, other] = await scrutinsOfElection(register, electionId);
    expect(csa).toMatchObject({
      code: 'CSA-PARIS',
      seats: 2,
      held: 'here',
      lists: [{ candidates: 2 }, { candidates: 2 }], // a substitute takes no seat
    });
    expect(other).toMatchObject({ code: 'CSA-ETAB', held: 'elsewhere', lists: [] });
  });

  it('is written as it is now: applying that changes nothing, and writing it again gives the same text', async () => {
    const electionId = readElectionFile(example).election.id;
    const written = portal.app.get(WrittenElection, { strict: false });
    const yaml = (await written.of(electionId)) ?? '';
    expect(yaml).toContain('votingOpensAt: 2030-12-03 08:00');
    expect(yaml).toMatch(/logo: sha256:[0-9a-f]{64}/);
    expect(await says(yaml)).toEqual([]);
    expect(await says(yaml.replace('seats: 2', 'seats: 4'))).toEqual([
      'scrutin CSA-PARIS: CSA de proximité de Paris',
    ]);
    await files().apply(await plan(yaml));
    expect(await written.of(electionId)).toBe(yaml);
    expect(await written.of(randomUUID())).toBeUndefined();
  });

  it('says what a changed line changes, and nothing else', async () => {
    expect(await says(whole().replace('seats: 2', 'seats: 3'))).toEqual([
      'scrutin CSA-PARIS: CSA de proximité de Paris',
    ]);
    expect(await says(whole().replace('firstName: Karim', 'firstName: Karima'))).toEqual([
      'scrutin CSA-PARIS: list Liste UNSA Education Votre alliée du quotidien, 3 candidates',
    ]);
    const without = whole().replace(/ {6}- key: commune[^]*?(?= {2}- code: CSA-ETAB)/, '');
    expect(await says(without)).toEqual([expect.stringMatching(/is withdrawn$/)]);
    expect(await says(whole().replace('graceMinutes: 30', 'graceMinutes: 20'))).toEqual(['calendar']);
    expect(await says(whole().replace('professionnelles 2030', '2030'))).toEqual([
      'election: its title is Élections 2030',
    ]);
  });

  it.each<[string, (yaml: string) => string, string]>([
    ['too much grace', (y) => y.replace('graceMinutes: 30', 'graceMinutes: 31'), 'election.grace-too-long'],
    ['late notices', (y) => y.replace('2030-11-09 08:00', '2030-11-20 08:00'), 'election.notices-too-late'],
    ['other rules', (y) => y.replace("preset: '2026'", "preset: '2022'"), 'election.already-declared'],
    [
      'another group',
      (y) => y.replace('body: CSA\n    seats: 2', 'body: CSA\n    group: BELENIOS-2048\n    seats: 2'),
      'scrutin.fixed',
    ],
    ['a script as a logo', (y) => y.replace('logo: unsa.svg', 'logo: page.html'), 'candidates.bad-logo'],
    ['a page as a statement', (y) => y.replace('unsa.pdf', 'page.html'), 'candidates.bad-statement'],
    [
      'an order drawn too early',
      (y) => y.replace('seats: 2', 'seats: 2\n    seed: loto'),
      'scrutin.candidates-open',
    ],
    [
      'lists of a scrutin held elsewhere',
      (y) => y.replace('seats: 2', 'held: elsewhere\n    seats: 2'),
      'scrutin.has-lists',
    ],
    ['shares that are no whole', (y) => y.replace('percent: 40', 'percent: 39'), 'candidates.bad-list'],
  ])('is refused with %s', async (_, change, code) => {
    const before = await written();
    await expect(plan(change(whole()))).rejects.toMatchObject({ code });
    expect(await written()).toBe(before);
  });

  it.each<[(yaml: string) => string, string | RegExp]>([
    [
      (y) => y.replace('seats: 2', 'seats: many'),
      /^line 26: scrutins\[0\]\.seats: expected an integer from 1 to 200$/,
    ],
    [
      (y) => y.replace('2030-12-03 08:00', '2030-12-03'),
      /^line 12: calendar\.votingOpensAt: expected a time in Paris/,
    ],
    [(y) => y.replace('2030-12-03 08:00', '2027-03-28 02:30'), /^line 12: calendar\.votingOpensAt/],
    [
      (y) => y.replace('title: CSA de proximité de Paris', 'titre: CSA'),
      /scrutins\[0\]\.title: expected a value$/,
    ],
    [
      (y) => y.replace('board: paris', 'board: lyon'),
      /scrutins\[0\]\.board: expected the key of one of the boards$/,
    ],
    [
      (y) => y.replace('code: CSA-ETAB', 'code: CSA-PARIS'),
      /scrutins\[1\]: expected another name than CSA-PARIS/,
    ],
    [(y) => y.replace('election:', 'election: ['), /^line \d+: /],
    [(y) => y.replace(president, 'nobody'), /^board paris: nobody of the staff signs in as nobody$/],
    [(y) => y.replace('logo: unsa.svg', 'logo: absent.svg'), /^absent\.svg: cannot be read$/],
    [
      () => 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n'.repeat(1),
      /^line 1: election: expected a value$/,
    ],
  ])('names the line and the field that are wrong (%#)', async (change, message) => {
    await expect(plan(change(whole()))).rejects.toThrow(message);
  });
});
