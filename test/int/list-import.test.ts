import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScrutinEvent } from '../../src/events/scrutin.events.js';
import { ListImport } from '../../src/modules/account/lists/list-import.js';
import { countElectors, electorsOfElection } from '../../src/projections/electors.projection.js';
import { freshAccounts } from '../support/accounts.js';
import { written } from '../support/service.js';

const electionId = randomUUID();
const [csa, cap, paper] = [randomUUID(), randomUUID(), randomUUID()];
const EXPIRES = '2030-12-08T16:00:00.000Z';
const HEADER =
  'Identifiant;Nom;Prénom;Date de naissance;Corps;Académie;Affectation;UAI;Remise;Adresse postale;NUMEN;NIR;Scrutins';
let made: Awaited<ReturnType<typeof freshAccounts>>;
let lists: ListImport;
let folder: string;

const declared = (scrutinId: string, code: string, held: 'here' | 'elsewhere'): ScrutinEvent => ({
  type: 'ScrutinDeclared',
  data: {
    ...{ scrutinId, electionId, uuid: 'QyEwhVPEQ2o7wa', group: 'Ed25519', code, title: code, body: 'CSA' },
    ...{ seats: 10, held, at: '2022-09-01T00:00:00.000Z' },
  },
});

beforeAll(async () => {
  made = await freshAccounts(electionId);
  lists = new ListImport(made.database, made.identities, made.enrolments);
  folder = await mkdtemp(join(tmpdir(), 'isoloir-lists-'));
  for (const [id, code, held] of [
    [csa, 'CSA-PARIS', 'here'],
    [cap, 'CAPN', 'here'],
    [paper, 'CSA-PAPIER', 'elsewhere'],
  ] as const)
    await made.store.append(`scrutin-${id}`, 'none', [written(declared(id, code, held))]);
  await caughtUp('scrutins');
});
afterAll(async () => {
  await made.close();
  await rm(folder, { recursive: true });
});

async function caughtUp(name: string) {
  expect(await made.projections.waitFor(name, await made.store.head(), 20_000)).toBe(true);
}

let files = 0;
async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, `${files++}.csv`);
  await writeFile(path, content);
  return path;
}

const mark = () => randomUUID().slice(0, 8).toUpperCase();
/** A right line, but for what is changed. */
function line(change: Readonly<Record<string, string>> = {}): string {
  const one = mark();
  const cells: Record<string, string> = {
    email: `zoe.lefevre-${one}@ac-paris.fr`,
    nom: 'Lefèvre',
    prenom: 'Zoé',
    ne: '30/06/1975',
    corps: 'PE',
    academie: 'Paris',
    unite: 'Lycée Voltaire',
    uai: '0750656G',
    remise: 'main',
    adresse: '',
    numen: `01E${one}XY`,
    nir: '2750675123456',
    scrutins: 'CSA-PARIS CAPN',
    ...change,
  };
  return Object.values(cells).join(';');
}

const check = async (path: string) => lists.check(path, electionId);

describe('a file full of faults', () => {
  it('is told line by line with the reason, and nothing of it is written', async () => {
    const before = await made.store.head();
    const twin = line();
    const numen = `99E${mark()}ZZ`;
    const rows: readonly (readonly [string, string | RegExp])[] = [
      [line({ email: 'zoe' }), 'identifiant incorrect'],
      [line({ email: '' }), 'identifiant absent'],
      [line({ nom: '' }), 'nom absent'],
      [line({ prenom: 'x'.repeat(101) }), 'prénom de plus de 100 caractères'],
      [line({ ne: '31/02/1975' }), 'date de naissance incorrecte'],
      [line({ ne: '1899-12-31' }), 'date de naissance incorrecte'],
      [line({ ne: '' }), 'date de naissance absente'],
      [line({ numen: '01E123' }), 'NUMEN incorrect'],
      [line({ nir: '5750675123' }), 'numéro de sécurité sociale incorrect'],
      [line({ nir: '275067512345600' }), 'numéro de sécurité sociale incorrect'],
      [line({ nir: '' }), 'numéro de sécurité sociale absent'],
      [line({ scrutins: 'CSA-LILLE' }), 'scrutin inconnu : CSA-LILLE'],
      [line({ scrutins: 'CSA-PAPIER' }), 'scrutin inconnu : CSA-PAPIER'],
      [line({ scrutins: 'CAPN CAPN' }), 'scrutin indiqué deux fois : CAPN'],
      [line({ remise: 'pigeon' }), 'remise : « main », « courrier » ou « recommandé »'],
      [line({ remise: 'courrier' }), 'adresse postale absente'],
      [line({ uai: 'é' }), 'UAI incorrect'],
      [line({ scrutins: 'CAPN;x' }), 'trop de colonnes'],
      [twin, ''],
      [twin, /déjà à la ligne 20$/],
      [line({ numen }), ''],
      [line({ numen: numen.toLowerCase() }), 'NUMEN déjà à la ligne 22'],
    ];
    const report = await check(await file([HEADER, ...rows.map(([row]) => row)].join('\r\n')));
    for (const [index, [, reason]] of rows.entries()) {
      const reasons = report.faults.filter((fault) => fault.line === index + 2).map((fault) => fault.reason);
      if (reason === '') expect([index + 2, reasons]).toEqual([index + 2, []]);
      else
        expect([index + 2, reasons]).toEqual([
          index + 2,
          expect.arrayContaining([expect.stringMatching(reason)]),
        ]);
    }
    expect(report.faulty).toBe(rows.length - 2 + 1); // the twin has identifiant and NUMEN
    expect(await made.store.head()).toBe(before);
    await caughtUp('electors');
    expect(await electorsOfElection(made.database.pool('register'), electionId, { limit: 9 })).toEqual([]);
  });

  it('names what is wrong with the file itself', async () => {
    const reasons = async (content: string) =>
      (await check(await file(content))).faults.map((one) => one.reason);
    expect(await reasons(`${HEADER}\n`)).toEqual(['le fichier ne contient aucun électeur']);
    expect(await reasons(`${HEADER.replace(';NIR', ';Autre')}\n${line()}`)).toEqual([
      'la colonne « nir » manque',
    ]);
    expect(await reasons(`${HEADER};NUMEN\n${line()}`)).toEqual(['la colonne « NUMEN » est là deux fois']);
    expect(await reasons(`${HEADER}\n${line()}\n"${line()}`)).toEqual([expect.stringContaining('guillemet')]);
    await expect(check(await file('bonjour'))).rejects.toThrow('ne nomme pas de colonnes');
  });
});

