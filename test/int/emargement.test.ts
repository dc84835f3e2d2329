import { randomBytes, randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Documents } from '../../src/documents/documents.js';
import { FrozenRegister, FrozenRegisters } from '../../src/documents/frozen-registers.js';
import { printRegister, readRegister } from '../../src/documents/register-document.js';
import type { LedgerEvent } from '../../src/events/codec.js';
import { inventedElector } from '../../src/modules/account/invented-electors.js';
import { emargementPdf } from '../../src/modules/turnout/emargement-pdf.js';
import {
  Emargement,
  MOST_UNITS,
  toldUntil,
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
const whole = { scrutinId: mine as string, electionId, electors: ELECTORS, until: undefined };
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
let documents: Documents;

beforeAll(async () => {
  made = await freshAccounts(electionId);
  const { database, store, vault, enrolments } = made;
  registerKeys = new RegisterKeys(new VaultKeys(database, randomBytes(32)));
  documents = new Documents(database);
  emargement = new Emargement(database, vault, registerKeys, new FrozenRegisters(store, documents));
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
    const page = await emargement.page({ ...whole, electors }, wanted, after);
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
    const signed = lines.filter(({ days }) => days?.from === '2022-12-02' && days.to === '2022-12-02');
    expect(signed).toHaveLength(Math.ceil(onList.length / SIGNED));
    expect(lines.filter(({ signed: one }) => !one)).toHaveLength(onList.length - signed.length);
  });

  it.each([
    ['2022-12-01T23:00:00.000Z', 0],
    ['2022-12-01T23:30:00.000Z', 0],
    ['2022-12-02T00:00:00.000Z', Math.ceil(onList.length / SIGNED)],
  ])('told until %s has %d signatures', async (until, signed) => {
    const lines: EmargementLine[] = [];
    for await (const some of emargement.all({ ...whole, until: new Date(until) }, all)) lines.push(...some);
    expect(lines).toHaveLength(onList.length);
    expect(lines.filter((line) => line.signed)).toHaveLength(signed);
  });

  it('stands at the last full hour while the box takes votes, and whole from the freeze on', () => {
    const now = '2022-12-05T10:59:59.999Z';
    for (const phase of ['open', 'suspended'] as const)
      expect(toldUntil(phase, now)).toStrictEqual(new Date('2022-12-05T10:00:00.000Z'));
    for (const phase of ['frozen', 'tallied', 'proclaimed'] as const)
      expect(toldUntil(phase, now)).toBeUndefined();
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
    const list = { ...whole, electors: 1_200_000 };
    const units = await emargement.units(electionId, 'lycée v');
    const out = new PassThrough();
    const [bytes] = await Promise.all([
      buffer(out),
      emargementPdf(
        {
          title: 'CSA',
          units,
          discrepancy: false,
          at: new Date('2022-12-02T10:00:00Z'),
          until: new Date('2022-12-02T09:00:00Z'),
        },
        emargement.all(list, { name: '', units }),
        out,
      ),
    ]);
    const text = textOf(bytes);
    const expected = (await pagesOf({ name: '', units })).flat();
    expect(expected.length).toBeGreaterThan(100);
    expect(text.match(/Lycée Voltaire/g)).toHaveLength(expected.length);
    expect(text.match(/a voté le 02\/12\/2022/g)).toHaveLength(
      expected.filter(({ signed }) => signed).length,
    );
    expect(text).toContain(`${expected.length} électeurs.`);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('arrêtés au 02/12/2022 à 10h00 (heure de Paris)');
  });

  it('is that of the freeze once the register key is destroyed, until it is erased', async () => {
    const before = (await pagesOf(all)).flat();
    const signed = before.filter((line) => line.signed);
    const list = whole;
    await registerKeys.destroy(mine);
    expect(await emargement.page(list, all)).toBeUndefined(); // nothing is frozen yet
    const text = printRegister(
      mine,
      onList
        .filter((_, index) => index % SIGNED === 0)
        .map(({ electorId, known: { lastName, firstName } }, index) => {
          return { electorId, lastName, firstName, day: index < 15 ? '2022-12-01' : '2022-12-03' };
        }),
    );
    const register = await documents.put(Buffer.from(text), 'application/json', 'restricted');
    await freeze(register, signed.length);
    const after = (await pagesOf(all)).flat();
    const withoutDays = (lines: EmargementLine[]) => lines.map((line) => ({ ...line, days: undefined }));
    expect(withoutDays(after)).toStrictEqual(withoutDays(before));
    const days = after.flatMap((line) => (line.signed ? [`${line.days?.from} ${line.days?.to}`] : []));
    expect(days.filter((one) => one === '2022-12-01 2022-12-01')).toHaveLength(15);
    expect(days.filter((one) => one === '2022-12-03 2022-12-03')).toHaveLength(signed.length - 15);
    await documents.erase(register);
    const { database, store, vault } = made;
    const later = new Emargement(database, vault, registerKeys, new FrozenRegisters(store, documents));
    expect(await later.page(list, all)).toBeUndefined();
  });
});

