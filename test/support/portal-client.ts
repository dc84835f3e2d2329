/** A browser as far as the API needs one: cookies, the token of the session, JSON. */
export class PortalClient {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  async get<T = unknown>(path: string): Promise<Answer<T>> {
    return this.send('GET', path);
  }

  /** Sends a change with the token of the present session. */
  async post<T = unknown>(path: string, body: object = {}): Promise<Answer<T>> {
    return this.send('POST', path, body, await this.token());
  }

  async put<T = unknown>(path: string, body: object = {}): Promise<Answer<T>> {
    return this.send('PUT', path, body, await this.token());
  }

  async delete(path: string): Promise<Answer> {
    return this.send('DELETE', path, undefined, await this.token());
  }

  /** Sends a form with files, with the token of the present session. */
  async sendForm<T = unknown>(method: string, path: string, form: FormData): Promise<Answer<T>> {
    return this.send(method, path, form, await this.token());
  }

  async token(): Promise<string> {
    return (await this.get<{ csrfToken: string }>('/api/session')).body.csrfToken;
  }

  /** E3 with the answer to a CAPTCHA: the sum in words. */
  async identify(identifier: string): Promise<Answer> {
    return this.post('/api/sign-in/identifier', { identifier, ...(await this.captcha()) });
  }

  async signIn(identifier: string, password: string): Promise<Answer> {
    const identified = await this.identify(identifier);
    return identified.status === 204 ? this.post('/api/sign-in/password', { password }) : identified;
  }

  async captcha(): Promise<{ captchaId: string; captcha: string }> {
    const { id, words } = (await this.post<{ id: string; words: string }>('/api/captcha')).body;
    const [left = '', right = ''] = words.split(' plus ');
    return { captchaId: id, captcha: String(NUMBERS.indexOf(left) + NUMBERS.indexOf(right) + 2) };
  }

  /** What the browser keeps, by name. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  forget(name: string): void {
    this.cookies.delete(name);
  }

  async send<T = unknown>(method: string, path: string, body?: object, token?: string): Promise<Answer<T>> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...this.headers,
        ...(body && !(body instanceof FormData) && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { 'X-CSRF-Token': token }),
        Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    const text = await answer.text();
    const parsed = (/json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text) as T;
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

const NUMBERS =
  'un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize'.split(' ');
