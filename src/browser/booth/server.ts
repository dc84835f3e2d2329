import type { Answer } from './deposit.js';

const DEADLINE = 40_000; // milliseconds: the server answers, yes or no, within 25 seconds

let token = '';

/** The token of the forms of this page. */
export function useToken(csrf: string): void {
  token = csrf;
}

/** Asks the server. Rejects where no answer comes, or half of one. */
export async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
  const answer = await send(method, path, body);
  const { code } = (answer.body ?? {}) as { code?: unknown };
  if (code !== 'session.form-expired') return answer;
  // The session has another token since this page was made: a sign-in in another tab.
  const session = await send('GET', '/api/session');
  token = String((session.body as { csrfToken?: unknown }).csrfToken);
  return send(method, path, body);
}

async function send(method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE),
    headers: {
      Accept: 'application/json',
      ...(method === 'POST' && { 'Content-Type': 'application/json', 'X-CSRF-Token': token }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('Content-Type') ?? '');
  const retryAfter = Number(answer.headers.get('Retry-After')) || undefined;
  return { status: answer.status, body: json ? (JSON.parse(text) as unknown) : text, retryAfter };
}

/** The text of a public document. Rejects where it cannot be had. */
export async function fetchDocument(sha256: string): Promise<string> {
  const answer = await fetch(`/documents/${sha256}`, {
    credentials: 'omit',
    signal: AbortSignal.timeout(DEADLINE),
  });
  if (!answer.ok) throw new Error(`document: ${answer.status}`);
  return answer.text();
}

/** Seconds pass. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
