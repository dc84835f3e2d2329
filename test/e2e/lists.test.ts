import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { CloseLists } from '../../src/modules/election/election.commands.js';
import { DeclareScrutin } from '../../src/modules/scrutin/scrutin.commands.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { openPortal, someone, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';

const [csa, cap] = [randomUUID(), randomUUID()];
const LISTS = '/espace/listes-electorales';
let portal: Portal;
let elector: { readonly electorId: string; readonly client: PortalClient };
let staff: PortalClient;

beforeAll(async () => {
  portal = await openPortal();
  const commands = portal.app.get(CommandBus);
  for (const [id, title] of [
    [csa, 'CSA de proximité de Paris'],
    [cap, 'CAPN des IA-IPR'],
  ] as const) {
    const fixed = { uuid: 'QyEwhVPEQ2o7wa', group: 'Ed25519', body: 'CSA', seats: 10, held: 'here' } as const;
    await commands.execute(new DeclareScrutin(id, DEMONSTRATION_ELECTION, { ...fixed, title }));
  }
  const one = await portal.register(someone({ lastName: 'Zélande', firstName: 'Élise' }), [csa]);
  elector = { ...one, client: await signedIn(one.electorId) };
  for (let i = 0; i < 60; i++)
    await portal.register(someone({ lastName: `Le Gall ${String(i).padStart(2, '0')}`, firstName: 'Noé' }), [
      csa,
    ]);
  await portal.register(someone({ lastName: 'Le Goff', firstName: 'Anne' }), [cap]);
  staff = await administrator();
  await caughtUp();
});
afterAll(() => portal.close());

async function caughtUp() {
  const head = await portal.foundation.store.head();
  for (const name of ['scrutins', 'electors', 'claims', 'elections'])
    expect(await portal.foundation.projections.waitFor(name, head, 20_000)).toBe(true);
}

async function signedIn(electorId: string): Promise<PortalClient> {
  const { activate } = await import('../support/portal.js');
  const client = portal.client();
  await activate(client, await portal.invite(electorId));
  return client;
}

async function administrator(): Promise<PortalClient> {
  const login = `admin-${randomUUID().slice(0, 8)}`;
  const password = 'un bon mot de passe';
  const { totpKey } = await portal.app
    .get(StaffAccounts, { strict: false })
    .add(login, password, 'administrator');
  const clock = portal.foundation.clock as MovedClock;
  const client = portal.client();
  const code = totp(totpKey, stepAt(clock.now()));
  expect((await client.post('/api/staff/sign-in', { login, password, code })).status).toBe(204);
  return client;
}

const rowsOf = (html: string) =>
  [...html.matchAll(/<tr><td>([^<]*)<\/td><td>([^<]*)/g)].map(([, last, first]) => [last, first]);
const cursorOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/name="(nom|apres|apresId)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

describe('« Consulter les listes électorales de mes scrutins »', () => {
  it('shows those of the elector, page after page in the order of names', async () => {
    const { client } = elector;
    const home = (await client.get<string>(LISTS)).body;
    expect(home).toContain(`${LISTS}/${csa}`);
    expect(home).toContain('(61 électeurs)');
    expect(home).not.toContain(cap);
    const first = (await client.get<string>(`${LISTS}/${csa}`)).body;
    expect(rowsOf(first)).toHaveLength(50);
    expect(rowsOf(first)[0]).toEqual(['Le Gall 00', 'Noé']);
    const second = (await client.post<string>(`${LISTS}/${csa}`, cursorOf(first))).body;
    expect(rowsOf(second)).toHaveLength(11);
    expect(rowsOf(second).at(-1)).toEqual(['Zélande', 'Élise']);
    expect(second).not.toContain('Suite de la liste');
  });

  it('finds a name by its beginning, without its accents, on this list only', async () => {
    const find = async (nom: string) =>
      rowsOf((await elector.client.post<string>(`${LISTS}/${csa}`, { nom })).body).map(([last]) => last);
    expect(await find('zelan')).toEqual(['Zélande']);
    expect(await find('LE-GALL 07')).toEqual(['Le Gall 07']);
    expect(await find('zélande élise')).toEqual(['Zélande']);
    expect(await find('Le Goff')).toEqual([]);
    expect(await find("' or 1=1 --")).toEqual([]);
  });

  it('does not show the list of another scrutin', async () => {
    expect((await elector.client.get(`${LISTS}/${cap}`)).status).toBe(404);
    expect((await elector.client.post(`${LISTS}/${cap}`, { nom: 'Le' })).status).toBe(404);
  });

  it('leaves no name in the log', () => {
    expect(portal.logged()).not.toMatch(/zelan|Le Gall/i);
  });
});

