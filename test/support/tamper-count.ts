/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return, @typescript-eslint/restrict-plus-operands -- fields are changed at will */
import { randomUUID } from 'node:crypto';
import type { Surgery, Tampering } from './bundle-surgery.js';
import { changeMinutes, changeSteps } from './minutes-surgery.js';

/** The last event of a type of a board happens again, behind the first one of another type. */
function moved(b: Surgery, type: string, after: string): void {
  const { stream } = b.event(b.find(type));
  const again = { ...b.event(b.find(type, -1)), id: randomUUID() };
  const revision = b.event(b.find('ScrutinsSealed')).revision + 1;
  b.lines.splice(b.find(after) + 1, 0, { event: { ...again, stream, revision } });
}

/** The same with what is counted. */
export const tamperedCount: readonly Tampering[] = [
  [
    'the key of the register is not destroyed',
    'register-key-was-destroyed-before-decryption',
    (b) => b.drop('RegisterKeyDestroyed'),
  ],
  [
    'the ballots are what a rehearsal has decrypted',
    'register-key-was-destroyed-before-decryption',
    (b) => {
      const ballots = b.data(b.find('TallyEncrypted')).tally;
      b.change('RehearsalStarted', (d) => (d.tally = ballots));
    },
  ],
  [
    'a rehearsal is of other votes than its tally',
    'register-key-was-destroyed-before-decryption',
    (b) => b.change('RehearsalStarted', (d) => (d.votes[0] += 1)),
  ],
  [
    'a rehearsal starts while a box is open',
    'register-key-was-destroyed-before-decryption',
    (b) => {
      moved(b, 'RehearsalStarted', 'BoxOpened');
    },
  ],
  [
    'a rehearsal is decrypted after the freeze, before the result',
    'register-key-was-destroyed-before-decryption',
    (b) => {
      moved(b, 'RehearsalDecrypted', 'TallyEncrypted');
    },
  ],
  [
    'a seat has decrypted something else than its rehearsal',
    'register-key-was-destroyed-before-decryption',
    (b) => {
      const other = b.data(b.find('RehearsalDecrypted', 1)).decryption;
      b.change('RehearsalDecrypted', (d) => (d.decryption = other));
    },
  ],
  [
    'the tally is another',
    'encrypted-tally-is-the-sum-of-the-ballots',
    (b) => {
      const other = b.data(b.find('TallyEncrypted', 1)).tally;
      b.change('TallyEncrypted', (d) => (d.tally = other));
    },
  ],
  [
    'the tally says one ballot less',
    'encrypted-tally-is-the-sum-of-the-ballots',
    (b) => b.change('TallyEncrypted', (d) => (d.ballots -= 1)),
  ],
  [
    'a decryption has another proof',
    'partial-decryptions-are-proved',
    (b) => {
      b.change(
        'PartialDecryptionFiled',
        (d) => (d.decryption = d.decryption.replace(/"challenge":"\d\d\d\d/, '"challenge":"1234')),
      );
    },
  ],
  [
    'a decryption has another binding',
    'partial-decryptions-are-proved',
    (b) => {
      b.change(
        'PartialDecryptionFiled',
        (d) => (d.binding = d.binding.replace(/"challenge":"\d\d\d\d/, '"challenge":"1234')),
      );
    },
  ],
  [
    'a decryption is under another seat',
    'partial-decryptions-are-proved',
    (b) => b.change('PartialDecryptionFiled', (d) => (d.seat = 2)),
  ],
  ['a decryption is dropped', 'key-holders-reach-their-quorum', (b) => b.drop('PartialDecryptionFiled')],
  [
    'the result is another',
    'result-is-what-was-decrypted',
    (b) => {
      b.change(
        'ResultProclaimed',
        (d) => (d.result = JSON.stringify({ result: [JSON.parse(d.result).result[0].toReversed()] })),
      );
    },
  ],
  [
    'the votes of a list are another',
    'votes-are-those-of-the-result',
    (b) => b.change('ResultProclaimed', (d) => (d.votes[0].votes += 1)),
  ],
  [
    'the blank votes are another',
    'votes-are-those-of-the-result',
    (b) => b.change('ResultProclaimed', (d) => (d.blank += 1)),
  ],
  [
    'a list is exchanged in the result',
    'votes-are-those-of-the-result',
    (b) => b.change('ResultProclaimed', (d) => (d.votes[0].listId = randomUUID())),
  ],
  [
    'a list has one seat more',
    'seats-follow-the-votes',
    (b) => b.change('ResultProclaimed', (d) => (d.votes[0].seats += 1)),
  ],
  [
    'the document of the seats says another quotient',
    'seats-follow-the-votes',
    (b) => {
      changeSteps(b, ({ steps, ...rest }) => ({ ...rest, steps: (steps as unknown[]).slice(1) as never }));
    },
  ],
  [
    'a list may have more seats than it has candidates',
    'seats-follow-the-votes',
    (b) => b.changeAll('CandidateListFiled', (d) => (d.candidates += 1)),
  ],
  [
    'a substitute is proclaimed before who comes first',
    'elected-are-those-of-the-lists',
    (b) => {
      const { seats } = b.data(b.find('ResultProclaimed'));
      b.replaceDocument(seats, (text) => text.replace('Candidat 1"', 'Candidat 9"'));
    },
  ],
  [
    'a list with seats elects nobody',
    'elected-are-those-of-the-lists',
    (b) => {
      const { seats } = b.data(b.find('ResultProclaimed'));
      b.replaceDocument(seats, (text) => {
        const { elected, ...rest } = JSON.parse(text);
        return JSON.stringify({ ...rest, elected: elected.slice(1) });
      });
    },
  ],
  [
    'the elected are no people',
    'elected-are-those-of-the-lists',
    (b) => {
      const { seats } = b.data(b.find('ResultProclaimed'));
      b.replaceDocument(seats, () => JSON.stringify({ elected: [null] }));
    },
  ],
  [
    'a list has fewer candidates than seats',
    'elected-are-those-of-the-lists',
    (b) => {
      const { listId } = b.data(b.find('ResultProclaimed')).votes[0];
      const filed = [0, 1, 2, 3].map((n) => b.data(b.find('CandidateListFiled', n)));
      const { content } = filed.find((one) => one.listId === listId);
      b.replaceDocument(content, (text) => {
        const { candidates, ...rest } = JSON.parse(text);
        return JSON.stringify({ ...rest, candidates: candidates.slice(0, 1) });
      });
    },
  ],
  [
    'the members sign different minutes',
    'minutes-are-signed',
    (b) => {
      const other = b.data(b.find('ResultProclaimed')).seats;
      b.change('MinutesSigned', (d) => (d.minutes = other));
    },
  ],
  [
    'a stranger signs the minutes',
    'minutes-are-signed',
    (b) => b.change('MinutesSigned', (d) => (d.staffId = randomUUID())),
  ],
  [
    'a stranger writes in the minutes',
    'minutes-are-signed',
    (b) => b.change('ObservationWritten', (d) => (d.staffId = randomUUID())),
  ],
  [
    'an observation is written under signed minutes',
    'streams-follow-the-grammar',
    (b) => {
      const { type, data } = b.event(b.find('ObservationWritten'));
      b.insert(b.find('MinutesSigned'), { id: randomUUID(), type, data });
    },
  ],
  [
    'the minutes hide an incident',
    'minutes-say-what-was-found',
    (b) => {
      changeMinutes(b, (minutes) => ({ ...minutes, journal: [] }));
    },
  ],
  [
    'the minutes hide that batches were thin, as the freeze does',
    'minutes-say-what-was-found',
    (b) => {
      b.change('BoxFrozen', (d) => (d.thinBatches = 0));
      changeMinutes(b, (minutes) => ({ ...minutes, thinBatches: 0 }));
    },
  ],
  [
    'the freeze hides that batches were thin',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.thinBatches -= 1)),
  ],
  [
    'the minutes say a larger roll',
    'minutes-say-what-was-found',
    (b) => {
      changeMinutes(b, ({ roll, ...rest }) => ({ ...rest, roll: Number(roll) + 1 }));
    },
  ],
  ['the president does not countersign', 'minutes-are-signed', (b) => b.drop('MinutesSigned', 1)],
  [
    'nobody who presides signs',
    'minutes-are-signed',
    (b) => b.drop('MinutesSigned', 0).drop('MinutesSigned', 0),
  ],
  [
    'a ballot of the archive is another',
    'archives-are-what-was-counted',
    (b) => {
      b.archive((content) => content.replace(/"response":"\d{4}/, '"response":"1234'));
    },
  ],
  [
    'the archive has another result',
    'archives-are-what-was-counted',
    (b) => {
      b.archive((content) => content.replace(/\{"result":\[\[\d/, '{"result":[[9'));
    },
  ],
  [
    'the archive goes on after its end',
    'archives-are-what-was-counted',
    (b) => {
      b.archive((content) => `${content}more`);
    },
  ],
  [
    'the archive is cut off',
    'archives-are-what-was-counted',
    (b) => {
      b.archive((content) => content.slice(0, -512));
    },
  ],
  [
    'an archive is missing',
    'archives-are-what-was-counted',
    (b) => {
      const at = b.lines.findIndex((line) => 'archive' in line);
      b.lines.splice(at, 1);
      const end = b.lines.at(-1) as { end: { archives: number } };
      end.end.archives -= 1;
    },
  ],
];
