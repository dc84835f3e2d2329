/**
 * Sending a ballot, and believing nothing about the answer (DH-1, DH-4, DH-6): the reference is that of the ballot which
 * this browser made, the acknowledgement is verified against the pinned key, and a ballot without an answer is sent again,
 * the same one, which the server takes once. Knows no page, so that tests can be the evil server.
 */
import { verifyAcknowledgement } from '../../crypto/acknowledgement.js';
import type { Receipt } from './contract.js';

/** What came back of one try. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Seconds after which to ask again. */
  readonly retryAfter?: number | undefined;
}

/** A ballot on its way. */
export interface Deposit {
  readonly electionId: string;
  readonly scrutinId: string;
  /** Computed by this browser from the very text that is sent. */
  readonly reference: string;
  readonly acknowledgementKey: string;
}

export type Outcome =
  | { readonly kind: 'recorded'; readonly receipt: Receipt }
  /** The rules say no; nothing was added by this ballot. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Nobody knows yet whether the ballot is in the box. */
  | { readonly kind: 'unanswered' }
  /** The server said yes, and what it said is not what it must be. */
  | { readonly kind: 'mismatch'; readonly what: 'form' | 'reference' | 'acknowledgement' };

/** How often a ballot is sent, and how long the pauses are (seconds). */
export const PAUSES: readonly number[] = [1, 2, 4, 8, 8];

const LONGEST_PAUSE = 30; // seconds, whatever the server asks for

/**
 * Sends, and sends again, until there is an answer. `send` rejects where none came; `pause` waits some seconds. After a try
 * that may have deposited the ballot, a refusal of the next one does not say that it was not (DH-6).
 */
export async function deposit(
  sent: Deposit,
  send: () => Promise<Answer>,
  pause: (seconds: number) => Promise<void>,
): Promise<Outcome> {
  let perhaps = false;
  for (let tries = 0; ; tries++) {
    const answer = await send().catch(() => undefined);
    if (answer && !isTemporary(answer.status)) {
      const outcome = judge(sent, answer);
      const unsure = perhaps && outcome.kind === 'refused' && outcome.code !== 'vote.already-voted';
      return unsure ? { kind: 'unanswered' } : outcome;
    }
    perhaps ||= answer?.status !== 429; // which says that nothing was recorded
    const seconds = PAUSES[tries];
    if (seconds === undefined) return { kind: 'unanswered' };
    await pause(Math.min(Math.max(seconds, answer?.retryAfter ?? 0), LONGEST_PAUSE));
  }
}

function isTemporary(status: number): boolean {
  return status === 429 || status >= 500;
}

function judge(sent: Deposit, { status, body }: Answer): Outcome {
  if (status !== 200 && status !== 201) return { kind: 'refused', code: codeOf(status, body) };
  const { reference, batch, acknowledgement, at } = record(body);
  if (reference !== sent.reference) return { kind: 'mismatch', what: 'reference' };
  if (typeof batch !== 'number' || typeof acknowledgement !== 'string' || !isMinute(at)) {
    return { kind: 'mismatch', what: 'form' };
  }
  const { electionId, scrutinId, acknowledgementKey } = sent;
  const acknowledged = { electionId, scrutinId, reference: sent.reference, batch };
  if (!verifyAcknowledgement(acknowledgementKey, acknowledged, acknowledgement)) {
    return { kind: 'mismatch', what: 'acknowledgement' };
  }
  return { kind: 'recorded', receipt: { ...acknowledged, acknowledgement, at } };
}

/** The code of a problem document (RFC 9457); the status where there is none. */
export function codeOf(status: number, body: unknown): string {
  const { code } = record(body);
  return typeof code === 'string' && code.length < 100 ? code : `http.${status}`;
}

function record(body: unknown): Partial<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? body : {};
}

function isMinute(at: unknown): at is string {
  return typeof at === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/.test(at);
}
