import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BallotPool } from '../../src/auditor/ballot-pool.js';
import { objectionToStream } from '../../src/cli/streamed-box.js';
import { parseBallot } from '../../src/crypto/ballot.js';
import { makeBallot } from '../../src/crypto/ballot-maker.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { openPoll, parseElection, printElection } from '../../src/crypto/election.js';
import { objectionTo } from '../../src/crypto/holder.js';
import { rootOfLines, sortedLines } from '../../src/crypto/line-list.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { printTally, RunningTally } from '../../src/crypto/tally.js';
import { random } from '../unit/crypto/ceremony.js';

const group = await serverGroup('Ed25519');
const poll = openPoll(
  group,
  parseElection(
    printElection({
      ...{ uuid: 'ABCDEFGHJKLMNP', name: 'N', description: 'D', group: 'Ed25519' },
      publicKey: group.print(group.g.exp(7n)),
      questions: [{ question: 'Q', answers: ['A', 'B'], blank: false, min: 1, max: 1 }],
    }),
  ),
);
const ballots = Array.from(
  { length: 250 },
  (_, i) => makeBallot(poll, BigInt(i + 2), [i % 2 ? [1, 0] : [0, 1]], random).text,
);

/** What an honest board publishes of these ballots. */
function published(texts: readonly string[]) {
  const tally = new RunningTally(group, poll.election);
  for (const text of texts) tally.add(parseBallot(poll, text).answers);
  return {
    ballots: texts.length,
    boxRoot: rootOfLines(sortedLines(texts.map(sha256Base64))),
    tally: printTally(group, tally.sum()),
  };
}

async function* lines(texts: readonly string[]) {
  for (const text of texts) yield await Promise.resolve(text);
  yield '';
}

let pool: BallotPool;
beforeAll(() => {
  pool = new BallotPool(2);
});
afterAll(() => pool.close());

describe('a box that is read ballot by ballot', () => {
  const honest = published(ballots);
  const [first, second] = ballots as [string, string];
  const forged = first.replace(/"response":"\d\d\d(?=\d*"}}}$)/, '"response":"123'); // of its signature
  it.each([
    ['is what the board published', honest, ballots, undefined],
    ['is empty', published([]), [], undefined],
    ['has a ballot less', honest, ballots.slice(1), 'count'],
    ['has a ballot more', { ...honest, ballots: 249 }, ballots, 'count'],
    [
      'has one ballot twice',
      published([...ballots.slice(1), second]),
      [...ballots.slice(1), second],
      'twice',
    ],
    ['is another box', honest, ballots.with(0, makeBallot(poll, 999n, [[1, 0]], random).text), 'root'],
    ['has the tally of one ballot', { ...honest, tally: published([first]).tally }, ballots, 'tally'],
  ] as const)('and %s', async (_, frozen, texts, objection) => {
    expect(await objectionToStream(poll, frozen, lines(texts), pool)).toBe(objection);
    expect(objectionTo(poll, frozen, texts)).toBe(objection); // what the page says of it
  });

  it('and has a ballot whose proof does not hold', async () => {
    const texts = ballots.with(0, forged);
    expect(await objectionToStream(poll, published(texts), lines(texts), pool)).toBe('proofs');
  });
});
