import { canonicalJson, NotCanonical, type Json } from '../crypto/canonical-json.js';

/** The value that a text is, undefined when it is none. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function isRecord(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a text is the canonical one of this value. */
export function isText(content: Json, text: string): boolean {
  try {
    return canonicalJson(content) === text;
  } catch (error) {
    if (error instanceof NotCanonical) return false; // a title that no text can say
    throw error;
  }
}

/** Where two values are not the same. */
export function* differences(said: Json | undefined, due: Json | undefined, path = ''): Generator<string> {
  const both = [said, due];
  if (both.every(Array.isArray) || both.every(isRecord)) {
    const [a, b] = both as [Record<string, Json>, Record<string, Json>]; // an array by its places
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      yield* differences(member(a, name), member(b, name), path === '' ? name : `${path}.${name}`);
  } else if (said !== due) yield path === '' ? 'everything' : path;
}

function member(of: Record<string, Json>, name: string): Json | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
