/** A text message was not taken. Says nothing of whom it was for. */
export class SmsNotSent extends Error {
  constructor(readonly reason: string) {
    super(`the message was not taken: ${reason}`);
    this.name = 'SmsNotSent';
  }
}

/** How text messages leave. An abstract class, so that it is its own injection token. */
export abstract class SmsSender {
  /** Whether the channel exists here. Where it does not, electors are not offered it. */
  readonly offered: boolean = true;

  /** Gives a message to the gateway. Throws `SmsNotSent`. `to` is in the form +33612345678. */
  abstract send(to: string, text: string): Promise<void>;
}

/** A gateway over HTTP: POST of `{ "to", "text" }` with a bearer token; any 2xx means taken (README, `SMS_URL`). */
export class HttpSmsSender extends SmsSender {
  constructor(
    private readonly url: string,
    private readonly token: string | undefined,
    private readonly patience = 10_000, // milliseconds
  ) {
    super();
  }

  override async send(to: string, text: string): Promise<void> {
    let status: number;
    try {
      const answer = await fetch(this.url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(this.patience),
        headers: {
          'Content-Type': 'application/json',
          ...(this.token !== undefined && { Authorization: `Bearer ${this.token}` }),
        },
        body: JSON.stringify({ to, text }),
      });
      status = answer.status;
      await answer.body?.cancel();
    } catch {
      throw new SmsNotSent('the gateway does not answer'); // the cause may quote what was sent
    }
    if (status < 200 || status > 299) throw new SmsNotSent(`the gateway says ${status}`);
  }
}

/** The messages of a demonstration, in memory: nothing leaves the machine. */
export class MemorySmsSender extends SmsSender {
  private readonly kept: { readonly to: string; readonly text: string }[] = [];

  /** The messages, newest first. */
  get messages(): readonly { readonly to: string; readonly text: string }[] {
    return this.kept;
  }

  override send(to: string, text: string): Promise<void> {
    this.kept.unshift({ to, text });
    this.kept.splice(50);
    return Promise.resolve();
  }
}

/** Where no gateway is configured. */
export class NoSmsSender extends SmsSender {
  override readonly offered = false;

  override send(): Promise<void> {
    return Promise.reject(new SmsNotSent('no gateway is configured'));
  }
}
