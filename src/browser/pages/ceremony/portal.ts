/** What the page of a holder asks of the portal. */
import type { CeremonyAnswer } from '../../../crypto/ceremony-view.js';

/** `GET /api/boards/:boardId`, as far as a holder needs it. */
export interface BoardAnswer {
  readonly ceremony: CeremonyAnswer | null;
  readonly key: { readonly publicKey: string } | null;
  readonly rehearsal: {
    readonly rehearsalId: string;
    readonly tally: string;
    readonly votes: readonly number[];
    readonly done: boolean;
  } | null;
}

/** The portal refused; `code` says why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

export async function readBoard(boardId: string): Promise<BoardAnswer> {
  return (await call(`/api/boards/${boardId}`, {})) as BoardAnswer;
}

/** Sends a message of this browser's holder; repeats it while the portal asks for patience. */
export async function send(path: string, body: object, csrf: string): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf };
  for (let tries = 1; ; tries++) {
    try {
      await call(path, { method: 'POST', headers, body: JSON.stringify(body) });
      return;
    } catch (error) {
      if (error instanceof Refused && error.code === 'ceremony.over') return; // somebody was named meanwhile
      if (!(error instanceof Refused) || error.status !== 503 || tries === 10) throw error;
      await pause(200 * tries);
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function call(path: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(path, init);
  if (answer.status === 204) return undefined;
  const said: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok)
    throw new Refused(answer.status, (said as { code?: string } | undefined)?.code ?? 'unknown');
  return said;
}
