import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { signGate } from '../../src/crypto/gate-key.js';
import { ExtendBox } from '../../src/modules/vote/vote.commands.js';
import { caughtUp, moveClock } from '../support/counted-election.js';
import { openPollingPlace, type PlaceVoter, type PollingPlace } from '../support/polling-place.js';
import { PASSWORD } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';

jest.setTimeout(240_000);

const CLOSES = '2022-12-08T16:00:00.000Z'; // 17 h in Paris
const LATER = '2022-12-09T10:00:00.000Z';
const CLOSED = 'Le vote est clos.';
const LATE_ONLY = 'Le vote est clos, sauf pour les scrutins dont la fermeture est reportée.';
const PUT_OFF = 'Fermeture reportée au vendredi 09 décembre 2022 à 11h00 (heure de Paris)';
const USUAL = 'jeudi 08 décembre 2022 à 17h00';

let place: PollingPlace;
let both: PlaceVoter;
let first: PlaceVoter;
let second: PlaceVoter;
let none: PlaceVoter;

beforeAll(async () => {
  place = await openPollingPlace({
    ...{ voters: 4, scrutins: 2, lists: 2, closesAt: CLOSES },
    onRoll: (elector, scrutin) => elector === 0 || elector === scrutin + 1,
  });
  [both, first, second, none] = [place.voter(), place.voter(), place.voter(), place.voter()];
  await caughtUp(place);
});
afterAll(() => place.close());

async function signedIn(voter: PlaceVoter, at = place): Promise<PortalClient> {
  const client = at.client();
  expect((await client.signIn(voter.email, PASSWORD)).status).toBe(204);
  return client;
}

/** The words of a page. */
async function read(path: string, voter?: PlaceVoter, at = place): Promise<string> {
  const client = voter ? await signedIn(voter, at) : at.client();
  const { body, status } = await client.get<string>(path);
  expect(status).toBe(200);
  return body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

async function boothOf(voter: PlaceVoter) {
  const client = await signedIn(voter);
  const { nonce } = (await client.get<{ nonce: string }>('/api/gate')).body;
  const signature = signGate(voter.gateKey, place.election.electionId, nonce);
  await client.post('/api/gate', { nonce, signature, ...(await client.captcha()) });
  return (await client.get<{ scrutins: object[] }>('/api/booth')).body.scrutins;
}

describe('an elector without any scrutin (F94)', () => {
  it('is told so, and not that the vote is to open', async () => {
    for (const path of ['/vote', '/espace/scrutins'])
      expect(await read(path, none)).not.toContain('ouvre le');
    expect(await read('/vote', none)).toContain('Aucun scrutin de ce portail ne vous appelle à voter.');
  });
});

describe('an elector who comes before the boxes are open', () => {
  it('is told when the vote opens, and after that hour that it is late', async () => {
    const sealed = await openPollingPlace({ voters: 1, scrutins: 1, opened: false, closesAt: CLOSES });
    const voter = sealed.voter();
    moveClock(sealed, '2022-12-01T10:45:00.000Z');
    expect(await read('/vote', voter, sealed)).toContain(
      'L’espace de vote ouvre le jeudi 01 décembre 2022 à 11h46 (heure de Paris).',
    );
    moveClock(sealed, '2022-12-01T10:46:00.000Z');
    const late = await read('/vote', voter, sealed);
    expect(late).toContain('Le vote n’est pas encore ouvert pour vos scrutins');
    expect(late).not.toContain('ouvre le');
    moveClock(sealed, CLOSES);
    expect(await read('/vote', voter, sealed)).toContain(CLOSED);
    await sealed.close();
  });
});

describe('the closing of a vote', () => {
  it('is that of the calendar while nothing is put off', async () => {
    for (const page of [await read('/'), await read('/espace', both)]) {
      expect(page).toContain('Fermeture du vote dans 07 Jour(s) 04 Heure(s) 14 Minute(s)');
      expect(page).toContain(`au ${USUAL} (Heure de Paris)`);
      expect(page).not.toContain('reportée');
    }
    const state = { phase: 'open', closesAt: CLOSES };
    expect(await boothOf(both)).toMatchObject([state, state]);
    expect(await read('/vote', both)).toContain(`Ouvert jusqu’au ${USUAL} (heure de Paris)`);
  });

  it('is shown of each scrutin once one is extended (F113)', async () => {
    const [, scrutin] = place.election.scrutins;
    const staffIds = place.election.staffIds.slice(0, 2);
    const reason = await place.foundation.documents.put(Buffer.from('panne'), 'text/plain', 'restricted');
    const extend = new ExtendBox(scrutin?.scrutinId ?? '', LATER, reason, staffIds, true);
    await place.app.get(CommandBus, { strict: false }).execute(extend);
    await caughtUp(place);

    const home = await read('/');
    expect(home).toContain('Fermeture du vote dans 07 Jour(s) 04 Heure(s) 14 Minute(s)');
    expect(home).toContain(`${PUT_OFF} pour un scrutin CSA ministériel n° 2`);
    expect(await read('/edito')).toContain(
      `${USUAL}, ou vendredi 09 décembre 2022 à 11h00 pour certains scrutins`,
    );
    expect(await read('/espace', both)).toContain(`${PUT_OFF} pour un scrutin CSA ministériel n° 2`);
    expect(await read('/espace', first)).not.toContain('reportée');
    const theirs = await read('/espace', second);
    expect(theirs).toContain('Fermeture du vote dans 07 Jour(s) 22 Heure(s) 14 Minute(s)');
    expect(theirs).toContain('au vendredi 09 décembre 2022 à 11h00 (Heure de Paris)');
    expect(await boothOf(both)).toMatchObject([
      { phase: 'open', closesAt: CLOSES },
      { phase: 'open', closesAt: LATER },
    ]);
    const gate = await read('/vote', both);
    expect(gate).toContain(`Ouvert jusqu’au ${USUAL} (heure de Paris) : CSA ministériel n° 1`);
    expect(gate).toContain('vendredi 09 décembre 2022 à 11h00 (heure de Paris) : CSA ministériel n° 2');
  });

  it('leaves the extended scrutin open after that of the calendar, and says so', async () => {
    moveClock(place, '2022-12-08T16:30:00.000Z');
    for (const page of [await read('/'), await read('/espace', both)]) {
      expect(page).not.toContain(CLOSED);
      expect(page).toContain(LATE_ONLY);
      expect(page).toContain('Fermeture du vote dans 00 Jour(s) 17 Heure(s) 30 Minute(s)');
      expect(page).toContain(PUT_OFF);
    }
    expect(await read('/espace', first)).toContain(CLOSED);
    expect(await read('/vote', first)).toContain('Le vote est clos. Vos émargements restent disponibles.');
    expect(await read('/espace', second)).not.toContain('Le vote est clos');
    expect(await boothOf(both)).toMatchObject([{ phase: 'closed' }, { phase: 'open', closesAt: LATER }]);
    const gate = await read('/vote', both);
    expect(gate).toContain('Ouvert jusqu’au vendredi 09 décembre 2022 à 11h00 (heure de Paris)');
    expect(gate).not.toContain(USUAL);
  });

  it('is over for everybody when the last scrutin closes', async () => {
    moveClock(place, '2022-12-09T10:00:00.000Z');
    for (const page of [await read('/'), await read('/espace', both), await read('/espace', second)]) {
      expect(page).toContain(CLOSED);
      expect(page).not.toContain('reportée');
    }
    expect(await read('/vote', none)).toContain('Aucun scrutin de ce portail ne vous appelle à voter.');
  });
});
