import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** When the process that sends dies: its mail is asked for, was taken but not yet answered, or was answered. */
type Moment = 'asked' | 'taken' | 'answered';

/** A mail server, real SMTP, that kills who sends at the second mail from then on. */
export class DeadlyPostOffice {
  readonly taken: { readonly to: string; readonly messageId: string }[] = [];
  private victim: { readonly process: ChildProcess; readonly moment: Moment; mails: number } | undefined;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1_000,
    onRcptTo: (_, __, done) => {
      if (this.victim) this.victim.mails += 1;
      void this.strike('asked').then(() => {
        done();
      });
    },
    onData: (stream, { envelope }, done) => {
      let source = '';
      stream.setEncoding('utf8').on('data', (part: string) => (source += part));
      stream.on('end', () => {
        const messageId = /^Message-ID: (\S+)/im.exec(source)?.[1] ?? '';
        this.taken.push({ to: envelope.rcptTo[0]?.address ?? '', messageId });
        void this.strike('taken').then(() => {
          done();
          void this.strike('answered');
        });
      });
    },
  });

  /** Listens on a free port; gives the address for `SMTP_URL`. */
  async open(): Promise<string> {
    this.server.on('error', () => undefined); // the dead break off
    const listener = this.server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  /** Kills this process at its second mail. */
  kill(process: ChildProcess, moment: Moment): void {
    this.victim = { process, moment, mails: 0 };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private async strike(moment: Moment): Promise<void> {
    const { victim } = this;
    if (victim?.moment !== moment || victim.mails < 2) return;
    this.victim = undefined;
    const dead = once(victim.process, 'exit');
    victim.process.kill('SIGKILL');
    await dead;
  }
}
