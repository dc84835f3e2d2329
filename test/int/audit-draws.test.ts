import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle, type AuditReport } from '../../src/auditor/audit.js';
import { allocateSeats } from '../../src/crypto/seats.js';
import { auditedElection } from '../support/audited-election.js';
import { Surgery } from '../support/bundle-surgery.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
let whole: string;
beforeAll(async () => {
  made = await auditedElection({ electors: 8 }); // two votes for each of two lists, fifteen seats
  whole = await made.bundle('public');
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

async function failing(how: (bundle: Surgery) => unknown): Promise<AuditReport['claims'][number][]> {
  const bundle = new Surgery(whole);
  how(bundle);
  async function* text() {
    yield await Promise.resolve(bundle.signedBy(made.transparency.signer));
  }
  const { claims } = await auditBundle(text(), { threads: 0 });
  return claims.filter(({ verdict }) => verdict === 'fails');
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
    expect(new Surgery(whole).find('TieDrawn', 1)).toBeGreaterThan(0);
    expect(await failing(() => undefined)).toEqual([]);
  });

  it('is found when it went to the other list', async () => {
    const found = await failing((bundle) => {
      bundle.change('TieDrawn', (tie: Tie) => {
        tie.drawn = tie.among.find((one) => one !== tie.drawn) ?? '';
      });
    });
    expect(found.map(({ name }) => name)).toEqual(['seats-follow-the-votes']);
  });

  it('is found when it was drawn from the root alone, or from any other seed', async () => {
    for (const seed of ['', 'ab'.repeat(32)]) {
      const found = await failing((bundle) => {
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
