/** Somebody of the staff, signed in to a portal from the command line: cookies, the token of the session, JSON. */
export class PortalSession {
  private readonly cookies = new Map<string, string>();

  /** `url` is where the portal answers, without a slash at its end. */
  constructor(private readonly url: string) {}

  /** Signs in with name, password and one-time password. */
  async signIn(login: string, password: string, code: string): Promise<void> {
    await this.post('/api/staff/sign-in', { login, password, code });
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  async post<T>(path: string, body: object = {}): Promise<T> {
    const { csrfToken } = await this.get<{ csrfToken: string }>('/api/session');
    return this.send<T>('POST', path, body, csrfToken);
  }

  /** A page or a file as text. */
  async text(path: string): Promise<string> {
    return (await this.fetched(path, {})).text();
  }

  /** Server-sent events, until the signal aborts or the connection ends. */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.fetched(path, { headers: { Accept: 'text/event-stream' }, signal });
    if (!body) throw new PortalRefusal(200, 'no content', path);
    return body as AsyncIterable<Uint8Array>;
  }

  private async fetched(path: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(this.url + path, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), Cookie: this.cookie() },
    });
    if (!answer.ok) throw new PortalRefusal(answer.status, `HTTP ${answer.status}`, path);
    return answer;
  }

  private cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private async send<T>(method: string, path: string, body?: object, token?: string): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { 'X-CSRF-Token': token }),
        Cookie: this.cookie(),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    const text = await answer.text();
    const said: unknown = /json/.test(answer.headers.get('content-type') ?? '')
      ? JSON.parse(text)
      : undefined;
    if (!answer.ok) {
      const { code, detail } = (said ?? {}) as { code?: string; detail?: string };
      throw new PortalRefusal(answer.status, code ?? `HTTP ${answer.status}`, detail ?? '');
    }
    return said as T;
  }
}

/** The portal refused; `code` says why. */
export class PortalRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${code}${detail ? `: ${detail}` : ''}`);
    this.name = 'PortalRefusal';
  }
}

/** What is typed to sign in, a line each, to the end of the input: `asked` is for who sits at a terminal. */
export async function linesOfInput(asked: string): Promise<string[]> {
  let text = '';
  if (process.stdin.isTTY) process.stderr.write(`${asked}\n`);
  for await (const part of process.stdin) text += String(part);
  return text.split(/\r?\n/);
}
