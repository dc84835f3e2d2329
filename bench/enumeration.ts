/**
 * Whether answers tell who has an account (F88): wording and time of a wrong password and of a réassort, for identifiers
 * that somebody has and for those that nobody has, in random order. Fails when words differ, or when Welch's t-test or
 * the Mann-Whitney test sees a difference in time (p < 0.01). Usage: npm run bench:enumeration -- [--samples 100]
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PortalClient, type Answer } from '../test/support/portal-client.js';
import { openPortal, quantile } from './portal.js';
import { mannWhitney, welch } from './statistics.js';

const { values } = parseArgs({ options: { samples: { type: 'string', default: '100' } } });
const samples = Number(values.samples);
const WARM_UP = 10;

interface Sample {
  readonly took: number;
  readonly words: string;
}

// One known identifier for each sample of each route: nobody's back-off or last mail is in the way.
const portal = await openPortal(2 * (samples + WARM_UP), 0, { MAILS_PER_SECOND: '1' });
const signIn = await compare('sign-in', 0, (client, token) =>
  client.send('POST', '/api/sign-in/password', { password: 'PasLeBon1!PasLeBon' }, token),
);
const reset = await compare('reassort', samples + WARM_UP, (client, token) =>
  client.send('POST', '/api/password-reset', {}, token),
);
await portal.close();

console.table({ 'sign-in': signIn, réassort: reset });
console.log(JSON.stringify({ bench: 'enumeration', samples, signIn, reset }));
if (![signIn, reset].every(({ alike }) => alike)) process.exitCode = 1;

/** Known and unknown identifiers, one at a time, in an order that chance decides. */
async function compare(
  name: string,
  first: number,
  ask: (client: PortalClient, token: string) => Promise<Answer>,
) {
  const known: Sample[] = [];
  const unknown: Sample[] = [];
  const total = samples + WARM_UP;
  while (known.length < total || unknown.length < total) {
    const somebody = known.length < total && (unknown.length === total || randomInt(2) === 0);
    const group = somebody ? known : unknown;
    const email = somebody
      ? (portal.active[first + known.length] ?? '')
      : `personne.${name}${unknown.length}@ac-paris.example`;
    group.push(await sample(email, ask));
  }
  const [a, b] = [known, unknown].map((group) => group.slice(WARM_UP).map(({ took }) => took));
  const words = new Set([...known, ...unknown].map((one) => one.words));
  const pWelch = welch(a ?? [], b ?? []);
  const pMannWhitney = mannWhitney(a ?? [], b ?? []);
  return {
    knownMs: round(quantile(a ?? [], 0.5)),
    unknownMs: round(quantile(b ?? [], 0.5)),
    pWelch: round(pWelch),
    pMannWhitney: round(pMannWhitney),
    wordings: words.size,
    alike: words.size === 1 && pWelch > 0.01 && pMannWhitney > 0.01,
  };
}

async function sample(
  email: string,
  ask: (client: PortalClient, token: string) => Promise<Answer>,
): Promise<Sample> {
  const client = new PortalClient(portal.url);
  await client.identify(email);
  const token = await client.token();
  const from = performance.now();
  const answer = await ask(client, token);
  const took = performance.now() - from;
  const headers = [...answer.headers].filter(([header]) => !['date', 'set-cookie'].includes(header));
  return { took, words: JSON.stringify([answer.status, answer.body, headers.sort()]) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
