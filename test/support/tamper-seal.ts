/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return, @typescript-eslint/restrict-plus-operands -- fields are changed at will */
import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../src/crypto/canonical-json.js';
import type { Surgery, Tampering } from './bundle-surgery.js';

/** The same with what was sealed, and with streams and documents. */
export const tamperedSeal: readonly Tampering[] = [
  [
    'the box opens on another roll',
    'seals-hold',
    (b) => b.change('BoxOpened', (d) => (d.roll.root = '0'.repeat(64))),
  ],
  [
    'the box opens on another election file',
    'seals-hold',
    (b) => {
      const other = b.data(b.find('BoxOpened', 1)).electionFile;
      b.change('BoxOpened', (d) => (d.electionFile = other));
    },
  ],
  ['the seal is not approved', 'seals-hold', (b) => b.drop('SealApproved')],
  [
    'the seal names a roll of another size',
    'rolls-and-credentials-are-those-sealed',
    (b) => {
      b.change('ScrutinsSealed', (d) => (d.scrutins[0].roll.count += 1));
      b.change('BoxOpened', (d) => (d.roll.count += 1));
    },
  ],
  [
    'the order of the lists is another',
    'seals-hold',
    (b) => b.change('ListOrderDrawn', (d) => d.order.reverse()),
  ],
  [
    'a list is filed after the seal',
    'seals-hold',
    (b) => {
      const filed = b.event(b.find('CandidateListFiled'));
      const at = b.find('ListOrderDrawn');
      b.insert(at, { ...filed, id: randomUUID() });
      const [line] = b.lines.splice(at + 1, 1);
      b.lines.splice(b.find('ScrutinsSealed') + 1, 0, line ?? {});
    },
  ],
  [
    'a key holder proves another key',
    'key-holders-prove-their-keys',
    (b) => {
      const { keyHolders } = b.data(b.find('BoardKeyPublished'));
      b.replaceDocument(keyHolders, (text) => text.replace(/"challenge":"\d{4}/, '"challenge":"1234'));
    },
  ],
  [
    'the key of the board is another',
    'seals-hold',
    (b) => {
      b.change(
        'BoardKeyPublished',
        (d) => (d.publicKey = d.publicKey.replace(/^./, (c: string) => (c === '0' ? '1' : '0'))),
      );
    },
  ],
  [
    'an elector is registered after the lists were closed',
    'lists-were-closed-before-sealing',
    (b) => {
      const registered = b.event(b.find('ElectorRegistered'));
      const electorId = randomUUID();
      const data = canonicalJson({ ...JSON.parse(registered.data), electorId });
      const event = { ...registered, id: randomUUID(), stream: `elector-${electorId}`, data };
      b.lines.splice(b.find('ScrutinsSealed'), 0, { event });
    },
  ],
  [
    'the election opens twice',
    'streams-follow-the-grammar',
    (b) => {
      const at = b.find('ElectionOpened');
      b.insert(at, { ...b.event(at), id: randomUUID() });
    },
  ],
  [
    'a box is left out',
    'every-sealed-scrutin-is-counted',
    (b) => {
      const { stream } = b.event(b.find('BoxOpened', 1));
      const kept = b.lines.filter(({ event }) => event?.stream !== stream);
      b.lines.splice(0, b.lines.length, ...kept);
    },
  ],
  [
    'an event is given the id of another',
    'streams-have-no-gap',
    (b) => (b.event(b.find('VotesCast')).id = b.event(b.find('BoxOpened')).id),
  ],
  [
    'an event is put into another stream',
    'streams-have-no-gap',
    (b) => (b.event(b.find('ElectorRegistered')).stream = `elector-${randomUUID()}`),
  ],
  [
    'two events change places',
    'streams-have-no-gap',
    (b) => {
      const [one, other] = [b.find('VotesCast', 0), b.find('VotesCast', 1)];
      [b.lines[one], b.lines[other]] = [b.lines[other] ?? {}, b.lines[one] ?? {}];
    },
  ],
  [
    'the minutes are missing',
    'documents-are-what-events-name',
    (b) => {
      dropDocument(b, b.data(b.find('MinutesSigned')).minutes);
    },
  ],
  [
    'the roll is missing',
    'rolls-and-credentials-are-those-sealed',
    (b) => {
      dropDocument(b, b.data(b.find('BoxOpened')).rollFile);
    },
  ],
  [
    'a document is another',
    'documents-are-what-events-name',
    (b) => {
      const line = b.lines.find((one) => 'document' in one) as { document: { base64: string } };
      line.document.base64 = Buffer.from('other').toString('base64');
    },
  ],
];

function dropDocument(bundle: Surgery, sha256: string): void {
  const at = bundle.lines.findIndex(
    (line) => (line['document'] as { sha256: string } | undefined)?.sha256 === sha256,
  );
  if (at < 0) throw new Error(`no document ${sha256}`);
  bundle.lines.splice(at, 1);
}
