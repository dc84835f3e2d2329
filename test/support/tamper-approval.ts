/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return, @typescript-eslint/restrict-plus-operands -- fields are changed at will */
import { randomUUID } from 'node:crypto';
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import type { Surgery, Tampering } from './bundle-surgery.js';

const CLAIM = 'seals-hold';

/** The same with what the members approved, and with what happens to it afterwards. */
export const tamperedApproval: readonly Tampering[] = [
  [
    'other credentials are sealed than were approved',
    CLAIM,
    (b) => {
      for (const type of ['SealProposed', 'ScrutinsSealed'])
        b.change(type, (d) => (d.scrutins[0].credentials = d.scrutins[1].credentials));
    },
  ],
  ['a seal is sealed that was not proposed', CLAIM, (b) => b.drop('SealProposed')],
  ...(
    [
      ['another calendar', (d) => (d.calendar.votingClosesAt = '2022-12-09T16:00:00.000Z')],
      ['other seats', (d) => (d.scrutins[0].seats += 1)],
      ['another body', (d) => (d.scrutins[0].body = 'CCP')],
      ['another surplus', (d) => (d.scrutins[1].surplus = 12)],
      ['the title of another list', (d) => (d.scrutins[0].lists[0].title = 'Liste B')],
      ['other candidates', (d) => (d.scrutins[0].lists[0].content = 'a'.repeat(64))],
      ['another roll', (d) => (d.scrutins[0].roll.root = 'a'.repeat(64))],
      ['another key', (d) => (d.publicKey = 'a'.repeat(64))],
      ['another key of acknowledgements', (d) => (d.acknowledgementKey = 'a'.repeat(64))],
      ['no scrutin', (d) => (d.scrutins = [])],
      ['another election', (d) => (d.electionTitle += ' (bis)')],
      ['no script of the booth', (d) => delete d.booth],
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is changed at will
    ] as readonly [string, (document: any) => unknown][]
  ).map(([what, how]): Tampering => [
    `the members approved ${what}`,
    CLAIM,
    (b) => {
      const { seal } = b.data(b.find('ScrutinsSealed'));
      b.replaceDocument(seal, (text) => {
        const document = JSON.parse(text) as Json;
        how(document);
        return canonicalJson(document);
      });
    },
  ]),
  [
    'the ballot shows a list under the title of another',
    CLAIM,
    (b) => {
      const { scrutinId, electionFile } = b.data(b.find('BoxOpened'));
      replaceElectionFile(b, scrutinId, electionFile, (text) => text.replace('Liste A', 'Liste B'));
    },
  ],
  [
    'the ballot asks another question',
    CLAIM,
    (b) => {
      const { scrutinId, electionFile } = b.data(b.find('BoxOpened'));
      replaceElectionFile(b, scrutinId, electionFile, (text) =>
        text.replace(/"question":"[^"]*"/, '"question":"Votre prime ?"'),
      );
    },
  ],
  [
    'one delegate alone approved with the president',
    CLAIM,
    (b) => {
      const { staffId } = b.data(b.find('SealApproved', 2));
      b.drop('SealApproved', 2);
      b.change(
        'ScrutinsSealed',
        (d) => (d.approvedBy = d.approvedBy.filter((one: string) => one !== staffId)),
      );
    },
  ],
  [
    'the secretary approves for the president',
    CLAIM,
    (b) => {
      const { staffId } = b.data(b.find('BoardMemberAppointed', 1));
      b.change('SealApproved', (d) => Object.assign(d, { staffId, seat: 2 }));
      b.change('ScrutinsSealed', (d) => (d.approvedBy[0] = staffId));
    },
  ],
  [
    'a delegate approves twice',
    CLAIM,
    (b) => {
      const { staffId, seat } = b.data(b.find('SealApproved', 1));
      b.change('SealApproved', (d) => Object.assign(d, { staffId, seat }), 2);
      b.change('ScrutinsSealed', (d) => (d.approvedBy[2] = staffId));
    },
  ],
  [
    'a scrutin of the board is left out',
    CLAIM,
    (b) => {
      for (const type of ['SealProposed', 'ScrutinsSealed']) b.change(type, (d) => d.scrutins.pop());
    },
  ],
  [
    'the calendar changes after the seal',
    CLAIM,
    (b) => {
      const { id, type, data, stream } = b.event(b.find('CalendarSet'));
      const at = b.find('ElectionOpened');
      const { revision } = b.event(at);
      for (const { event } of b.lines)
        if (event?.stream === stream && event.revision >= revision) event.revision += 1;
      b.lines.splice(b.find('ScrutinsSealed') + 1, 0, {
        event: { id: id.replace(/^.{8}/, 'abcdef03'), type, data, stream, revision },
      });
    },
  ],
  [
    'the seats of a scrutin change after the vote, under a broken seal',
    CLAIM,
    (b) => {
      const { boardId, seal } = b.data(b.find('ScrutinsSealed'));
      const { minutes } = b.data(b.find('MinutesSigned'));
      const staffIds = [b.data(b.find('SealApproved')).staffId, b.data(b.find('SealApproved', 1)).staffId];
      const at = b.data(b.find('BoxFrozen')).at as string;
      const common = { boardId, seal, reason: minutes, at };
      const asked = { ...common, staffId: staffIds[0] };
      const place = b.find('BoxFrozen', -1);
      append(b, place, `board-${boardId}`, 'SealBreakAsked', asked);
      append(b, place + 1, `board-${boardId}`, 'SealBroken', { ...common, staffIds });
      const declared = b.data(b.find('ScrutinDeclared'));
      append(b, place + 2, `scrutin-${declared.scrutinId}`, 'ScrutinDeclared', { ...declared, seats: 14 });
    },
  ],
  ['a box opens under another board', CLAIM, (b) => b.change('BoxOpened', (d) => (d.boardId = randomUUID()))],
  ...(['BoxSuspended', 'BoxResumed', 'BoxExtended'] as const).map((type): Tampering => [
    `${type} is the word of one person`,
    'streams-follow-the-grammar',
    (b) => b.change(type, (d) => (d.staffIds = [d.staffIds[0], d.staffIds[0]])),
  ]),
  ...(['BoxSuspended', 'BoxResumed', 'BoxExtended'] as const).map((type): Tampering => [
    `${type} is the word of two who are not of the board`,
    'streams-follow-the-grammar',
    (b) => b.change(type, (d) => (d.staffIds = [randomUUID(), randomUUID()])),
  ]),
  [
    'the software is replaced by one person',
    'streams-follow-the-grammar',
    (b) => b.change('BuildReplaced', (d) => (d.decidedBy[1] = d.decidedBy[0])),
  ],
  [
    'no president decides on the software',
    CLAIM,
    (b, { staffIds }) =>
      b.change('BuildReplaced', (d) => Object.assign(d.decidedBy[0], { seat: 4, staffId: staffIds[3] })),
  ],
  [
    'somebody decides on the software from a seat of somebody else',
    CLAIM,
    (b, { staffIds }) => b.change('BuildReplaced', (d) => (d.decidedBy[0].staffId = staffIds[4])),
  ],
  [
    'the software is replaced after the results',
    CLAIM,
    (b) => {
      const at = b.find('BuildReplaced');
      const event = b.event(at);
      const data = b.data(at);
      const end = b.find('ElectionClosed', -1);
      append(b, end, event.stream, 'BuildReplaced', { ...data, replacementId: randomUUID() });
    },
  ],
  [
    'the president signs the minutes first',
    'streams-follow-the-grammar',
    (b) => {
      const [one, other] = [b.event(b.find('MinutesSigned', 0)), b.event(b.find('MinutesSigned', 1))];
      [one.data, other.data] = [other.data, one.data];
    },
  ],
];

/** Writes one event more at the end of a stream, behind a line of the bundle. */
function append(b: Surgery, line: number, stream: string, type: string, data: unknown): void {
  const revisions = b.lines.flatMap(({ event }) => (event?.stream === stream ? [event.revision] : []));
  const revision = Math.max(...revisions) + 1;
  const event = { stream, revision, id: randomUUID(), type: `${type}.v1`, data: canonicalJson(data as Json) };
  b.lines.splice(line + 1, 0, { event });
}

/** Another election file, with its fingerprint, wherever the old one was sealed. */
function replaceElectionFile(
  b: Surgery,
  scrutinId: string,
  file: string,
  how: (text: string) => string,
): void {
  let fingerprint = '';
  b.replaceDocument(file, (text) => {
    fingerprint = sha256Base64(how(text));
    return how(text);
  });
  for (const type of ['SealProposed', 'ScrutinsSealed'])
    b.change(type, (d) => {
      d.scrutins.find((one: { scrutinId: string }) => one.scrutinId === scrutinId).fingerprint = fingerprint;
    });
}
