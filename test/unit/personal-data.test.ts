import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const said = readFileSync(new URL('../../docs/donnees-personnelles.md', import.meta.url), 'utf8');

/** Every table of the vault that a migration makes and no later one drops. */
function tables(): string[] {
  const found = new Set<string>();
  for (const name of readdirSync(MIGRATIONS).sort()) {
    const text = readFileSync(new URL(name, MIGRATIONS), 'utf8');
    for (const [, verb, table] of text.matchAll(/(create|drop) table (?:if exists )?(vault\.\w+)/g))
      if (verb === 'create') found.add(table ?? '');
      else found.delete(table ?? '');
  }
  return [...found].sort();
}

describe('what is said of personal data', () => {
  it('names every table of the vault, and none that is gone', () => {
    const named = new Set([...said.matchAll(/`(vault\.\w+)`/g)].map(([, table]) => table ?? ''));
    expect([...named].sort()).toEqual(tables());
  });
});
