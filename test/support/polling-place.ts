import type { BrowserContext } from 'playwright-core';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { openPortal, PASSWORD } from './portal.js';
import { PortalClient } from './portal-client.js';
import { sealElection, type SealedElectionOptions, type TestElector } from './sealed-election.js';

/** An elector with an account and a voting code. */
export interface PlaceVoter extends TestElector {
  readonly email: string;
}

export const NOW = '2022-12-01T11:46:00.000Z'; // 12h46 in Paris

/** The whole service with a sealed and open election: three scrutins, and electors who have accounts. */
export async function openPollingPlace(
  { voters = 6, ...options }: SealedElectionOptions & { readonly voters?: number } = {},
  env: Record<string, string> = {},
) {
  const portal = await openPortal({
    ISOLOIR_CLOCK: NOW,
    BATCH_WAIT_MS: '50',
    THIN_BATCH_WAIT_MS: '50',
    ...env,
  });
  const accounts: { readonly electorId: string; readonly email: string }[] = [];
  for (let i = 0; i < voters; i++) accounts.push(await portal.activated());
  const election = await sealElection(portal.foundation, {
    electionId: DEMONSTRATION_ELECTION,
    existing: accounts.map(({ electorId }) => electorId),
    electors: voters,
    scrutins: 3,
    lists: 3,
    now: NOW,
    ...options,
  });
  await portal.foundation.projections.waitFor('boxes', await portal.foundation.store.head(), 10_000);
  let next = 0;
  return {
    ...portal,
    election,
    /** Another elector, who has not voted yet. */
    voter: (): PlaceVoter => {
      const elector = election.electors[next] as TestElector;
      const account = accounts[next++];
      if (!account) throw new Error('no elector is left: ask for more voters');
      return { ...elector, email: account.email };
    },
    /** Signs a browser in without its pages: those have tests of their own. */
    signIn: async (context: BrowserContext, voter: PlaceVoter): Promise<void> => {
      const client = new PortalClient(portal.url);
      await client.identify(voter.email);
      const answer = await client.post('/api/sign-in/password', { password: PASSWORD });
      if (answer.status >= 300) throw new Error(`sign-in: ${answer.status}`);
      for (const name of ['isoloir-session', 'isoloir-browser']) {
        const value = client.cookie(name);
        if (value) await context.addCookies([{ name, value, url: portal.url }]);
      }
    },
  };
}

export type PollingPlace = Awaited<ReturnType<typeof openPollingPlace>>;