describe.each([
  ['UTF-8', (text: string) => Buffer.from(text), 'utf-8', ';'],
  ['UTF-8 with a BOM', (text: string) => Buffer.from(`\uFEFF${text}`), 'utf-8', ';'],
  ['Windows-1252', (text: string) => Buffer.from(text, 'latin1'), 'windows-1252', ';'],
  ['UTF-8 with commas', (text: string) => Buffer.from(text.replaceAll(';', ',')), 'utf-8', ','],
  ['UTF-8 with tabulations', (text: string) => Buffer.from(text.replaceAll(';', '\t')), 'utf-8', '\t'],
] as const)('a file in %s', (_, write, encoding, separator) => {
  it('is read as it is written, into vault and ledger', async () => {
    const email = `gaelle-${mark().toLowerCase()}@ac-lille.fr`;
    const path = await file(write(`${HEADER}\n${line({ email, nom: 'Gaëlle-Œuvré'.replace('Œ', 'É') })}\n`));
    const report = await check(path);
    expect(report).toMatchObject({ form: { encoding, separator }, electors: 1, faulty: 0 });
    expect([...report.scrutins]).toEqual([
      [csa, 1],
      [cap, 1],
    ]);
    expect(await lists.run(path, electionId, report, EXPIRES)).toBe(1);
    const electorId = await made.identities.find(electionId, email);
    expect(await made.identities.of(electorId ?? '')).toMatchObject({
      lastName: 'Gaëlle-Éuvré',
      birthDate: '1975-06-30',
      unitCode: '0750656G',
      delivery: 'hand',
    });
    const types: string[] = [];
    for await (const { type, data } of made.store.readStream(`elector-${electorId ?? ''}`)) {
      types.push(type);
      expect(data).not.toMatch(/lille|Éuvré|01E/);
    }
    expect(types).toEqual(['ElectorRegistered.v1', 'ActivationLinkIssued.v1']);
    // Read again, it does nothing; in another file, its elector is known.
    const again = await check(path);
    expect([again.finished, await lists.run(path, electionId, again, EXPIRES)]).toEqual([true, 0]);
    const other = await check(await file(`${HEADER}\n${line({ email })}\n`));
    expect(other.faults).toEqual([{ line: 2, reason: 'identifiant d’un électeur déjà inscrit' }]);
  });
});

describe('an import that is cut off', () => {
  it('goes on where it was, and nobody is there twice', async () => {
    const electors = 2_345;
    const path = await file(
      [HEADER, ...Array.from({ length: electors }, () => line({ scrutins: 'CAPN' }))].join('\n'),
    );
    await caughtUp('electors');
    const register = made.database.pool('register');
    const before = (await countElectors(register, [cap])).get(cap) ?? 0;
    const report = await check(path);
    expect(report).toMatchObject({ electors, faulty: 0 });
    const stop = new Error('cut off');
    const cut = lists.run(path, electionId, report, undefined, (done) => {
      if (done >= 1_000) throw stop;
    });
    await expect(cut).rejects.toBe(stop);
    // A crash after some of the appends and before the plan knows of them.
    await made.database.pool('vault').query('update vault.imports set done = 0 where key is not null');
    const again = await check(path);
    expect(again).toMatchObject({ electors, faulty: 0, finished: false });
    expect(await lists.run(path, electionId, again, undefined)).toBe(electors - 2_000); // two batches at once
    await caughtUp('electors');
    expect((await countElectors(register, [cap])).get(cap)).toBe(before + electors);
    const keys = await made.database.pool('vault').query('select from vault.imports where key is not null');
    expect(keys.rowCount).toBe(0); // ids lead to no line any more
  });
});
