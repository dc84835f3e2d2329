import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

/**
 * Every hash begins with what it is for (Haines & Abapour on Belenios 4.0: « domain tags everywhere »). Two purposes under
 * one tag would let the bytes of one stand for the other, so the tags of the whole source are held beside each other here.
 */
const SOURCE = fileURLToPath(new URL('../../../src', import.meta.url));
const RULES = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** Marks of file formats, which nothing hashes by themselves. */
const FORMATS = ['isoloir/bundle/v1', 'isoloir/backup/v1', 'isoloir/proof/v1', 'isoloir/audited-tallies/v1'];

interface Use {
  readonly tag: string;
  readonly file: string;
}

/** The code without comments, which name tags too. */
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|js)$/.test(name))
  .map((name) => ({
    name,
    code: readFileSync(join(SOURCE, name), 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ''),
  }));

/** Everything that looks like the beginning of what is hashed, as it is written in the source. */
function usesOf(pattern: RegExp): Use[] {
  return files.flatMap(({ name, code }) =>
    [...code.matchAll(pattern)].map(([, tag = '']) => ({ tag, file: name })),
  );
}

const ours = usesOf(/[`'"]((?:isoloir)\/[a-z0-9/-]+\/v\d+(?:\\n|\||))/g).filter(
  ({ tag }) => !FORMATS.includes(tag),
);
const belenios = usesOf(/`([a-z][a-z0-9]*\|)/g).filter(({ file }) => file.startsWith('crypto/'));

describe('domain tags', () => {
  it('are found at all', () => {
    expect(ours.map(({ tag }) => tag)).toContain('isoloir/ballot/v1\\n');
    expect(new Set(belenios.map(({ tag }) => tag))).toEqual(
      new Set(['prove|', 'bproof0|', 'bproof1|', 'sig|', 'sigmsg|', 'decrypt|', 'pok|']),
    );
  });

  it('of ours stand at one place in the source each: one purpose, one tag', () => {
    const places = new Map<string, string[]>();
    for (const { tag, file } of ours) places.set(tag, [...(places.get(tag) ?? []), file]);
    expect([...places].filter(([, where]) => where.length > 1)).toEqual([]);
  });

  it('begin no other tag', () => {
    const all = [...new Set([...ours, ...belenios].map(({ tag }) => tag))];
    expect(all.length).toBeGreaterThan(20);
    const within = all.flatMap((one) =>
      all.filter((other) => other !== one && other.startsWith(one)).map((other) => [one, other]),
    );
    expect(within).toEqual([]);
  });

  it('of what is published are in the rules of the protocol, as they are hashed', () => {
    const hashed = ours.filter(({ file }) => file.startsWith('crypto/') || file.startsWith('transparency/'));
    expect(hashed.length).toBeGreaterThan(8);
    expect(hashed.filter(({ tag }) => !RULES.includes(tag))).toEqual([]);
  });
});
