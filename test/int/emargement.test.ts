import { randomBytes, randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inventedElector } from '../../src/modules/account/invented-electors.js';
import { emargementPdf } from '../../src/modules/turnout/emargement-pdf.js';
import {
  Emargement,
  MOST_UNITS,
  type EmargementLine,
  type Wanted,
} from '../../src/modules/turnout/emargement.js';
import type { After } from '../../src/vault/directory.js';
import { VaultKeys } from '../../src/vault/keys.js';
import { nameKey } from '../../src/vault/name-key.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { freshAccounts } from '../support/accounts.js';
import { textOf } from '../support/pdf.js';
import { written } from '../support/service.js';

const electionId = randomUUID();
const [mine, other] = [randomUUID(), randomUUID()];
const ELECTORS = 620;
const all: Wanted = { name: '', units: undefined };
const UNITS = ['Lycée Voltaire', 'Lycée Hélène-Boucher', 'Rectorat de Paris'];
const SIGNED = 7; // one in seven

const people = Array.from({ length: ELECTORS }, (_, index) => {
  const { known } = inventedElector(electionId, 1, index);
  return {
    electorId: randomUUID(),
    known: { ...known, unit: UNITS[index % 3] as string },
    scrutinIds: index % 5 === 0 ? [other] : [mine, other],
    invitation: undefined,
  };
});
const onList = people.filter(({ scrutinIds }) => scrutinIds.includes(mine));
const keyOf = ({ lastName, firstName }: { lastName: string; firstName: string }) =>
  nameKey(lastName, firstName);

let made: Awaited<ReturnType<typeof freshAccounts>>;
let emargement: Emargement;
let registerKeys: RegisterKeys;

beforeAll(async () => {
  made = await freshAccounts(electionId);
  const { database, store, vault, enrolments } = made;
  registerKeys = new RegisterKeys(new VaultKeys(database, randomBytes(32)));
  emargement = new Emargement(database, vault, registerKeys);
  await enrolments.enrol(electionId, people);
  await registerKeys.create(mine);
  const ids = onList.filter((_, index) => index % SIGNED === 0).map(({ electorId }) => electorId);
  const signatures = (await registerKeys.tagsOf(mine, ids)).sort();
  const at = '2022-12-01T23:30:00.000Z'; // the second of December in Paris
  const ballots = signatures.map(() => '{}');
  await store.append(`box-${mine}`, 'none', [
    written({ type: 'VotesCast', data: { scrutinId: mine, batch: 1, signatures, ballots, at } }),
  ]);
  for (const name of ['electors', 'register'])
    expect(await made.projections.waitFor(name, await store.head(), 30_000)).toBe(true);
});
afterAll(() => made.close());

/** All pages, one after the other. */
async function pagesOf(wanted: Wanted, electors = ELECTORS): Promise<EmargementLine[][]> {
  const pages: EmargementLine[][] = [];
  for (let after: After | undefined; ;) {
    const page = await emargement.page({ scrutinId: mine, electionId, electors }, wanted, after);
    if (!page) throw new Error('no register key');
    pages.push([...page.lines]);
    if (!page.next) return pages;
    after = page.next;
  }
}

describe('the emargement list', () => {
  it.each([
    ['of a small scrutin', ELECTORS],
    ['of a large one', 1_200_000],
  ])('%s has every elector once, by name, with the day of the signature', async (_, electors) => {
    const pages = await pagesOf(all, electors);
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(50);
    const lines = pages.flat();
    const expected = onList.map(({ known }) => keyOf(known)).sort();
    expect(lines.map(keyOf)).toStrictEqual(expected);
    const signed = lines.filter(({ signedOn }) => signedOn === '2022-12-02');
    expect(signed).toHaveLength(Math.ceil(onList.length / SIGNED));
    expect(lines.filter(({ signedOn }) => signedOn === undefined)).toHaveLength(
      onList.length - signed.length,
    );
  });

  it('is searched by the beginning of a name, without regard to accents and case', async () => {
    const { known } = onList[17] as (typeof onList)[number];
    const prefix = keyOf(known).slice(0, 4);
    const found = (await pagesOf({ ...all, name: prefix.toLowerCase() })).flat();
    expect(found.map(keyOf)).toStrictEqual(
      onList
        .map((one) => keyOf(one.known))
        .filter((key) => key.startsWith(prefix))
        .sort(),
    );
    expect(found.length).toBeGreaterThan(0);
  });

  it('is searched by the beginning of a unit', async () => {
    expect(await emargement.units(electionId, 'lycée')).toStrictEqual([
      'LYCEE HELENE BOUCHER',
      'LYCEE VOLTAIRE',
    ]);
    expect(await emargement.units(electionId, 'Collège')).toStrictEqual([]);
    expect((await emargement.units(electionId, '')).length).toBeLessThanOrEqual(MOST_UNITS + 1);
    const units = await emargement.units(electionId, 'rectorat');
    const lines = (await pagesOf({ ...all, units })).flat();
    expect(lines).toHaveLength(onList.filter(({ known }) => known.unit === UNITS[2]).length);
    for (const { unit } of lines) expect(unit).toBe('Rectorat de Paris');
    expect(await pagesOf({ ...all, units: [] })).toStrictEqual([[]]);
  });

  it('shows who an elector is now, and not who the elector was', async () => {
    const { electorId, known } = onList[3] as (typeof onList)[number];
    const identity = await made.identities.amend(electorId, { lastName: 'Zyx-Nouveau', unit: 'DSDEN' });
    await made.store.append(`elector-${electorId}`, 'any', [
      written({ type: 'ElectorCorrected', data: { electorId, identity, at: '2022-10-02T00:00:00.000Z' } }),
    ]);
    await made.projections.waitFor('electors', await made.store.head(), 20_000);
    const lines = (await pagesOf(all)).flat();
    expect(lines).toHaveLength(onList.length);
    expect(lines.filter(({ lastName }) => lastName === 'Zyx-Nouveau')).toHaveLength(1);
    const before = lines.filter((line) => keyOf(line) === keyOf(known));
    expect(before).toHaveLength(onList.filter((one) => keyOf(one.known) === keyOf(known)).length - 1);
  });

  it('is printed whole, for a site', async () => {
    const list = { scrutinId: mine, electionId, electors: 1_200_000 };
    const units = await emargement.units(electionId, 'lycée v');
    const out = new PassThrough();
    const [bytes] = await Promise.all([
      buffer(out),
      emargementPdf(
        { title: 'CSA', units, at: new Date('2022-12-02T10:00:00Z') },
        emargement.all(list, { name: '', units }),
        out,
      ),
    ]);
    const text = textOf(bytes);
    const expected = (await pagesOf({ name: '', units })).flat();
    expect(expected.length).toBeGreaterThan(100);
    expect(text.match(/Lycée Voltaire/g)).toHaveLength(expected.length);
    expect(text.match(/a voté le 02\/12\/2022/g)).toHaveLength(
      expected.filter(({ signedOn }) => signedOn !== undefined).length,
    );
    expect(text).toContain(`${expected.length} électeurs.`);
  });

  it('is gone with the register key', async () => {
    await registerKeys.destroy(mine);
    const list = { scrutinId: mine, electionId, electors: ELECTORS };
    expect(await emargement.page(list, all)).toBeUndefined();
  });
});
