import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What opens the share files of the board in a demonstration, where everybody may read it. */
export const SHARE_PASSPHRASE = 'clé de démonstration';

/** Somebody whom a demonstration made, with what they need to sign in. */
export interface NotedStaff {
  readonly staffId: string;
  readonly login: string;
  readonly password: string;
  /** The key of the one-time passwords, in base32. */
  readonly totpKey: string;
  readonly role: string;
  /** What they are, in French: « présidente du bureau ». */
  readonly office: string;
}

interface Notes {
  /** How far ahead of the machine the clock is, in milliseconds. */
  clockOffset: number;
  staff: NotedStaff[];
  /** How far the set-up of this demonstration is. */
  setUp: 'no' | 'begun' | 'ready';
}

/**
 * What an election keeps in people's heads and drawers, and a demonstration in a file beside its data, to be shown at
 * `/demonstration`: passwords, keys of one-time passwords. Production has none of it.
 */
export class Notebook {
  private constructor(
    /** Notices, shares of the board's key. */
    readonly folder: string,
    private readonly notes: Notes,
  ) {}

  /** Opens the notebook of a data folder, or begins one. */
  static async open(dataFolder: string): Promise<Notebook> {
    const folder = join(dataFolder, 'demonstration');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = await readFile(join(folder, 'notebook.json'), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    return new Notebook(
      folder,
      text === undefined ? { clockOffset: 0, staff: [], setUp: 'no' } : (JSON.parse(text) as Notes),
    );
  }

  get clockOffset(): number {
    return this.notes.clockOffset;
  }

  get staff(): readonly NotedStaff[] {
    return this.notes.staff;
  }

  async noteStaff(one: NotedStaff): Promise<void> {
    this.notes.staff.push(one);
    await this.save();
  }

  get setUp(): 'no' | 'begun' | 'ready' {
    return this.notes.setUp;
  }

  async noteSetUp(state: 'begun' | 'ready'): Promise<void> {
    this.notes.setUp = state;
    await this.save();
  }

  async noteClock(offset: number): Promise<void> {
    this.notes.clockOffset = offset;
    await this.save();
  }

  private async save(): Promise<void> {
    const file = join(this.folder, 'notebook.json');
    await writeFile(`${file}.new`, JSON.stringify(this.notes, undefined, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}
