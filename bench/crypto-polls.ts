import { randomBytes } from 'node:crypto';
import { checkBallot } from '../src/crypto/ballot-checks.js';
import { makeBallot, type Marks } from '../src/crypto/ballot-maker.js';
import { belenios2048BigInt } from '../src/crypto/belenios-2048.js';
import { belenios2048OpenSsl } from '../src/crypto/belenios-2048-openssl.js';
import { ed25519Noble } from '../src/crypto/ed25519-noble.js';
import { ed25519Sodium } from '../src/crypto/ed25519-sodium.js';
import { openPoll, parseElection, printElection, type Poll } from '../src/crypto/election.js';
import { randomScalar, type Group } from '../src/crypto/group.js';
import { serverChecks, type Checks } from '../src/crypto/server-checks.js';
import { nativeSodium, wasmSodium } from '../src/crypto/server-groups.js';

/** Every back-end, the fastest of its group first. */
export const backEnds: Readonly<Record<string, () => Promise<Group>>> = {
  'sodium-native': async () => ed25519Sodium(await nativeSodium()),
  'libsodium-wrappers-sumo': async () => ed25519Sodium(await wasmSodium()),
  kernel: async () => ed25519Sodium(await nativeSodium()), // libsodium makes, the kernel checks
  '@noble/curves': () => Promise.resolve(ed25519Noble),
  OpenSSL: () => Promise.resolve(belenios2048OpenSsl),
  BigInt: () => Promise.resolve(belenios2048BigInt),
};

/** How ballots are checked under that name. */
export async function checksOf(backEnd: string): Promise<Checks> {
  if (backEnd === 'kernel') return serverChecks('kernel');
  return (poll, texts) => texts.map((text) => checkBallot(poll, text));
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
