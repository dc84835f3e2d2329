import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Build, buildLines } from '../../src/modules/board/build.js';
import { temporaryFolder } from '../support/folders.js';

const root = join(import.meta.dirname, '../..');
let copy: string;
beforeAll(async () => {
  copy = await temporaryFolder('release');
  for (const part of ['dist', 'views', 'public', 'migrations', 'package-lock.json'])
    await cp(join(root, part), join(copy, part), { recursive: true });
});
afterAll(() => rm(copy, { recursive: true }));

describe('the fingerprints of a release', () => {
  it('are printed as a server of that release has them', () => {
    const { build, booth } = new Build().running();
    const words = ['bin/isoloir.js', 'build'];
    const printed = execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
    expect(printed).toBe(`build ${build}\nbooth ${booth}\n`);
    const lines = buildLines(); // with `--files`
    expect(createHash('sha256').update(lines).digest('hex')).toBe(build);
    expect(lines).toContain(`${booth}  dist/assets/booth.js\n`);
    expect(lines).toMatch(/^[0-9a-f]{64} {2}migrations\/0001_ledger\.sql$/m);
    expect(lines).not.toMatch(/\.map$|dist\/bench\//m);
  });

  it('are the same in another folder, whatever is benched or mapped there', async () => {
    await mkdir(join(copy, 'dist/bench'), { recursive: true });
    await writeFile(join(copy, 'dist/bench/vote.js'), 'measured');
    await writeFile(join(copy, 'dist/main.js.map'), '{}');
    expect(new Build(copy).software()).toBe(new Build().software());
  });

  it('say when a file is exchanged or added under a running server', async () => {
    const server = new Build(copy);
    const started = server.software();
    expect(await server.changed()).toBe(false);
    await writeFile(join(copy, 'views/added.eta'), '');
    expect(await server.changed()).toBe(true);
    await rm(join(copy, 'views/added.eta'));
    expect(await server.changed()).toBe(false);
    await appendFile(join(copy, 'dist/main.js'), '\n');
    expect(await server.changed()).toBe(true);
    expect(server.software()).toBe(started); // what it loaded
  });
});
