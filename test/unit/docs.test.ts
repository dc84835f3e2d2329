import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { wireNames } from '../../src/events/codec.js';

const read = (path: string) => readFileSync(path, 'utf8');

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

  it('are read by a stranger: no machine, no private path', () => {
    for (const path of ['README.md', 'CHANGELOG.md', 'docs/architecture.md', 'docs/operations.md']) {
      expect(read(path)).not.toMatch(/\/(work|farm|tmp)\/|\.\.\/shared/);
    }
  });
});