describe('a claim', () => {
  it('is filed, answered, and leads to a correction that names it', async () => {
    const { client, electorId } = elector;
    const message = 'Je dépends aussi de la CAPN des IA-IPR.';
    const empty = await client.post<string>('/espace/reclamation', { message: ' ', scrutin: '' });
    expect([empty.status, empty.body.includes('Veuillez saisir votre réclamation.')]).toEqual([422, true]);
    const other = await client.post<string>('/espace/reclamation', { message, scrutin: cap });
    expect([other.status, other.body.includes('un de vos scrutins')]).toEqual([422, true]);
    expect((await client.post('/espace/reclamation', { message, scrutin: csa })).status).toBe(303);
    await caughtUp();
    const desk = (await staff.get<string>('/personnel/reclamations')).body;
    expect(desk).toContain(message);
    const [, claimId = ''] = /reclamation=([0-9a-f-]{36})/.exec(desk) ?? [];
    const path = `/personnel/electeurs/${electorId}/inscription`;
    const form = (await staff.get<string>(`${path}?reclamation=${claimId}`)).body;
    expect(form).toContain('value="Zélande"');
    const fields = { lastName: 'Zélande', firstName: 'Élise', birthDate: '1975-06-30', corps: 'IA-IPR' };
    const corrected = {
      ...fields,
      academy: 'Paris',
      unit: 'Rectorat',
      scrutins: [csa, cap],
      reclamation: claimId,
    };
    expect((await staff.post(path, corrected)).status).toBe(303);
    expect((await staff.post(path, { ...corrected, scrutins: [randomUUID()] })).status).toBe(409);
    const answer = { decision: 'accepted', text: 'Vous y êtes inscrite.' };
    expect((await staff.post(`/personnel/reclamations/${claimId}/reponse`, answer)).status).toBe(303);
    await caughtUp();
    expect((await client.get<string>('/espace/reclamation')).body).toContain('Réclamation acceptée');
    expect((await client.get<string>(LISTS)).body).toContain('CAPN des IA-IPR');
    const stored: string[] = [];
    for await (const { data } of portal.foundation.store.readStream(`elector-${electorId}`))
      stored.push(data);
    expect(stored.at(-1)).toContain(`"claimId":"${claimId}"`);
    let all = portal.logged();
    for await (const { data } of portal.foundation.store.readAll()) all += data;
    expect(all).not.toMatch(/CAPN des IA-IPR\.|inscrite|Rectorat/);
  });

  it('takes an elector off the lists, and ends the session', async () => {
    const gone = await portal.register(someone(), [csa]);
    const client = await signedIn(gone.electorId);
    await caughtUp();
    expect(
      (await staff.post(`/personnel/electeurs/${gone.electorId}/inscription/radiation`, { certain: 'oui' }))
        .status,
    ).toBe(303);
    await caughtUp();
    expect((await client.get(LISTS)).status).toBe(303); // to the sign-in
  });

  it('and corrections come too late once the lists are closed (CGFP 528)', async () => {
    const { client, electorId } = elector;
    await portal.app.get(CommandBus).execute(new CloseLists(DEMONSTRATION_ELECTION));
    await caughtUp();
    const late = await client.post<string>('/espace/reclamation', { message: 'Trop tard ?' });
    expect([late.status, late.body.includes('closes')]).toEqual([422, true]);
    const path = `/personnel/electeurs/${electorId}/inscription`;
    const refused = await staff.post<string>(`${path}/radiation`, { certain: 'oui' });
    expect([refused.status, refused.body.includes('closes')]).toEqual([409, true]);
    await expect(portal.register()).rejects.toMatchObject({ code: 'lists.closed' });
  });
});
