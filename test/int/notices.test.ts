import type { CommandBus } from '@nestjs/cqrs';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { deriveGateKey } from '../../src/crypto/gate-key.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { readVotingCode, type VotingCode } from '../../src/crypto/voting-code.js';
import { decode } from '../../src/events/codec.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { ElectorExport } from '../../src/modules/notices/elector-export.js';
import { KeyImport } from '../../src/modules/notices/key-import.js';
import type { NoticesCommand } from '../../src/modules/notices/notices.commands.js';
import { votingCode } from '../../src/modules/notices/voting-code.decider.js';
import { makeNotices, type Making } from '../../src/notices/make-notices.js';
import { countNotices } from '../../src/projections/notices.projection.js';
import { Projections } from '../../src/projections/projections.js';
import { CredentialLists } from '../../src/vault/credential-lists.js';
import { NoticeUnits } from '../../src/vault/notice-units.js';
import { Vault } from '../../src/vault/vault.js';
import { declareElection, listElectors, type Listed } from '../support/electors-on-lists.js';
import { drawPage, pagesOf } from '../support/pdf.js';
import { freshLedger, written } from '../support/service.js';

const CODE = /[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}/g;
const portal = 'https://vote.exemple.fr/elections2022';

async function open() {
  const fresh = await freshLedger();
  const { store, database } = fresh;
  const ledger = new Ledger(store);
  const vault = new Vault(database);
  const lists = new CredentialLists(database);
  const projections = new Projections(store, database);
  projections.start();
  const commands = {
    execute: (command: NoticesCommand) =>
      ledger.execute(votingCode, `elector-${command.electorId}`, command, '2022-11-07T09:12:31.417Z'),
  } as unknown as CommandBus;
  const exporter = new ElectorExport(database, store, projections, vault, new NoticeUnits(database));
  const importer = new KeyImport(database, lists, commands);
  const close = async () => {
    await projections.stop();
    await fresh.close();
  };
  return { ...fresh, vault, lists, projections, exporter, importer, close };
}

