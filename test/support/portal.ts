import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { Accounts } from '../../src/modules/account/accounts.js';
import { Identities, type NewIdentity } from '../../src/vault/identities.js';
import { Electors } from '../../src/modules/account/electors.js';
import { Links } from '../../src/modules/account/links.js';
import { Log } from '../../src/operations/log.js';
import { start, type Running } from '../../src/start.js';
import { freshDatabase } from './database.js';
import { PortalClient } from './portal-client.js';

export const PASSWORD = '2022jevotéCGTI';
export const ANSWER = 'Épagneul breton';

/** The whole service on a database of its own, with electors that a test makes. `logged` is all that it wrote. */
export async function openPortal(env: NodeJS.ProcessEnv = {}) {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'isoloir-portal-'));
  const lines: string[] = [];
  const config = readConfig({
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
    ISOLOIR_CLOCK: '2022-11-20T10:00:00.000Z',
    PORT: '0',
    DEMONSTRATION: 'portal',
    ...env,
  });
  const running = await start(config, new Log('trace', { write: (line) => lines.push(line) }));
  const care = electorsOf(running);
  return {
    ...running,
    database,
    ...care,
    logged: () => lines.join(''),
    client: (headers?: Record<string, string>) => new PortalClient(running.url, headers),
    /** Registered, invited and activated, through the API. */
    activated: async (identity?: NewIdentity) => {
      const elector = await care.register(identity);
      const client = new PortalClient(running.url);
      await activate(client, await care.invite(elector.electorId));
      return { ...elector, client };
    },
    close: async () => {
      await running.stop();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Puts electors on the lists of a running service and reads their mails, as it were. */
export function electorsOf({ app }: Running) {
  const identities = app.get(Identities, { strict: false });
  const electors = app.get(Electors, { strict: false });
  const accounts = app.get(Accounts, { strict: false });
  const links = app.get(Links, { strict: false });

  const register = async (identity: NewIdentity = someone(), scrutinIds?: readonly string[]) => {
    const electorId = randomUUID();
    await electors.register(electorId, DEMONSTRATION_ELECTION, identity, scrutinIds);
    return { electorId, ...identity };
  };
  /** The token of the newest link of an elector: what the newest mail holds. */
  const newestToken = async (electorId: string): Promise<string> => {
    const account = await accounts.of(electorId);
    const linkId = account.phase === 'registered' ? [...account.links.keys()].at(-1) : undefined;
    if (linkId === undefined) throw new Error('no link was issued');
    return links.token({ electorId, linkId });
  };
  const invite = async (electorId: string): Promise<string> => {
    await accounts.issueActivationLink(electorId, '2022-12-08T16:00:00.000Z');
    return newestToken(electorId);
  };
  return { identities, electors, accounts, links, register, newestToken, invite };
}

export type Portal = Awaited<ReturnType<typeof openPortal>>;

/** An elector of a list, unlike all others. */
export function someone(change: Partial<NewIdentity> = {}): NewIdentity {
  const mark = randomUUID().slice(0, 8);
  return {
    email: `prenom.nom-${mark}@ac-paris.example`,
    lastName: `Nomdefamille-${mark}`,
    firstName: `Prénom-${mark}`,
    birthDate: '1975-06-30',
    corps: 'Professeurs certifiés',
    academy: 'Paris',
    unit: 'Lycée Voltaire',
    numen: `01E${mark.toUpperCase()}XYZ`,
    nir: '2750675123456',
    ...change,
  };
}

/** The link, a password, a question and its answer: E6 and E7. */
export async function activate(client: PortalClient, token: string, password = PASSWORD): Promise<void> {
  const steps = [
    await client.post('/api/links/confirm', { token }),
    await client.post('/api/account/password', {
      password,
      confirmation: password,
      ...(await client.captcha()),
    }),
    await client.post('/api/account/activation', {
      question: 'first-pet-breed',
      answer: ANSWER,
      confirmation: 'EPAGNEUL  BRETON',
    }),
  ];
  const wrong = steps.find(({ status }) => status >= 300);
  if (wrong) throw new Error(`activation failed: ${JSON.stringify(wrong.body)}`);
}
