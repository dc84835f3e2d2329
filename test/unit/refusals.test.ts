import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** All files below a folder whose names end so. */
function filesOf(folder: string, end: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));
}

const read = (files: readonly string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n');
const unit = read(filesOf('test/unit', '.test.ts').filter((file) => !file.endsWith('refusals.test.ts')));

/** What sets an election up: each rule of these deciders has a given/when/then. */
const deciders = ['election', 'scrutin', 'board', 'account', 'notices', 'claims'].flatMap((part) =>
  filesOf(`src/modules/${part}`, '.decider.ts'),
);

describe('each rule of set-up is refused in a given/when/then test', () => {
  it.each(deciders)('%s', (file) => {
    const codes = [...readFileSync(file, 'utf8').matchAll(/new Refusal\(\s*'([a-z.-]+)'/g)];
    const untested = codes.map(([, code = '']) => code).filter((code) => !unit.includes(`'${code}'`));
    expect([...new Set(untested)]).toEqual([]);
  });
});
