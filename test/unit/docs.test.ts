import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { claimNames } from '../../src/auditor/claims.js';
import { wireNames } from '../../src/events/codec.js';

const read = (path: string) => readFileSync(path, 'utf8');
const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
/** What a source says in comments: rules are cited there, in code a « B1 » is something else. */
const commentsOf = (source: string) => source.match(/\/\*[^]*?\*\/|(?<=\s)\/\/ .*/g) ?? [];

describe('the documents', () => {
  it.each(wireNames())('have a line for the event %s', (name) => {
    expect(read('docs/events.md')).toContain(`| \`${name}\``);
  });

  it('name every variable that the configuration reads', () => {
    const variables = new Set(
      read('src/config.ts')
        .match(/'[A-Z]+(_[A-Z]+)*'/g)
        ?.map((quoted) => quoted.slice(1, -1)),
    );
    expect(variables.size).toBeGreaterThan(5);
    const readme = read('README.md');
    expect([...variables].filter((variable) => !readme.includes(`\`${variable}\``))).toEqual([]);
  });

  it('give a reason for every dependency', () => {
    const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
      read('package.json'),
    ) as Record<string, Record<string, string>>;
    const text = read('docs/dependencies.md');
    const named = (name: string) => {
      const [scope = '', part = ''] = name.split('/');
      return (
        text.includes(name) ||
        (text.includes(`${scope}/`) && (text.includes(part) || text.includes(`${scope}/*`)))
      );
    };
    const installed = { ...dependencies, ...optionalDependencies, ...devDependencies };
    const unexplained = Object.keys(installed).filter((name) => !name.startsWith('@types/') && !named(name));
    expect(unexplained).toEqual([]);
    expect(Object.values(installed).filter((version) => !/^\d/.test(version))).toEqual([]); // exact versions
  });

  it('state every rule of the protocol that the code cites', () => {
    const rules = new Set(
      [...read('docs/protocol.md').matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, rule]) => rule),
    );
    const letters = new Set([...rules].map((rule = '') => rule.slice(0, 1)));
    const cited = files('src').flatMap((path) =>
      commentsOf(read(path))
        .flatMap((comment) => [
          ...comment.matchAll(new RegExp(`(?<![\\w:-])[${[...letters].join('')}][1-9]\\d?\\b`, 'g')),
        ])
        .map(([rule]) => ({ path, rule })),
    );
    expect(cited.length).toBeGreaterThan(50);
    expect(cited.filter(({ rule }) => !rules.has(rule))).toEqual([]);
    expect(new Set(cited.map(({ rule }) => rule.slice(0, 1)))).toEqual(letters);
  });

  it.each(claimNames)('say what the claim %s proves', (name) => {
    expect(read('docs/audit.md')).toContain(`\`${name}\``);
  });

  it('are read by a stranger: no machine, no private path', () => {
    for (const path of ['README.md', 'CHANGELOG.md', 'docs/architecture.md', 'docs/operations.md']) {
      expect(read(path)).not.toMatch(/\/(work|farm|tmp)\/|\.\.\/shared/);
    }
  });
});
