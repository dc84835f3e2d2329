/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- fields are changed at will */
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import type { Surgery, Tampering } from './bundle-surgery.js';
import { ceremonyEvents, holdCeremony, type CeremonialKey } from './ceremony-events.js';

const CLAIM = 'key-holders-prove-their-keys';
const messages = [
  'KeyHolderCertified',
  'KeySharesCommitted',
  'KeySharesOpened',
  'KeySharesDealt',
  'KeyHolderCompleted',
];

/** The same with the ceremony, by an operator who would rather have another key. */
export const tamperedKey: readonly Tampering[] = [
  [
    'the board held a ceremony of another key',
    CLAIM,
    (b, { group }) => {
      putCeremony(b, holdCeremony(group));
    },
  ],
  [
    'one delegate suffices',
    CLAIM,
    (b, { group }) => {
      const groups = [
        { threshold: 1, seats: [1, 2] },
        { threshold: 1, seats: [3, 4, 5, 6] },
      ];
      putKey(b, holdCeremony(group, groups));
    },
  ],
  [
    'the president is in the group of the delegates',
    CLAIM,
    (b, { group }) => {
      const groups = [
        { threshold: 1, seats: [2] },
        { threshold: 2, seats: [1, 3, 4, 5, 6] },
      ];
      putKey(b, holdCeremony(group, groups));
    },
  ],
  [
    'a delegate has no part in the ceremony',
    CLAIM,
    (b, { group }) => {
      const groups = [
        { threshold: 1, seats: [1, 2] },
        { threshold: 2, seats: [3, 4, 5] },
      ];
      putKey(b, holdCeremony(group, groups));
    },
  ],
  ['the key was made in an exercise', CLAIM, (b) => b.change('CeremonyStarted', (d) => (d.practice = true))],
  ['the owners are other seats', CLAIM, (b) => b.change('BoardKeyPublished', (d) => d.owners.reverse())],
  [
    'a message of the ceremony is another',
    CLAIM,
    (b) => b.change('KeySharesOpened', (d) => (d.opening = b.data(b.find('KeySharesOpened', 2)).opening)),
  ],
  [
    'one person has three seats',
    CLAIM,
    (b) => {
      const { staffId } = b.data(b.find('BoardMemberAppointed', 2));
      for (const which of [3, 4]) b.change('BoardMemberAppointed', (d) => (d.staffId = staffId), which);
    },
  ],
  [
    'no ceremony made the key',
    'streams-follow-the-grammar',
    (b) => {
      for (const type of ['CeremonyStarted', ...messages]) while (has(b, type)) b.drop(type);
    },
  ],
  [
    'another key is published after the seal',
    'streams-follow-the-grammar',
    (b) => {
      const { id, type, data } = b.event(b.find('BoardKeyPublished'));
      b.insert(b.find('ScrutinsSealed'), { id: id.replace(/^.{8}/, 'abcdef01'), type, data });
    },
  ],
  [
    'a seat changes hands after the key was made',
    'streams-follow-the-grammar',
    (b) => {
      const { id, type, data } = b.event(b.find('BoardMemberAppointed'));
      b.insert(b.find('BoardKeyPublished'), { id: id.replace(/^.{8}/, 'abcdef02'), type, data });
    },
  ],
];

function has(b: Surgery, type: string): boolean {
  return b.lines.some(({ event }) => event?.type === `${type}.v1`);
}

/** Puts another ceremony in the place of the one that was held. */
function putCeremony(b: Surgery, key: CeremonialKey): void {
  const { boardId, at } = b.data(b.find('BoardKeyPublished'));
  const [started, ...said] = ceremonyEvents(key, boardId, at);
  const write = (at: number, data: unknown) => (b.event(at).data = canonicalJson(data as Json));
  write(b.find('CeremonyStarted'), started?.data);
  for (const type of messages) {
    const of = said.filter((one) => one.type === type);
    while (countOf(b, type) > of.length) b.drop(type, -1);
    for (const [i, { data }] of of.entries()) write(b.find(type, i), data);
  }
  b.change('BoardKeyPublished', (d) => (d.ceremonyId = key.ceremonyId));
}

/** Puts a key that another ceremony made in the place of the board’s, with its file and its owners. */
function putKey(b: Surgery, key: CeremonialKey): void {
  putCeremony(b, key);
  const { keyHolders } = b.data(b.find('BoardKeyPublished'));
  b.replaceDocument(keyHolders, () => key.keyHoldersFile);
  b.change('BoardKeyPublished', (d) => {
    d.owners = key.groups.flatMap(({ seats }) => seats);
    d.publicKey = key.publicKey;
  });
}

function countOf(b: Surgery, type: string): number {
  return b.lines.filter(({ event }) => event?.type === `${type}.v1`).length;
}
