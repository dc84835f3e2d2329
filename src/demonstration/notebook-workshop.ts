import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MovedClock } from '../ledger/clock.js';
import { Workshop, type WorkshopStaff } from '../modules/demonstration/workshop.js';
import { stepAt, totp } from '../modules/staff/totp.js';
import { SHARE_PASSPHRASE, type Notebook } from './notebook.js';

/** The desk of a demonstration, on its notebook and clock. */
export class NotebookWorkshop extends Workshop {
  override readonly passphrase = SHARE_PASSPHRASE;

  constructor(
    private readonly notebook: Notebook,
    private readonly clock: MovedClock,
  ) {
    super();
  }

  override now(): Date {
    return new Date(this.clock.now());
  }

  override async moveClock(to: Date): Promise<void> {
    this.clock.moveTo(to.toISOString());
    await this.notebook.noteClock(this.clock.offset);
  }

  override staff(): readonly WorkshopStaff[] {
    return this.notebook.staff.map(({ login, password, office, totpKey }) => ({
      login,
      password,
      office,
      code: totp(totpKey, stepAt(this.clock.now())),
    }));
  }

  /** Nothing but what was made to be shown: the notebook itself is not among it. */
  override async files(): Promise<readonly string[]> {
    const [shares, notices] = await Promise.all([namesIn(this.notebook.folder), namesIn(this.notices)]);
    return [
      ...notices.filter((name) => name.endsWith('.pdf')).map((name) => `notices-${name}`),
      ...shares.filter((name) => /^part-[\w-]+\.json$/.test(name)),
    ].sort();
  }

  override async file(name: string): Promise<Buffer | undefined> {
    if (!(await this.files()).includes(name)) return undefined;
    const path = name.endsWith('.pdf')
      ? join(this.notices, name.slice('notices-'.length))
      : join(this.notebook.folder, name);
    return readFile(path);
  }

  private get notices(): string {
    return join(this.notebook.folder, 'notices', 'notices');
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
