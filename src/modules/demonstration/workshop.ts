/** Somebody who can sign in at a demonstration. */
export interface WorkshopStaff {
  readonly login: string;
  readonly password: string;
  readonly office: string;
  /** The one-time password of this half minute. */
  readonly code: string;
}

/** What a demonstration lays open, and elections keep in drawers: an abstract class, so that it is its own token. */
export abstract class Workshop {
  /** The instant of its clock. */
  abstract now(): Date;
  abstract moveClock(to: Date): Promise<void>;
  /** What opens the files with the shares of the board's key. */
  abstract readonly passphrase: string;
  abstract staff(): readonly WorkshopStaff[];
  /** Names of the files that can be fetched: notices, shares of the board's key. */
  abstract files(): Promise<readonly string[]>;
  /** One of them; undefined when there is none of this name. */
  abstract file(name: string): Promise<Buffer | undefined>;
}
