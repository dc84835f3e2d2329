import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { answersOf, NotSealed, openSealed, sealChoice } from '../../../src/browser/booth/ballot.js';
import { answerOf, BLANK_ANSWER } from '../../../src/crypto/answers.js';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { openPoll, parseElection, printElection } from '../../../src/crypto/election.js';
import type { GroupName } from '../../../src/crypto/group.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { makeVotingCode } from '../../../src/crypto/voting-code.js';

const code = makeVotingCode((length) => new Uint8Array(length).fill(5));
const lists = ['Liste A', 'Liste B'].map((title, i) =>
  answerOf({ listId: `0b7a2f3c-6f1d-4b7e-8a51-1d2c3b4a5f6${i}`, title }),
);

async function electionOf(group: GroupName, change: { answers?: string[]; max?: number } = {}) {
  const server = await serverGroup(group);
  const { answers = [...lists, BLANK_ANSWER], max = 1 } = change;
  const raw = printElection({
    ...{ description: '', name: 'Essai', group, uuid: 'bmwrT8uHomwjwS' },
    publicKey: server.print(server.g.exp(20261122n)),
    questions: [{ question: 'Essai', answers, blank: false, min: 1, max }],
  });
  const electionFile = createHash('sha256').update(raw).digest('hex');
  return { raw, server, pinned: { electionFile, fingerprint: parseElection(raw).fingerprint } };
}

describe.each<GroupName>(['Ed25519', 'BELENIOS-2048'])('a ballot of the booth in %s', (group) => {
  it('is one that the server accepts, under the reference that was shown', async () => {
    const { raw, server, pinned } = await electionOf(group);
    const poll = openSealed(raw, pinned);
    expect(answersOf(poll)).toStrictEqual([...lists, BLANK_ANSWER]);
    for (const answer of [lists[1] as string, BLANK_ANSWER]) {
      const { text, reference } = sealChoice(poll, code, answer);
      const checked = checkBallot(openPoll(server, parseElection(raw)), text);
      expect(checked).toMatchObject({ valid: true, reference });
    }
  });
});

describe('an election file', () => {
  it('is refused when it is not to the byte what was sealed', async () => {
    const { raw, pinned } = await electionOf('Ed25519');
    expect(() => openSealed(`${raw}\n`, pinned)).toThrow(NotSealed);
    expect(() => openSealed(raw.replace('Liste A', 'Liste Z'), pinned)).toThrow(NotSealed);
    expect(() => openSealed(raw, { ...pinned, fingerprint: 'x'.repeat(43) })).toThrow(NotSealed);
  });

  it('is refused when it is not of our form, even if it was sealed', async () => {
    for (const change of [{ answers: lists }, { answers: [...lists, 'Vote blanc'] }, { max: 2 }]) {
      const { raw, pinned } = await electionOf('Ed25519', change);
      expect(() => openSealed(raw, pinned)).toThrow(NotSealed);
    }
  });
});
