import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { moveClock } from '../support/counted-election.js';
import { activate, openPortal, PASSWORD, someone, type Portal } from '../support/portal.js';
import { eventually } from '../support/folders.js';

const NOT_OPEN = { status: 409, body: { code: 'portal.not-open' } };
const OPENS = 'jeudi 13 octobre 2022 à 10h00 (heure de Paris)';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-10-10T08:00:00.000Z' });
});
afterAll(() => portal.close());

async function pageOf(path: string): Promise<{ status: number; text: string }> {
  const { status, body } = await portal.client().get<string>(path);
  return { status, text: body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') };
}

describe('before the portal opens (F1)', () => {
  it('nobody comes in by an identifier, nor has a password reset', async () => {
    const { email } = await portal.register();
    const client = portal.client();
    expect(await client.identify(email)).toMatchObject(NOT_OPEN);
    expect(await client.post('/api/password-reset')).toMatchObject({ body: { code: 'sign-in.incomplete' } });
    expect(await client.post('/api/sign-in/password', { password: PASSWORD })).toMatchObject({
      body: { code: 'sign-in.incomplete' },
    });
    expect((await client.get('/api/session')).body).toMatchObject({ kind: null });
  });

  it('nobody comes in by the link of a mail, which stays good', async () => {
    const { electorId } = await portal.register();
    const token = await portal.invite(electorId);
    const client = portal.client();
    expect(await client.post('/api/links/confirm', { token })).toMatchObject(NOT_OPEN);
    const chosen = { password: PASSWORD, confirmation: PASSWORD, ...(await client.captcha()) };
    expect(await client.post('/api/account/password', chosen)).toMatchObject({
      body: { code: 'account.link-missing' },
    });
    const early = await pageOf(`/lien/${token}`);
    expect(early.status).toBe(409);
    expect(early.text).toContain(`Il ouvrira le ${OPENS}.`);
    expect(early.text).not.toContain('Ce lien va vous permettre');
    const posted = await client.post<string>(`/lien/${token}`);
    expect(posted.status).toBe(409);
    expect(posted.body).toContain('le lien qu’il contient n’est pas utilisé');

    moveClock(portal, '2022-10-13T07:59:59.000Z');
    expect(await client.post('/api/links/confirm', { token })).toMatchObject(NOT_OPEN);
    moveClock(portal, '2022-10-13T08:00:00.000Z');
    expect((await pageOf(`/lien/${token}`)).text).toContain('Ce lien va vous permettre');
    await activate(client, token);
    expect((await client.get('/api/session')).body).toMatchObject({ kind: 'elector', activated: true });
  });

  it('everybody reads whom to call (F63)', async () => {
    const { status, text } = await pageOf('/assistance');
    expect(status).toBe(200);
    expect(text).toContain('cellule de veille de votre académie');
    expect((await portal.client().get<string>('/connexion')).body).toContain('href="/assistance"');
  });

  it('no mail says that it is open, and later ones do', async () => {
    const sent = async (electorId: string, email: string) => {
      await portal.invite(electorId);
      let bodies: string[] = [];
      await eventually(20_000, async () => {
        const mail = ((await portal.mails.catchAll?.newest(50)) ?? []).find(({ to }) => to.includes(email));
        bodies = mail ? [mail.text, mail.html] : [];
        return mail !== undefined;
      });
      expect(bodies).toHaveLength(2);
      return bodies;
    };
    moveClock(portal, '2022-10-10T08:00:00.000Z');
    const early = await portal.register(someone());
    for (const body of await sent(early.electorId, early.email)) {
      expect(body).toContain(`Le portail Élections ouvrira le ${OPENS}`);
      expect(body).not.toContain('Dès à présent');
    }
    moveClock(portal, '2022-10-13T08:00:00.000Z');
    const later = await portal.register(someone());
    for (const body of await sent(later.electorId, later.email)) {
      expect(body).toContain('Dès à présent, le portail Élections est ouvert.');
      expect(body).not.toContain('portail Élections ouvrira');
    }
  });
});
