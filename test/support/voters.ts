import { createHmac, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Foundation } from '../../src/foundation.js';
import { cookieName } from '../../src/http/sessions.js';
import type { SealedElection } from './sealed-election.js';

/** A session as sign-in and gate leave it. */
export interface VoterOptions {
  /** The gate that was passed; none when absent. See `passed`. */
  readonly gate?: { readonly electionId: string; readonly key: string } | undefined;
  /** The minute of the sign-in; a minute ago when absent. */
  readonly signedInAt?: string;
}

/** What an answer of `POST /api/scrutins/:id/votes` holds: a receipt, or what was wrong. */
export interface VoteAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: {
    readonly reference?: string;
    readonly batch?: number;
    readonly at?: string;
    readonly acknowledgement?: string;
    readonly code?: string;
    readonly fields?: readonly { readonly field: string; readonly message: string }[];
  };
}

/** Somebody who votes over HTTP. */
export interface Voter {
  readonly electorId: string;
  /** The header that carries the session. */
  readonly cookie: string;
  /** Sends a ballot, to another instance on the same database if its address is given. */
  readonly vote: (scrutinId: string, ballot: unknown, url?: string) => Promise<VoteAnswer>;
}

/** The gate as an elector of an election passes it. */
export function passed({ electionId, electors }: SealedElection, electorId: string): VoterOptions {
  const elector = electors.find((one) => one.electorId === electorId);
  return { gate: elector && { electionId, key: elector.gateKey.publicKey } };
}

/** Opens a session for an elector without the screens before the booth, which have tests of their own. */
export async function voterOf(
  { url, foundation }: { url: string; foundation: Pick<Foundation, 'clock' | 'digests' | 'sessions'> },
  electorId: string,
  { gate, signedInAt }: VoterOptions = {},
): Promise<Voter> {
  const sid = randomUUID();
  const minuteAgo = new Date(Date.parse(foundation.clock.now()) - 60_000).toISOString();
  const at = signedInAt ?? `${minuteAgo.slice(0, 17)}00.000Z`;
  const data = {
    cookie: {},
    csrfToken: 'token',
    passport: { user: { kind: 'elector', electorId, activated: true } },
    signedInAt: at,
    ...(gate && { gate: { ...gate, at } }),
  };
  await promisify(foundation.sessions.set.bind(foundation.sessions))(sid, data as never);
  const secret = (await foundation.digests.key('session')).toString('base64');
  const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
  const Cookie = `${cookieName(false, 'session')}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
  return {
    electorId,
    cookie: Cookie,
    async vote(scrutinId, ballot, at = url) {
      const answer = await fetch(`${at}/api/scrutins/${scrutinId}/votes`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': 'token', Cookie },
        body: JSON.stringify({ ballot }),
      });
      const body = (await answer.json()) as VoteAnswer['body'];
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body };
    },
  };
}
