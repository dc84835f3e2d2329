import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ballotReference } from '../../src/crypto/ballot.js';
import { serverChecks } from '../../src/crypto/server-checks.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Disputed, Rechecking } from '../../src/modules/counting/rechecking.js';
import { castBatch, caughtUp, moveClock } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { written } from '../support/service.js';

let portal: Portal;
let election: SealedElection;
let first: TestScrutin;
let second: TestScrutin;
const of = <T>(kind: abstract new (...args: never[]) => T): T =>
  portal.app.get(kind as never, { strict: false });

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' });
  election = await sealElection(portal.foundation, {
    now: '2022-12-01T08:00:00.000Z',
    ...{ closesAt: '2022-12-08T16:00:00.000Z', scrutins: 2, electors: 4 },
  });
  [first, second] = election.scrutins as [TestScrutin, TestScrutin];
  const votes = [[0, 0], [1, 1]] as const; // prettier-ignore
  for (const scrutin of election.scrutins)
    await castBatch(portal, election, scrutin, votes, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
  await caughtUp(portal);
}, 120_000);
afterAll(() => portal.close());

/** A ballot of the third elector that no verifier should have let in. */
function invalidBallot(): string {
  const elector = election.electors[2] as SealedElection['electors'][number];
  const { text } = election.ballotFor(elector, first, 0);
  return text.replace(/"response":"(\d+)"\}\}\}$/, (_whole, digits: string) => {
    return `"response":"${BigInt(digits) ^ 1n}"}}}`;
  });
}

describe('the second verification', () => {
  it('goes on where it was, and finds nothing in a sound box', async () => {
    expect(await of(Rechecking).advance(first.scrutinId)).toEqual({ ballots: 2, revision: 1, disputed: [] });
    await castBatch(portal, election, first, [[3, 'blank']], { batch: 2, at: '2022-12-02T11:00:00.000Z' });
    expect(await of(Rechecking).advance(first.scrutinId)).toEqual({ ballots: 3, revision: 2, disputed: [] });
  });

  it('names what libsodium refuses, and stops the freeze of that box and of no other', async () => {
    const ballot = invalidBallot();
    const reference = ballotReference(election.group, ballot);
    const data = {
      ...{ scrutinId: first.scrutinId, batch: 3, at: '2022-12-03T10:00:00.000Z' },
      ...{ signatures: ['f'.repeat(64)], ballots: [ballot] },
    };
    await portal.foundation.store.append(`box-${first.scrutinId}`, 'any', [
      written({ type: 'VotesCast', data }),
    ]);
    expect(await of(Rechecking).advance(first.scrutinId)).toMatchObject({
      ballots: 4,
      disputed: [reference],
    });
    await caughtUp(portal);
    moveClock(portal, '2022-12-08T16:21:00.000Z');
    for (let again = 0; again < 2; again++) {
      const freeze = of(Freezing).freezeDue();
      await expect(freeze).rejects.toBeInstanceOf(Disputed);
      await expect(freeze).rejects.toMatchObject({ references: [reference] });
    }
    expect((await of(Boxes).of(first.scrutinId)).phase).toBe('open');
    expect((await of(Boxes).of(second.scrutinId)).phase).toBe('frozen');
    expect(await portal.foundation.metrics.text()).toContain('isoloir_ballots_disputed_total 1');
    // an instance that takes over knows nothing, and comes to the same
    Reflect.set(of(Rechecking), 'known', new Map());
    await expect(of(Rechecking).require(first.scrutinId)).rejects.toMatchObject({ references: [reference] });
  });

  it('had to: the kernel refuses that ballot too, and only a faulty one would not', async () => {
    const verdicts = (await serverChecks('kernel'))(first.poll, [invalidBallot()]);
    expect(verdicts).toMatchObject([{ valid: false, path: '$.signature.proof' }]);
  });
});
