import { randomBytes } from 'node:crypto';
import { checkBallot } from '../src/crypto/ballot-checks.js';
import { makeBallot, type Marks } from '../src/crypto/ballot-maker.js';
import { belenios2048BigInt } from '../src/crypto/belenios-2048.js';
import { belenios2048OpenSsl } from '../src/crypto/belenios-2048-openssl.js';
import { ed25519Noble } from '../src/crypto/ed25519-noble.js';
import { ed25519Sodium } from '../src/crypto/ed25519-sodium.js';
import { openPoll, parseElection, printElection, type Poll } from '../src/crypto/election.js';
import { opaqueGroup, randomScalar, type FixedBase, type Group } from '../src/crypto/group.js';
import { kernelModule } from '../src/crypto/kernel-file.js';
import { checkBallots } from '../src/crypto/kernel/kernel-checks.js';
import { Kernel } from '../src/crypto/kernel/kernel.js';
import type { Checks } from '../src/crypto/server-checks.js';
import { nativeSodium, wasmSodium } from '../src/crypto/server-groups.js';

export const SIMD = 'kernel, SIMD';
export const PLAIN = 'kernel, no SIMD';
export const STRAIGHTFORWARD = 'sodium-native, straightforward';

/** Every back-end, the fastest of its group first. */
export const backEnds: Readonly<Record<string, () => Promise<Group>>> = {
  'sodium-native': async () => ed25519Sodium(await nativeSodium()),
  'libsodium-wrappers-sumo': async () => ed25519Sodium(await wasmSodium()),
  [SIMD]: async () => ed25519Sodium(await nativeSodium()), // libsodium makes, the kernel checks
  [PLAIN]: async () => ed25519Sodium(await nativeSodium()),
  [STRAIGHTFORWARD]: async () => straightforward(ed25519Sodium(await nativeSodium())),
  '@noble/curves': () => Promise.resolve(ed25519Noble),
  OpenSSL: () => Promise.resolve(belenios2048OpenSsl),
  BigInt: () => Promise.resolve(belenios2048BigInt),
};

/** How ballots are checked under that name. */
export async function checksOf(backEnd: string): Promise<Checks> {
  if (backEnd === SIMD || backEnd === PLAIN) {
    const kernel = await Kernel.start(await kernelModule(backEnd === SIMD));
    return (poll, texts) => checkBallots(kernel, poll, texts);
  }
  return (poll, texts) => texts.map((text) => checkBallot(poll, text));
}

/**
 * A group as one would first write it: an element is the integer that the specification prints, converted for each
 * operation, and tested as it is read, though every power by libsodium tests it once more.
 */
function straightforward(group: Group): Group {
  const into = (x: bigint) => group.again(x.toString(16).padStart(64, '0'), 'x');
  const out = (x: ReturnType<typeof into>) => BigInt(`0x${group.print(x)}`);
  const base = (of: FixedBase): FixedBase<bigint> => ({
    element: out(of.element),
    exp: (k) => out(of.exp(k)),
    commit: (r, x, c) => out(of.commit(r, into(x), c)),
  });
  const parse = (text: string, path: string) => out(group.parse(text, path));
  const whole: Group<bigint> = {
    ...group,
    identity: out(group.identity),
    g: base(group.g),
    parse,
    read: parse,
    again: parse,
    print: (x) => group.print(into(x)),
    equal: (a, b) => a === b,
    mul: (a, b) => out(group.mul(into(a), into(b))),
    div: (a, b) => out(group.div(into(a), into(b))),
    exp: (x, k) => out(group.exp(into(x), k)),
    fixedBase: (x) => base(group.fixedBase(into(x))),
  };
  return opaqueGroup(whole);
}

const answers = ['Liste A', 'Liste B', 'Liste C', 'Liste D', 'Liste E', 'Liste F', 'Vote blanc'];

/** An election of six lists and the blank vote, with its private key. */
export function sixListsAndBlank(group: Group): { poll: Poll; privateKey: bigint } {
  const privateKey = randomScalar(group, randomBytes);
  const raw = printElection({
    description: '',
    name: 'Bench',
    group: group.name,
    publicKey: group.print(group.g.exp(privateKey)),
    questions: [{ question: '?', answers, blank: false, min: 1, max: 1 }],
    uuid: 'bmwrT8uHomwjwS',
  });
  return { poll: openPoll(group, parseElection(raw)), privateKey };
}

/** A ballot for a random list, by a random credential. */
export function anyBallot(poll: Poll): string {
  const chosen = randomBytes(1).readUInt8() % answers.length;
  const marks = answers.map((_, i) => (i === chosen ? 1 : 0)) satisfies Marks;
  return makeBallot(poll, randomScalar(poll.group, randomBytes), [marks], randomBytes).text;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
