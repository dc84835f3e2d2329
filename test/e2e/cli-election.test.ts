import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase, type TestDatabase } from '../support/database.js';

const ELECTION = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10'; // of docs/examples/election.yaml

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'isoloir-cli-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

/** `isoloir …` on the database of this test, with nobody to answer: what it said, and how it ended. */
function isoloir(...words: string[]) {
  return answered('', words);
}

/** The same, with what is typed. */
function answered(
  typed: string,
  words: readonly string[],
): Promise<{ readonly said: string; readonly code: number }> {
  const env = {
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
    PATH: process.env['PATH'],
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['bin/isoloir.js', ...words], { env }, (_, out, err) => {
      resolve({ said: out + err, code: child.exitCode ?? -1 });
    });
    child.stdin?.end(typed);
  });
}

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.join('\n'));
  return path;
}

it('an election is not applied where nobody says yes', async () => {
  const apply = ['election', 'apply', 'docs/examples/election.yaml'];
  const silent = await isoloir(...apply);
  expect(silent).toMatchObject({
    code: 2,
    said: expect.stringContaining('Nothing is done: nobody answered'),
  });
  const refused = await answered('n\n', apply);
  expect(refused).toMatchObject({ code: 0, said: expect.not.stringContaining('are made') });
});

it('a command that is misspelt is neither a finding nor a failure', async () => {
  expect((await isoloir('audit')).code).toBe(64);
  expect((await isoloir('staff', 'add', 'ann', '--role', 'queen')).code).toBe(64);
  expect(await isoloir('election', 'show', 'nope')).toMatchObject({
    code: 64,
    said: expect.stringContaining('it takes an id'),
  });
  expect(await isoloir('--version')).toEqual({ code: 0, said: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect((await isoloir('election', '--help')).code).toBe(0);
});

it('an election is applied, written, and applied again without effect', async () => {
  const applied = await isoloir('election', 'apply', 'docs/examples/election.yaml', '--yes');
  expect(applied).toMatchObject({ code: 0, said: expect.stringContaining('7 changes are made.') });
  const { said: yaml } = await isoloir('election', 'show', ELECTION);
  expect(yaml).toContain('code: CSA-PARIS');
  const again = await isoloir('election', 'apply', await file('now.yaml', [yaml]), '--yes');
  expect(again).toEqual({ code: 0, said: 'Nothing changes.\n' });
});

it('electors are imported, then corrected by a file, until the lists are closed', async () => {
  const options = ['--election', ELECTION, '--no-mails'];
  const header = 'Identifiant;Nom;Prénom;Date de naissance;Corps;Académie;Affectation;NUMEN;NIR;Scrutins';
  const line =
    'anne.roux@ac-paris.example;Roux;Anne;30/06/1975;Certifiés;Paris;Lycée;01E0000000001;2750675123456;CSA-PARIS';
  const imported = await isoloir('electors', 'import', await file('liste.csv', [header, line]), ...options);
  expect(imported).toMatchObject({ code: 0, said: expect.stringContaining('1 électeurs inscrits') });

  const wrong = [
    'Identifiant;Corps;Radiation',
    'anne.roux@ac-paris.example;;',
    'personne@x.example;Agrégés;',
  ];
  const refused = await isoloir('electors', 'import', await file('f.csv', wrong), '--correct', ...options);
  expect(refused.code).toBe(1);
  expect(refused.said).toContain('ligne 2 : la ligne ne change rien\n');
  expect(refused.said).toContain('ligne 3 : aucun électeur inscrit n’a cet identifiant\n');

  const right = await file('c.csv', ['Identifiant;Corps', 'anne.roux@ac-paris.example;Agrégés']);
  const dry = await isoloir('electors', 'import', right, '--correct', '--dry-run', ...options);
  expect(dry).toMatchObject({ code: 0, said: expect.not.stringContaining('corrigés') });
  const corrected = await isoloir('electors', 'import', right, '--correct', ...options);
  expect(corrected.said).toContain('1 électeurs corrigés');

  const close = ['election', 'close-lists', ELECTION];
  expect((await isoloir(...close)).code).toBe(2);
  expect((await answered('oui\n', close)).said).toContain('The lists are closed.\n');
  const late = await isoloir('electors', 'import', right, '--correct', ...options);
  expect(late).toMatchObject({ code: 1, said: expect.stringContaining('sont closes') });
});
