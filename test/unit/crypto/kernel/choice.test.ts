/** Which of the two kernels a process takes: its own choice, also where there is no SIMD. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { sampleArchive } from '../sample-texts.js';

const crypto = join(import.meta.dirname, '../../../../dist/crypto');
const sample = sampleArchive('ed25519-threshold');

/** Prints which file was compiled, and how many of the ballots the kernel accepts. */
const script = `
  import { readFile } from 'node:fs/promises';
  const { kernelModule } = await import('${crypto}/kernel-file.js');
  const { kernelAccepts } = await import('${crypto}/kernel/kernel-checks.js');
  const { Kernel } = await import('${crypto}/kernel/kernel.js');
  const { openPoll, parseElection } = await import('${crypto}/election.js');
  const { ed25519Noble } = await import('${crypto}/ed25519-noble.js');
  const { compile } = WebAssembly;
  let compiled;
  WebAssembly.compile = (bytes) => compile((compiled = bytes));
  const kernel = await Kernel.start(await kernelModule());
  const [election, ...ballots] = JSON.parse(process.env.SAMPLE);
  const accepted = kernelAccepts(kernel, openPoll(ed25519Noble, parseElection(election)), ballots);
  const plain = await readFile('${crypto}/kernel/kernel.wasm');
  console.log(JSON.stringify({ simd: !plain.equals(compiled), accepted: accepted.filter(Boolean).length }));
`;

describe.each([
  ['where there is SIMD', [], true],
  ['where there is none', ['--no-enable-sse4-1'], false], // V8 has SIMD from SSE 4.1 on, on this architecture
] as [string, string[], boolean][])('%s', (_where, flags, simd) => {
  const can = simd || process.arch === 'x64' ? it : it.skip; // no such flag elsewhere
  can('the kernel that can run is taken, and verifies', async () => {
    const env = { ...process.env, SAMPLE: JSON.stringify([sample.election, ...sample.ballots]) };
    const command = [...flags, '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, command, { env });
    expect(JSON.parse(stdout)).toEqual({ simd, accepted: sample.ballots.length });
  });
});

it('both are built', async () => {
  for (const name of ['kernel', 'kernel-simd'])
    expect((await readFile(join(crypto, `kernel/${name}.wasm`))).subarray(0, 4)).toEqual(
      Buffer.from('\0asm'),
    );
});
