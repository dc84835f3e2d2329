import { randomBytes } from 'node:crypto';

/** Random bytes as a modified browser draws them: the first ones, which encrypt the first choices, are these. */
export function drawnAgain(
  times: number,
  bytes: Uint8Array = randomBytes(48),
): (length: number) => Uint8Array {
  let drawn = 0;
  return (length) => ((drawn += 1) <= times ? bytes.slice(0, length) : randomBytes(length));
}