let made: Awaited<ReturnType<typeof open>>;
let folder: string;
beforeAll(async () => {
  made = await open();
});
afterAll(() => made.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-notices-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function exported(electionId: string, pending = false): Promise<string> {
  const path = join(folder, pending ? 'pending.jsonl' : 'electors.jsonl');
  let text = '';
  for await (const lines of made.exporter.lines({ electionId, portal, pending })) text += lines;
  await writeFile(path, text);
  return path;
}

const make = (electors: string, options: Partial<Making> = {}) =>
  makeNotices({ electors, folder: join(folder, 'out'), pdf: true, threads: 2, ...options });

/** Every file below a folder, by its path in it. */
async function files(below: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(below, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(path.slice(below.length + 1), await readFile(path));
  }
  return found;
}

/** The code on the notice of each elector, by name; sheets have none. */
function codesOn(paths: readonly string[]): Map<string, string> {
  const codes = new Map<string, string>();
  for (const text of paths.flatMap((path) => pagesOf(path))) {
    const [code] = text.match(CODE) ?? [];
    const [name] = /Nomdefamille\S+/.exec(text) ?? [];
    if (code !== undefined && name !== undefined) codes.set(name, code);
  }
  return codes;
}

async function gateKeyOf({ electorId }: Listed): Promise<string | undefined> {
  let key: string | undefined;
  for await (const { type, data } of made.store.readStream(`elector-${electorId}`)) {
    const event = decode(type, data);
    if (event.type === 'VotingCodeIssued') key = event.data.gateKey;
  }
  return key;
}

async function credentialsOf(scrutinId: string): Promise<string[]> {
  const list = await made.lists.of(scrutinId);
  return list ? list.content.toString().trimEnd().split('\n') : [];
}

const credentialIn = async (
  { group, uuid }: { group: 'Ed25519' | 'BELENIOS-2048'; uuid: string },
  code: string,
) => {
  const one = await serverGroup(group);
  return publicCredential(one, deriveCredential(one, uuid, code));
};

describe('notices', () => {
  it('carry codes that open the gate and vote, once their public keys are imported', async () => {
    const { electionId, scrutins } = await declareElection(made.store, 3);
    const [csa, cap, ccp] = scrutins;
    if (!csa || !cap || !ccp) throw new Error('three scrutins');
    const people = await listElectors(made, electionId, [
      { scrutinIds: [csa.scrutinId, cap.scrutinId], identification: ['670749 57795 27422'] },
      { scrutinIds: [csa.scrutinId], unit: 'Collège Anne-Frank', lastName: 'Nomdefamille-Őrségi' },
      {
        scrutinIds: [csa.scrutinId, ccp.scrutinId],
        delivery: 'post',
        address: '12 rue de la Paix\n75002 PARIS',
      },
    ]);
    const electors = await exported(electionId);
    expect(await make(electors)).toBe(3);

    const out = join(folder, 'out');
    expect([...(await files(out)).keys()].sort()).toEqual(
      [
        'keys/gate-keys.jsonl',
        'keys/manifest.json',
        ...scrutins.map(({ scrutinId }) => `keys/credentials/${scrutinId}.txt`),
        'notices/00001.pdf',
      ].sort(),
    );
    const imported = await made.importer.run(out);
    expect(imported).toEqual({ issued: 3, already: 0, left: {}, credentials: 5 });

    const codes = codesOn([join(out, 'notices/00001.pdf')]);
    expect(codes.size).toBe(3);
    for (const elector of people) {
      const code = codes.get(elector.lastName) ?? '';
      expect(readVotingCode(code)).toEqual({ code });
      expect(await gateKeyOf(elector)).toBe(deriveGateKey(electionId, code as VotingCode).publicKey);
      for (const scrutin of scrutins)
        expect((await credentialsOf(scrutin.scrutinId)).includes(await credentialIn(scrutin, code))).toBe(
          elector.scrutinIds.includes(scrutin.scrutinId),
        );
    }
    if (process.env['ISOLOIR_SCREENS'] !== undefined) {
      drawPage(
        join(out, 'notices/00001.pdf'),
        0,
        join(process.env['ISOLOIR_SCREENS'], 'notice-registre.png'),
      );
      drawPage(join(out, 'notices/00001.pdf'), 1, join(process.env['ISOLOIR_SCREENS'], 'notice.png'));
    }
  });

  it('are where a code is, and nothing else is', async () => {
    const { electionId, scrutins } = await declareElection(made.store, 1);
    const scrutinIds = scrutins.map(({ scrutinId }) => scrutinId);
    await listElectors(
      made,
      electionId,
      Array.from({ length: 30 }, () => ({ scrutinIds })),
    );
    const identity = await generateIdentity();
    await make(await exported(electionId), { printerKey: await identityToRecipient(identity) });
    const codes = [...codesOn([join(folder, 'out/notices/00001.pdf')]).values()];
    expect(new Set(codes).size).toBe(30);

    await made.importer.run(join(folder, 'out'));
    const rest = [...(await files(folder))].filter(([name]) => name !== 'out/notices/00001.pdf');
    const { rows } = await made.database
      .pool('ledger')
      .query<{ data: string }>('select data from ledger.events');
    const everything = [
      ...rest.map(([, content]) => content.toString('latin1')),
      ...rows.map(({ data }) => data),
    ];
    const forms = codes.flatMap((code) => [code, code.replaceAll('-', '')]);
    expect(everything.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
    for (const [name] of rest)
      expect((await stat(join(folder, name))).mode & 0o077).toBe(name.startsWith('out') ? 0 : 0o044);

    // The printing firm, with its own key, has what the notices show.
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const data = await readFile(join(folder, 'out/printer/00001.csv.age'));
    const csv = await decrypter.decrypt(data, 'text');
    expect(codes.filter((code) => !csv.includes(code))).toEqual([]);
    expect(csv.split('\r\n')[0]).toContain('lot;notice;acheminement;academie;unite;nom;prenom;corps');
    expect(csv.trimEnd().split('\r\n')).toHaveLength(31);
  });

  it('are made once: after an interruption, finished files keep their codes', async () => {
    const { electionId, scrutins } = await declareElection(made.store, 1);
    const scrutinIds = scrutins.map(({ scrutinId }) => scrutinId);
    const people = await listElectors(
      made,
      electionId,
      Array.from({ length: 2_400 }, (_, i) => ({ scrutinIds, unit: `Unité ${i % 3}` })),
    );
    const electors = await exported(electionId);
    const stopping = new AbortController();
    const stopped = makeNotices(
      { electors, folder: join(folder, 'out'), pdf: true, threads: 1, signal: stopping.signal },
      () => {
        stopping.abort(new Error('stopped'));
      },
    );
    await expect(stopped).rejects.toThrow('stopped');
    const before = await files(join(folder, 'out/work'));
    const finished = [...before.keys()].filter((name) => name.endsWith('notices.pdf'));
    expect(finished.length).toBeGreaterThanOrEqual(1);
    expect(finished.length).toBeLessThan(3);
    expect([...before.keys()].filter((name) => name.includes('making'))).toEqual([]);
    await expect(make(await exported(electionId, true), { pdf: false, printerKey: 'age1' })).rejects.toThrow(
      '--printer-key',
    );
    await expect(
      make(join(folder, 'electors.jsonl'), {
        printerKey: await identityToRecipient(await generateIdentity()),
      }),
    ).rejects.toThrow('work was begun here with another elector file or other options');

    expect(await make(electors)).toBe(2_400);
    for (const name of finished) {
      const same = before
        .get(name)
        ?.equals(await readFile(join(folder, 'out/notices', `${name.slice(0, 5)}.pdf`)));
      expect(same).toBe(true);
    }
    // A unit is in one file.
    expect((await readdir(join(folder, 'out/notices'))).sort()).toEqual([
      '00001.pdf',
      '00002.pdf',
      '00003.pdf',
    ]);
    await expect(make(electors)).rejects.toThrow('its notices are finished');

    const codes = codesOn([1, 2, 3].map((file) => join(folder, `out/notices/0000${file}.pdf`)));
    expect(codes.size).toBe(2_400);
    // Interrupted imports go on; the second finds what the first did.
    const first = await made.importer.run(join(folder, 'out/keys'));
    expect(first).toEqual({ issued: 2_400, already: 0, left: {}, credentials: 2_400 });
    expect(await made.importer.run(join(folder, 'out/keys'))).toMatchObject({ issued: 0, already: 2_400 });
    for (const elector of people.slice(0, 20))
      expect(await gateKeyOf(elector)).toBe(
        deriveGateKey(electionId, (codes.get(elector.lastName) ?? '') as VotingCode).publicKey,
      );
    await made.projections.waitFor('notices', await made.store.head(), 20_000);
    expect(await countNotices(made.database.pool('register'), electionId)).toEqual({
      ...{ electors: 2_400, pending: 0, delivered: 0 },
    });
  });

  it('are made with --pending for those who came late, or whose code lacks a scrutin', async () => {
    const { electionId, scrutins } = await declareElection(made.store, 2);
    const [csa = '', cap = ''] = scrutins.map(({ scrutinId }) => scrutinId);
    const [ann, bea] = await listElectors(made, electionId, [{ scrutinIds: [csa] }, { scrutinIds: [csa] }]);
    if (!ann || !bea) throw new Error('two electors');
    const electors = await exported(electionId);
    await make(electors);
    const identity = await made.vault.write('identity', {
      ...{ electionId, email: 'ann@exemple.fr', lastName: 'Nomdefamille0', firstName: 'Ann', corps: 'C' },
      ...{ academy: 'Paris', unit: 'U', birthDate: '1970-01-01', numen: '', nir: '' },
    });
    const correct = (scrutinIds: string[]) =>
      made.store.append(`elector-${ann.electorId}`, 'any', [
        written({
          type: 'ElectorCorrected',
          data: { electorId: ann.electorId, identity, scrutinIds, at: '2022-10-20T00:00:00.000Z' },
        }),
      ]);
    // Corrected between export and import: the code of the first notice would not serve the new scrutin.
    await correct([csa, cap]);
    expect(await made.importer.run(join(folder, 'out'))).toMatchObject({
      issued: 1,
      left: { 'voting-code.scrutins-changed': 1 },
    });
    const [carl] = await listElectors(made, electionId, [
      { scrutinIds: [cap], lastName: 'Nomdefamille-Carl' },
    ]);
    const pending = await exported(electionId, true);
    const listed = (await readFile(pending, 'utf8'))
      .match(/"electorId":"[^"]+/g)
      ?.map((text) => text.slice(13));
    expect(listed).toEqual([ann.electorId, carl?.electorId ?? ''].sort());
    await make(pending, { folder: join(folder, 'late') });
    expect(await made.importer.run(join(folder, 'late'))).toMatchObject({ issued: 2, left: {} });
    expect((await credentialsOf(csa)).length).toBe(3); // Ann's unused one too: it has no elector
    expect((await credentialsOf(cap)).length).toBe(2);
    expect(await made.importer.run(join(folder, 'out'))).toMatchObject({
      already: 1,
      left: { 'voting-code.already-issued': 1 },
    });
    // A seal ends it.
    await made.lists.close([csa, cap]);
    await listElectors(made, electionId, [{ scrutinIds: [cap] }]);
    await make(await exported(electionId, true), { folder: join(folder, 'too-late') });
    await expect(made.importer.run(join(folder, 'too-late'))).rejects.toMatchObject({
      code: 'credentials.closed',
    });
  });
});

describe('files that are not what they say', () => {
  it('are refused before anything is made or written', async () => {
    const { electionId, scrutins } = await declareElection(made.store, 1);
    const scrutinIds = scrutins.map(({ scrutinId }) => scrutinId);
    await listElectors(
      made,
      electionId,
      Array.from({ length: 3 }, () => ({ scrutinIds })),
    );
    const electors = await exported(electionId);
    const lines = (await readFile(electors, 'utf8')).split('\n');
    const bad = async (changed: readonly string[], reason: string) => {
      await writeFile(join(folder, 'bad.jsonl'), changed.join('\n'));
      await expect(make(join(folder, 'bad.jsonl'))).rejects.toThrow(reason);
    };
    await bad(lines.slice(0, 3), 'the end is missing');
    await bad([...lines.slice(0, 2), ...lines.slice(3)], 'end: 3 electors announced, 2 found');
    await bad([lines[0] ?? '', lines[2] ?? '', lines[1] ?? ''], 'line 3: electorId: not in ascending order');
    await bad([lines[0] ?? '', '{"electorId":1}'], 'line 2: electorId: expected a random UUID');
    await bad(['x'], 'line 1: not JSON');
    await bad(
      [lines[0] ?? '', (lines[1] ?? '').replace('"hand"', '"post"')],
      'line 2: address: expected lines',
    );

    await make(electors);
    const keys = join(folder, 'out/keys');
    const file = join(keys, 'credentials', `${scrutinIds[0] ?? ''}.txt`);
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.split('\n').slice(1).join('\n'));
    await expect(made.importer.run(keys)).rejects.toThrow('2 lines, where the manifest says 3');
    await writeFile(file, good.replace(/^./, '9').split('\n').sort().join('\n').trimStart() + '\n');
    await expect(made.importer.run(keys)).rejects.toThrow(`${scrutinIds[0] ?? ''}.txt`);
    expect(await made.lists.of(scrutinIds[0] ?? '')).toBeUndefined();
    await writeFile(file, good);
    expect(await made.importer.run(keys)).toMatchObject({ issued: 3 });
  });
});
