/** The one source of time. An abstract class, so that it is its own injection token. */
export abstract class Clock {
  /** The instant, in UTC to the millisecond: `2022-12-01T07:00:00.000Z`. */
  abstract now(): string;
}

/** The clock of the machine. */
export class SystemClock extends Clock {
  override now(): string {
    return new Date().toISOString();
  }
}

/** A clock that was set to an instant and goes on from there: for a demonstration or a test, refused in production. */
export class MovedClock extends Clock {
  /** Milliseconds ahead of the machine. */
  offset = 0;

  constructor(instant: string) {
    super();
    this.moveTo(instant);
  }

  moveTo(instant: string): void {
    this.offset = Date.parse(instant) - Date.now();
  }

  override now(): string {
    return new Date(Date.now() + this.offset).toISOString();
  }
}
