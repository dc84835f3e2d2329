/** How a server and an auditor ask the kernel: what it says is compared, and a kernel that fails costs nothing but time. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { checkBallot } from '../../../../src/crypto/ballot-checks.js';
import { makeBallot } from '../../../../src/crypto/ballot-maker.js';
import { openPoll, parseElection, printElection } from '../../../../src/crypto/election.js';
import { randomScalar } from '../../../../src/crypto/group.js';
import { kernelModule } from '../../../../src/crypto/kernel-file.js';
import { compared, kernelAccepts } from '../../../../src/crypto/kernel/kernel-checks.js';
import { Kernel, type Work } from '../../../../src/crypto/kernel/kernel.js';
import { bothChecks, serverChecks } from '../../../../src/crypto/server-checks.js';
import { group } from '../forger.js';
import { sampleArchive } from '../sample-texts.js';

const kernel = await Kernel.start(await kernelModule(), 2);
const sample = sampleArchive('ed25519-threshold');
const poll = openPoll(group, parseElection(sample.election));
const ballots = [...sample.ballots, resigned(sample.ballots[0] ?? '')];
const expected = ballots.map((text) => checkBallot(poll, text));

afterEach(() => {
  jest.restoreAllMocks();
});

describe('what a server asks for', () => {
  it('is the same from either verifier, and both agree', async () => {
    expect(expected.some(({ valid }) => !valid)).toBe(true);
    expect((await serverChecks('kernel'))(poll, ballots)).toEqual(expected);
    expect((await serverChecks('sodium'))(poll, ballots)).toEqual(expected);
    const both = (await bothChecks())(poll, ballots);
    expect(both).toEqual(expected.map((verdict) => ({ verdict, agreed: true })));
  });

  it('is a dispute when a faulty kernel accepts or refuses wrongly', () => {
    const [good = ''] = ballots.filter((text) => checkBallot(poll, text).valid);
    const [bad = ''] = ballots.filter((text) => !checkBallot(poll, text).valid);
    const faulty = { compute: kernel.compute.bind(kernel) } as Kernel;
    expect(compared(faulty, poll, [good, bad]).map(({ agreed }) => agreed)).toEqual([true, true]);
    let corrupted = 0;
    faulty.compute = (...work) => {
      const outcome = kernel.compute(...work);
      const [result, digit] = [Math.floor(corrupted / 64), corrupted % 64];
      const text = outcome.results[result] ?? '';
      const other = text.charAt(digit) === '0' ? '1' : '0';
      return {
        ...outcome,
        results: outcome.results.with(result, text.slice(0, digit) + other + text.slice(digit + 1)),
      };
    };
    for (corrupted = 0; corrupted < 64 * 4; corrupted += 31) {
      expect(compared(faulty, poll, [good])).toEqual([{ verdict: checkBallot(poll, good), agreed: false }]);
    }
    faulty.compute = (text, bytes, work) => kernel.compute(text, bytes, { ...work, ...planOf(good) });
    expect(compared(faulty, poll, [resigned(good)])).toMatchObject([
      { verdict: { valid: false }, agreed: false },
    ]);
  });

  /** The work that a ballot makes. */
  function planOf(text: string): Work {
    let seen: Work | undefined;
    const spy = {
      compute: (key, bytes, work) => {
        seen = { points: [...work.points], sums: [...work.sums], jobs: [...work.jobs] };
        return kernel.compute(key, bytes, work);
      },
    } as Kernel;
    kernelAccepts(spy, poll, [text]);
    return seen as Work;
  }
});

describe('a kernel that fails', () => {
  const starts = () => jest.spyOn(Kernel, 'start');

  it('in the middle of a ballot leaves the verdict to libsodium, and is not asked again', async () => {
    await serverChecks('kernel');
    const started = starts();
    const compute = jest.spyOn(Kernel.prototype, 'compute').mockImplementationOnce(function (this: Kernel) {
      throw new RangeError('Maximum call stack size exceeded');
    });
    expect((await serverChecks('kernel'))(poll, ballots)).toEqual(expected);
    expect(started).not.toHaveBeenCalled();
    const trapped = compute.mock.contexts[0];
    expect((await serverChecks('kernel'))(poll, ballots)).toEqual(expected);
    expect(started).toHaveBeenCalledTimes(1);
    expect(compute.mock.contexts.at(-1)).not.toBe(trapped);
  });

  it('to start leaves the verdict to libsodium, and is started again for the next ballot', async () => {
    jest.spyOn(Kernel.prototype, 'compute').mockImplementationOnce(() => {
      throw new Error('gone');
    });
    (await serverChecks('kernel'))(poll, ballots);
    starts().mockRejectedValueOnce(new Error('no memory'));
    expect((await serverChecks('kernel'))(poll, ballots)).toEqual(expected);
    const compute = jest.spyOn(Kernel.prototype, 'compute');
    expect((await serverChecks('kernel'))(poll, ballots)).toEqual(expected);
    expect(compute).toHaveBeenCalled();
  });

  it('stops the audit that asked for both', async () => {
    const checks = await bothChecks();
    jest.spyOn(Kernel.prototype, 'compute').mockImplementationOnce(() => {
      throw new Error('gone');
    });
    expect(() => checks(poll, ballots)).toThrow('gone');
  });

  it('is one that has no WebAssembly: libsodium verifies, and a line says so', async () => {
    const dist = join(import.meta.dirname, '../../../../dist/crypto');
    const script = `
      const { serverChecks } = await import('${dist}/server-checks.js');
      const { serverGroup } = await import('${dist}/server-groups.js');
      const { openPoll, parseElection } = await import('${dist}/election.js');
      const [election, ...ballots] = JSON.parse(process.env.SAMPLE);
      const poll = openPoll(await serverGroup('Ed25519'), parseElection(election));
      console.log(JSON.stringify((await serverChecks('kernel'))(poll, ballots)));`;
    const env = { ...process.env, SAMPLE: JSON.stringify([sample.election, ...ballots]) };
    const command = ['--jitless', '--input-type=module', '--eval', script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { env });
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(stderr).toContain('KernelWarning: ReferenceError in the kernel: libsodium verifies in its place');
  });
});

it('keeps the tables of as many boards as vote at once', async () => {
  const polls = Array.from({ length: 40 }, (_, i) => {
    const publicKey = group.print(group.g.exp(randomScalar(group, randomBytes)));
    const questions = [{ question: '?', answers: ['A', 'B'], blank: false, min: 1, max: 1 }];
    const header = { description: '', name: `Bureau ${i}`, group: group.name, publicKey };
    return openPoll(group, parseElection(printElection({ ...header, uuid: 'bmwrT8uHomwjwS', questions })));
  });
  const cast = polls.map((one) => makeBallot(one, 5n, [[1, 0]], randomBytes).text);
  const checks = await serverChecks('kernel');
  const made = jest.spyOn(Kernel.prototype as unknown as { makeTable(): void }, 'makeTable');
  for (let round = 0; round < 2; round++)
    for (const [i, one] of polls.entries())
      expect(checks(one, [cast[i] as string])).toMatchObject([{ valid: true }]);
  expect(made).toHaveBeenCalledTimes(polls.length);
});

/** A ballot whose signature has another response: what a kernel that computes the first one's would accept. */
function resigned(text: string): string {
  return text.replace(/"response":"(\d+)"\}\}\}$/, (_whole, digits: string) => {
    return `"response":"${BigInt(digits) ^ 1n}"}}}`;
  });
}
