/** The only error that a reader of `src/crypto` throws: `path` names the field, `reason` says what is wrong with it. */
export class Malformed extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
    this.name = 'Malformed';
  }
}
