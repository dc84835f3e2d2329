import { simpleParser } from 'mailparser';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail that was caught, as a reader sees it. */
export interface CaughtMail {
  /** 1 for the first mail since the start. */
  readonly number: number;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
  readonly html: string;
}

interface Raw {
  readonly number: number;
  readonly to: string;
  readonly source: Buffer;
}

const MOST_MAILS = 500;
const MOST_BYTES = 256 * 1024; // of one mail

/**
 * A mail server for a demonstration: real SMTP on a free port of this machine, every mail kept in memory and shown at
 * `/demonstration/mails`. The oldest are forgotten; nothing is written to a disk.
 */
export class CatchAll {
  private readonly caught: Raw[] = [];
  private count = 0;
  private readonly server: SMTPServer;

  constructor(
    /** Mailboxes that do not exist here, so that a bounce can be seen. */
    private readonly refuses: (address: string) => boolean = () => false,
    private readonly most = MOST_MAILS,
  ) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      size: MOST_BYTES,
      logger: false,
      onRcptTo: ({ address }, _, done) => {
        done(this.refuses(address) ? refusal(550, '5.1.1 no such mailbox') : null);
      },
      onData: (stream, { envelope }, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => {
          if (!stream.sizeExceeded) parts.push(part);
        });
        stream.on('end', () => {
          if (stream.sizeExceeded) {
            done(refusal(552, '5.3.4 the mail is too large'));
            return;
          }
          this.keep(envelope.rcptTo.map(({ address }) => address).join(', '), Buffer.concat(parts));
          done(null);
        });
      },
    });
    this.server.on('error', () => undefined); // a client that breaks off
  }

  /** Listens on a free port of the loopback; gives the address for `SMTP_URL`. */
  async start(): Promise<string> {
    const listener = this.server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  /** The newest mails, the last one first. */
  async newest(limit = 50): Promise<CaughtMail[]> {
    return Promise.all(this.caught.slice(-limit).reverse().map(read));
  }

  /** One mail; undefined when there was none of this number or it is forgotten. */
  async find(number: number): Promise<CaughtMail | undefined> {
    const raw = this.caught.find((one) => one.number === number);
    return raw && read(raw);
  }

  /** How many mails came since the start, forgotten ones included. */
  get received(): number {
    return this.count;
  }

  private keep(to: string, source: Buffer): void {
    this.caught.push({ number: ++this.count, to, source });
    if (this.caught.length > this.most) this.caught.shift();
  }
}

async function read({ number, to, source }: Raw): Promise<CaughtMail> {
  const mail = await simpleParser(source, { skipImageLinks: true, skipTextLinks: true });
  return {
    number,
    to,
    messageId: mail.messageId ?? '',
    from: mail.from?.text ?? '',
    subject: mail.subject ?? '',
    date: mail.date ?? new Date(0),
    text: mail.text ?? '',
    html: mail.html || '',
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