/** What the freeze says of a box, as far as the list needs it. */
async function freeze(register: string, signatures: number, scrutinId = mine): Promise<void> {
  const hash = register;
  const data = {
    ...{ scrutinId, ballots: signatures, signatures, batches: 1, thinBatches: 0, reassorts: 0 },
    ...{ boxRoot: hash, registerRoot: hash, register, credentials: { root: hash, count: ELECTORS } },
    ...{ credentialsFile: hash, at: '2022-12-08T16:21:00.000Z' },
  };
  await made.store.append(`box-${scrutinId}`, 'any', [written({ type: 'BoxFrozen', data })]);
}

describe('a frozen register', () => {
  const someone = (day: string, lastName = 'Nom') => ({
    ...{ electorId: randomUUID(), lastName, firstName: 'Prénom', day },
  });

  it.each([0, 1, 2, 9, 10, 11, 1_000, 70_000])(
    'finds each of %d who signed, and nobody else',
    async (size) => {
      const signed = Array.from({ length: size }, (_, index) =>
        someone(index % 2 ? '2022-12-01' : '2022-12-02'),
      );
      const text = printRegister(mine, signed);
      expect([...readRegister(Buffer.from(text))]).toStrictEqual(
        (JSON.parse(text) as { signatures: object[] }).signatures,
      );
      const register = await FrozenRegister.read(Buffer.from(text), size);
      const told = new Set(signed.map(({ electorId }) => JSON.stringify(register.find(electorId))));
      const [first, second] = ['2022-12-01', '2022-12-02'] as const;
      const whole = [{ days: { from: first, to: second } }];
      const apart = [first, second].map((day) => ({ days: { from: day, to: day } }));
      const expected = size === 0 ? [] : size < 10 ? [{}] : size < 20 ? whole : apart;
      expect([...told].sort()).toStrictEqual(expected.map((one) => JSON.stringify(one)));
      for (let i = 0; i < 1_000; i++) expect(register.find(randomUUID())).toBeUndefined();
    },
  );

  it('has more names than signatures only where the board stated that', async () => {
    const { store } = made;
    const [scrutinId, text] = [randomUUID(), 'ab'.repeat(32)];
    const signed = [someone('2022-12-01'), someone('2022-12-01')];
    const content = Buffer.from(printRegister(scrutinId, signed));
    const register = await documents.put(content, 'application/json', 'restricted');
    await freeze(register, 1, scrutinId);
    const registers = new FrozenRegisters(store, documents);
    await expect(registers.of(scrutinId)).rejects.toThrow('more names than were counted');
    const figures = { names: 2, matched: 1, signatures: 1, ballots: 1 };
    const by = { staffIds: [randomUUID(), randomUUID()], at: '2022-12-08T16:30:00.000Z' };
    const stated: LedgerEvent = { type: 'DiscrepancyStated', data: { scrutinId, ...figures, text, ...by } };
    await store.append(`box-${scrutinId}`, 'any', [written(stated)]);
    const read = await registers.of(scrutinId);
    for (const { electorId } of signed) expect(read?.find(electorId)).toBeDefined();
  });

  it('reads names that look like entries', async () => {
    const names = ['{"electorId":"', '"},{"electorId":"', '{', '\\"},{"electorId":"x', ']}'];
    const signed = names.map((name) => someone('2022-12-01', name));
    const text = printRegister(mine, signed);
    expect([...readRegister(Buffer.from(text))]).toStrictEqual(
      (JSON.parse(text) as { signatures: object[] }).signatures,
    );
    const register = await FrozenRegister.read(Buffer.from(text), names.length);
    for (const { electorId } of signed) expect(register.find(electorId)).toStrictEqual({ days: undefined });
  });
});
