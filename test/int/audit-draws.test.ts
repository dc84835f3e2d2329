import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allocateSeats } from '../../src/crypto/seats.js';
import { auditedElection, JOINT } from '../support/audited-election.js';
import type { Surgery } from '../support/bundle-surgery.js';
import { ChangedAudit } from '../support/changed-audit.js';
import { changeSteps, liedAbout } from '../support/minutes-surgery.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
let changed: ChangedAudit;
beforeAll(async () => {
  made = await auditedElection(JOINT);
  changed = await ChangedAudit.of(made);
}, 120_000);
afterAll(() => made.close());

interface Tie {
  seed: string;
  drawn: string;
  among: string[];
}
interface Proclaimed {
  votes: { listId: string; votes: number; seats: number }[];
}

/** The first scrutin proclaimed as another seed has it. */
function drawnFrom(bundle: Surgery, seed: string): void {
  bundle.change('ResultProclaimed', (result: Proclaimed) => {
    const lists = result.votes.map(({ listId, votes }) => ({ id: listId, votes, candidates: 10 }));
    const { lists: due, draws } = allocateSeats({ seats: 15, lists, seed });
    for (const [i, one] of result.votes.entries()) one.seats = due[i]?.seats ?? 0;
    bundle.change('TieDrawn', (tie: Tie) => {
      tie.seed = seed;
      tie.drawn = draws[0]?.drawn ?? '';
    });
  });
}

describe('a seat that was drawn by lot', () => {
  it('is drawn again from the box and its decryptions', async () => {
    expect(changed.bundle.find('TieDrawn', 1)).toBeGreaterThan(0);
    expect(await changed.failing(() => undefined)).toEqual([]);
  });

  it('is found when it went to the other list', async () => {
    const found = await changed.failing((bundle) => {
      bundle.change('TieDrawn', (tie: Tie) => {
        tie.drawn = tie.among.find((one) => one !== tie.drawn) ?? '';
      });
    });
    expect(found.map(({ name }) => name)).toEqual(['seats-follow-the-votes']);
  });

  it('is found when it was drawn from the root alone, or from any other seed', async () => {
    for (const seed of ['', 'ab'.repeat(32)]) {
      const found = await changed.failing((bundle) => {
        const { boxRoot } = bundle.data(bundle.find('BoxFrozen')) as { boxRoot: string };
        drawnFrom(bundle, seed === '' ? boxRoot : seed);
      });
      const seats = found.find(({ name }) => name === 'seats-follow-the-votes'); // the elected too, if the lot fell otherwise
      expect(seats?.findings.map(({ reason }) => reason)).toContain(
        'a draw is not made from the box and its decryptions',
      );
    }
  });
});

describe('the document of the seats', () => {
  const SAYS = 'seats-follow-the-votes: the document of its seats says something else of ';

  it('is compared in every place, but for whom it names elected', async () => {
    const lies: string[] = [];
    await changed.failing((bundle) => {
      changeSteps(bundle, ({ elected = [], ...steps }) => ({
        ...(liedAbout(steps, lies) as object),
        elected,
      }));
    });
    expect(lies.map((path) => path.split('.')[0])).toEqual(
      expect.arrayContaining(['places', 'votes', 'seed', 'ties', 'lists', 'steps', 'draws', 'joint']),
    );
    expect(changed.named(SAYS)).toEqual(lies.sort());
  });

  it('is found when it says less, more, or nothing', async () => {
    const said: string[] = [];
    await changed.failing((bundle) => {
      changeSteps(bundle, (steps) => {
        said.push(...Object.keys(steps));
        return { more: 1 };
      });
    });
    const leaves = said.filter((name) => name !== 'elected' && name !== 'joint'); // of before they were said
    expect(changed.named(SAYS)).toEqual([...leaves, 'more'].sort());
    await changed.failing((bundle) => {
      changeSteps(bundle, () => null);
    });
    expect(changed.reasons).toContain('seats-follow-the-votes: the document of its seats has no fields');
  });

  it('of a list that could have more seats than its candidates is found', async () => {
    const found = await changed.failing((bundle) => {
      bundle.changeAll('CandidateListFiled', (filed: { candidates: number }) => (filed.candidates = 11));
    });
    const seats = found.find(({ name }) => name === 'seats-follow-the-votes');
    expect(seats?.findings[0]?.reason).toMatch(/^list \S+: 11 seats may be filled, by its document 10$/);
  });
});
