import { randomUUID } from 'node:crypto';
import type { LedgerEvent } from '../../src/events/codec.js';
import type { EventStore } from '../../src/ledger/event-store.js';
import type { Vault } from '../../src/vault/vault.js';
import { electionEvents, written } from './service.js';

const at = '2022-09-15T00:00:00.000Z';

/** An elector of a test, as the lists have it. */
export interface Listed {
  readonly electorId: string;
  readonly lastName: string;
  readonly unit: string;
  readonly scrutinIds: readonly string[];
}

/** An election with scrutins (the last one on the other group), nobody on its lists yet. */
export async function declareElection(store: EventStore, scrutins: number) {
  const electionId = randomUUID();
  await store.append(
    `election-${electionId}`,
    'none',
    electionEvents(electionId, 'Élections 2022').map(written),
  );
  const declared = Array.from({ length: scrutins }, (_, index) => ({
    scrutinId: randomUUID(),
    electionId,
    uuid: `QyEwhVPEQ2o7w${'abcdefgh'.charAt(index)}`,
    group: index === scrutins - 1 ? ('BELENIOS-2048' as const) : ('Ed25519' as const),
    title: `Scrutin ${index + 1}`,
    body: 'CSA' as const,
    seats: 10,
    held: 'here' as const,
    at,
  }));
  for (const data of declared)
    await store.append(`scrutin-${data.scrutinId}`, 'none', [written({ type: 'ScrutinDeclared', data })]);
  return { electionId, scrutins: declared };
}

/** Puts electors on the lists, with an identity in the vault. */
export async function listElectors(
  { store, vault }: { readonly store: EventStore; readonly vault: Vault },
  electionId: string,
  people: readonly ({ readonly scrutinIds: readonly string[] } & Readonly<Record<string, unknown>>)[],
): Promise<Listed[]> {
  const identities = people.map((person, index) => ({
    ...{ electionId, email: `e${index}@exemple.fr`, firstName: 'Élodie', lastName: `Nomdefamille${index}` },
    ...{ birthDate: '1975-06-30', corps: 'Professeurs certifiés', academy: 'Paris', unit: 'Lycée Voltaire' },
    ...{ numen: '00'.repeat(32), nir: '11'.repeat(32) },
    ...(person as unknown as Record<string, string>),
  }));
  const versions = await vault.writeMany('identity', identities);
  return Promise.all(
    people.map(async ({ scrutinIds }, index) => {
      const electorId = randomUUID();
      const identity = versions[index] as (typeof versions)[number];
      const event: LedgerEvent = {
        type: 'ElectorRegistered',
        data: { electorId, electionId, identity, scrutinIds: [...scrutinIds], at },
      };
      await store.append(`elector-${electorId}`, 'none', [written(event)]);
      const { lastName = '', unit = '' } = identities[index] ?? {};
      return { electorId, lastName, unit, scrutinIds };
    }),
  );
}
