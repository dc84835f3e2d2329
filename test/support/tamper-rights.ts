/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call -- fields are changed at will */
import { randomBytes, randomUUID } from 'node:crypto';
import { canonicalJson } from '../../src/crypto/canonical-json.js';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { fileOfLines, rootOfLines, sortedLines } from '../../src/crypto/line-list.js';
import { makeVotingCode } from '../../src/crypto/voting-code.js';
import type { Surgery, Tampering } from './bundle-surgery.js';
import type { Finished } from './finished-election.js';

/** What an operator could prepare before the vote, consistently: everything is sealed, opened and signed like that. */
export const tamperedRights: readonly Tampering[] = [
  [
    'rights to vote are sealed that no elector has',
    'rights-to-vote-are-within-the-roll',
    (b, election) => {
      addRights(b, election, 3);
    },
  ],
  [
    'the roll comes after the votes and lacks an elector who signed',
    'signatures-are-within-the-roll',
    (b) => {
      const { scrutinId, rollFile } = b.data(b.find('BoxOpened'));
      const [gone] = b.data(b.find('VotesCast', 0, `box-${scrutinId}`)).signatures;
      changeList(b, 'roll', rollFile, (tags) => [...tags.filter((tag) => tag !== gone), 'f'.repeat(64)]);
      const hash = b.data(b.find('BoxOpened')).rollFile;
      const at = documentAt(b, hash);
      b.lines.splice(b.find('BoxFrozen'), 0, ...b.lines.splice(at, 1));
    },
  ],
  [
    'more sign than the roll was sealed with',
    'signatures-are-within-the-roll',
    (b) => {
      for (const type of ['ScrutinsSealed', 'BoxOpened'])
        b.change(type, (d) => ((d.scrutins?.[0] ?? d).roll.count = 3));
    },
  ],
  [
    'the lists were never closed',
    'lists-were-closed-before-sealing',
    (b) => b.drop('ListsClosed').drop('ElectionOpened'),
  ],
  [
    'the lists were never closed and the election did not open',
    'streams-follow-the-grammar',
    (b) => b.drop('ListsClosed').drop('ElectionOpened').drop('ElectionClosed'),
  ],
  [
    'the election did not open',
    'streams-follow-the-grammar',
    (b) => b.drop('ElectionOpened').drop('ElectionClosed'),
  ],
  [
    'an elector of another election comes to a sealed list',
    'lists-were-closed-before-sealing',
    (b) => {
      const registered = b.event(b.find('ElectorRegistered'));
      const electorId = randomUUID();
      const fields = { electorId, electionId: randomUUID() };
      const data = canonicalJson({ ...JSON.parse(registered.data), ...fields });
      const event = { ...registered, id: randomUUID(), stream: `elector-${electorId}`, data };
      b.lines.splice(b.find('BoxFrozen'), 0, { event });
    },
  ],
  ...(['"max":3', '"max":1,"blank":true'] as const).map((other, i): Tampering => [
    i === 0 ? 'a ballot may choose several lists' : 'a ballot may be blank in another form',
    'seals-hold',
    (b) => {
      const { electionFile, scrutinId } = b.data(b.find('BoxOpened'));
      const change = (text: string) =>
        i === 0
          ? text.replace('"max":1', other)
          : text.replace('"min":1,"max":1', '"blank":true,"min":1,"max":1');
      const fingerprint = fingerprintAfter(b, electionFile, change);
      b.replaceDocument(electionFile, change);
      b.change('ScrutinsSealed', (d) => {
        d.scrutins.find((one: { scrutinId: string }) => one.scrutinId === scrutinId).fingerprint =
          fingerprint;
      });
    },
  ]),
];

/** Seals more credentials for the first scrutin, and lists them until the end. */
export function addRights(b: Surgery, { group, scrutins }: Finished, count: number): void {
  const { scrutinId, credentialsFile } = b.data(b.find('BoxOpened'));
  const uuid = scrutins.find((one) => one.scrutinId === scrutinId)?.poll.election.uuid ?? '';
  const more = Array.from({ length: count }, () =>
    publicCredential(
      group,
      deriveCredential(
        group,
        uuid,
        makeVotingCode((length) => randomBytes(length)),
      ),
    ),
  );
  changeList(b, 'credentials', credentialsFile, (lines) => [...lines, ...more]);
  const frozen = b.data(b.find('BoxFrozen', 0, `box-${scrutinId}`));
  const final = listAfter(b, frozen.credentialsFile, (lines) => [...lines, ...more]);
  b.replaceDocument(frozen.credentialsFile, () => fileOfLines(final));
  b.change('BoxFrozen', (d) => (d.credentials = { root: rootOfLines(final), count: final.length }));
}

/** Puts another list in the place of one, under the root and count that are then sealed and opened. */
function changeList(
  b: Surgery,
  which: 'roll' | 'credentials',
  file: string,
  how: (lines: string[]) => string[],
): void {
  const lines = listAfter(b, file, how);
  b.replaceDocument(file, () => fileOfLines(lines));
  const list = { root: rootOfLines(lines), count: lines.length };
  const { scrutinId } = b.data(b.find('BoxOpened'));
  b.change('BoxOpened', (d) => (d[which] = list));
  b.change('ScrutinsSealed', (d) => {
    d.scrutins.find((one: { scrutinId: string }) => one.scrutinId === scrutinId)[which] = list;
  });
}

function listAfter(b: Surgery, file: string, how: (lines: string[]) => string[]): string[] {
  return sortedLines(how(textOf(b, file).split('\n').slice(0, -1)));
}

function fingerprintAfter(b: Surgery, file: string, how: (text: string) => string): string {
  return sha256Base64(how(textOf(b, file)));
}

function textOf(b: Surgery, sha256: string): string {
  const { document } = b.lines[documentAt(b, sha256)] as { document: { base64: string } };
  return Buffer.from(document.base64, 'base64').toString();
}

function documentAt(b: Surgery, sha256: string): number {
  const at = b.lines.findIndex(
    (line) => (line['document'] as { sha256: string } | undefined)?.sha256 === sha256,
  );
  if (at < 0) throw new Error(`no document ${sha256}`);
  return at;
}
