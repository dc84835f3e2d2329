/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- fields are changed at will */
import { randomUUID } from 'node:crypto';
import type { Tampering } from './bundle-surgery.js';

/** What anyone could do to a bundle on its way. */
export const tamperedBundle: readonly Tampering[] = [
  [
    'an event is changed',
    'checkpoints-are-roots-of-the-events',
    (b) => b.change('ElectorRegistered', (d) => (d.at = '2022-11-29T07:00:01.000Z')),
  ],
  ['an event is dropped', 'checkpoints-are-roots-of-the-events', (b) => b.drop('VotingCodeIssued')],
  [
    'an event is added',
    'checkpoints-are-roots-of-the-events',
    (b) => {
      const at = b.find('ElectorRegistered');
      b.lines.splice(at, 0, { event: { ...b.event(at), stream: `elector-${randomUUID()}` } });
    },
  ],
  [
    'an event is not canonical',
    'events-are-well-formed',
    (b) => (b.event(b.find('CalendarSet')).data += ' '),
  ],
  [
    'an event has an unknown name',
    'events-are-well-formed',
    (b) => (b.event(b.find('CalendarSet')).type = 'CalendarSet.v9'),
  ],
  [
    'a root is another',
    'checkpoints-are-roots-of-the-events',
    (b) => b.change('CheckpointSigned', (d) => (d.root = '0'.repeat(64))),
  ],
  [
    'a root is signed by another key',
    'checkpoints-are-signed',
    (b) => b.change('CheckpointSigned', (d) => (d.note = d.note.replace(/^(— \S+ \S{5})\S{4}/m, '$1AAAA'))),
  ],
  [
    'a signed root says another size',
    'checkpoints-are-signed',
    (b) => b.change('CheckpointSigned', (d) => (d.size -= 1)),
  ],
  [
    'two roots change places',
    'checkpoints-never-go-back',
    (b) => {
      const [one, other] = [b.event(b.find('CheckpointSigned', 0)), b.event(b.find('CheckpointSigned', -1))];
      [one.data, other.data] = [other.data, one.data];
    },
  ],
  [
    'no witness has seen the freeze',
    'witnesses-saw-the-freeze',
    (b) => b.changeAll('CheckpointSigned', (d) => (d.note = d.note.replace(/^— witness\.example .*\n/m, ''))),
  ],
  [
    'the cosignatures are those of an earlier root',
    'witnesses-saw-the-freeze',
    (b) => {
      const cosigned = /^— witness\.example .*\n/m;
      const [early] = cosigned.exec(b.data(b.find('CheckpointSigned')).note) ?? [''];
      b.changeAll('CheckpointSigned', (d) => (d.note = d.note.replace(cosigned, early)));
    },
  ],
  ['the bundle is cut off', 'bundle-is-complete', (b) => b.lines.splice(-3)],
  ['the bundle is cut off and ended', 'bundle-is-complete', (b) => b.lines.splice(-6, 5)],
  ['a line is garbage', 'bundle-is-complete', (b) => b.lines.splice(5, 0, { nonsense: 1 })],
  ['something follows the end', 'bundle-is-complete', (b) => b.lines.push({ leaves: [] })],
];
