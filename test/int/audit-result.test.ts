import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { auditBundle, type AuditReport } from '../../src/auditor/audit.js';
import { describeReport } from '../../src/auditor/report-text.js';
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import { allocateSeats } from '../../src/crypto/seats.js';
import { auditedElection } from '../support/audited-election.js';
import { Surgery } from '../support/bundle-surgery.js';
import { changeMinutes, changeSteps, liedAbout, without } from '../support/minutes-surgery.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
let whole: string;
beforeAll(async () => {
  made = await auditedElection({
    electors: 8, // two votes for each of two lists, fifteen seats
    joint: [
      { affiliation: 'Une', percent: 70 },
      { affiliation: 'Autre', percent: 30 },
    ],
  });
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

async function report(how: (bundle: Surgery) => unknown): Promise<AuditReport> {
  const bundle = new Surgery(whole);
  how(bundle);
  async function* text() {
    yield await Promise.resolve(bundle.signedBy(made.transparency.signer));
  }
  return auditBundle(text(), {
    threads: 0,
    onFinding: (name, _, reason) => reasons.push(`${name}: ${reason}`),
  });
}

async function failing(how: (bundle: Surgery) => unknown): Promise<AuditReport['claims'][number][]> {
  const { claims } = await report(how);
  return claims.filter(({ verdict }) => verdict === 'fails');
}

/** All that is found wrong, beyond the hundred of a claim. */
let reasons: string[] = [];
beforeEach(() => {
  reasons = [];
});

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

describe('the document of the seats', () => {
  const SAYS = 'seats-follow-the-votes: the document of its seats says something else of ';

  it('is compared in every place, but for whom it names elected', async () => {
    const lies: string[] = [];
    await failing((bundle) => {
      changeSteps(bundle, ({ elected = [], ...steps }) => ({
        ...(liedAbout(steps, lies) as object),
        elected,
      }));
    });
    expect(lies.map((path) => path.split('.')[0])).toEqual(
      expect.arrayContaining(['places', 'votes', 'seed', 'ties', 'lists', 'steps', 'draws', 'joint']),
    );
    expect(named(SAYS)).toEqual(lies.sort());
  });

  it('is found when it says less, more, or nothing', async () => {
    const said: string[] = [];
    await failing((bundle) => {
      changeSteps(bundle, (steps) => {
        said.push(...Object.keys(steps));
        return { more: 1 };
      });
    });
    const leaves = said.filter((name) => name !== 'elected' && name !== 'joint'); // of before they were said
    expect(named(SAYS)).toEqual([...leaves, 'more'].sort());
    await failing((bundle) => {
      changeSteps(bundle, () => null);
    });
    expect(reasons).toContain('seats-follow-the-votes: the document of its seats has no fields');
  });

  it('of a list that could have more seats than its candidates is found', async () => {
    const found = await failing((bundle) => {
      bundle.changeAll('CandidateListFiled', (filed: { candidates: number }) => (filed.candidates = 11));
    });
    const seats = found.find(({ name }) => name === 'seats-follow-the-votes');
    expect(seats?.findings[0]?.reason).toMatch(/^list \S+: 11 seats may be filled, by its document 10$/);
  });
});

describe('minutes', () => {
  const SAY = 'minutes-say-what-was-found: the minutes say something else of ';
  const claimOf = ({ claims }: AuditReport) =>
    claims.find(({ name }) => name === 'minutes-say-what-was-found');
  const notes = (given: AuditReport) => claimOf(given)?.notes?.map(({ reason }) => reason) ?? [];

  it('that members signed are compared in every place with what this audit found', async () => {
    const lies: string[] = [];
    await failing((bundle) => {
      changeMinutes(bundle, (minutes) => liedAbout(minutes, lies));
    });
    const fields = new Set(lies.map((path) => path.split('.')[0]));
    expect([...fields].sort()).toEqual(everyField.sort());
    expect(lies.length).toBeGreaterThan(100);
    expect(named(SAY)).toEqual(lies.sort());
  });

  it('are found when they say nothing, more, or in another form', async () => {
    const found = await report((bundle) => {
      changeMinutes(bundle, () => ({ more: 1 }));
    });
    expect(named(SAY)).toEqual([...everyField.filter((name) => name !== 'listsClosedAt'), 'more'].sort());
    expect(notes(found)).toContain('not checked: listsClosedAt, of which they say nothing');
    reasons = [];
    await failing((bundle) => {
      changeMinutes(bundle, () => 'un texte');
    });
    await failing((bundle) => {
      const { minutes } = bundle.data(bundle.find('MinutesSigned')) as { minutes: string };
      bundle.replaceDocument(minutes, (text) => ` ${text}`);
    });
    expect(reasons).toEqual([
      'minutes-say-what-was-found: the minutes have no fields',
      'minutes-say-what-was-found: the minutes are not canonical',
    ]);
  });

  it('of before they said who is elected, when lists were closed and what members wrote, hold', async () => {
    const found = await report((bundle) => {
      changeSteps(bundle, (steps) => without(steps, 'elected', 'joint'));
      const { seats } = bundle.data(bundle.find('ResultProclaimed')) as { seats: string };
      bundle.drop('ObservationWritten');
      changeMinutes(bundle, (minutes) => ({
        ...without(minutes, 'elected', 'listsClosedAt', 'observations'),
        seats,
      }));
    });
    expect(reasons).toEqual(['documents-are-what-events-name: is named by no event before it']); // what was written
    expect(notes(found)).toEqual(
      expect.arrayContaining([
        'not checked: listsClosedAt, of which they say nothing',
        'not checked: elected, of which they say nothing',
      ]),
    );
  });

  it('may lack a line of the journal that came while they were signed, and no other', async () => {
    const late = (bundle: Surgery, minutes: number) => {
      const at = Date.parse((bundle.data(bundle.find('MinutesSigned')) as { at: string }).at);
      const last = bundle.find('IncidentLogged', -1);
      const { type } = bundle.event(last);
      const data = { ...(bundle.data(last) as Record<string, Json>), incidentId: randomUUID() };
      const { scrutinId } = bundle.data(bundle.find('MinutesSigned')) as { scrutinId: string };
      const logged = { ...data, scrutinId, at: new Date(at - minutes * 60_000).toISOString() };
      bundle.insert(bundle.find('InterventionLogged'), {
        id: randomUUID(),
        type,
        data: canonicalJson(logged),
      });
    };
    const found = await report((bundle) => {
      late(bundle, 1);
    });
    expect(reasons).toEqual([]);
    expect(notes(found)).toContain('1 lines of the journal came while they were signed');
    await failing((bundle) => {
      late(bundle, 3);
    });
    expect(named(SAY)).toEqual(['journal.2']);
  });

  it('without a countersignature of the president do not stand; delegates who have not signed are named', async () => {
    const signed = ({ claims }: AuditReport) => claims.find(({ name }) => name === 'minutes-are-signed');
    const honest = await report(() => undefined);
    const missing = 'not countersigned by seats 4, 5, 6';
    expect(signed(honest)).toMatchObject({
      verdict: 'holds',
      notes: [{ reason: missing }, { reason: missing }],
    });
    expect(notes(honest)).toEqual(
      Array(2)
        .fill([
          'not checked: reassorts, which the freeze says: electors are not shown',
          'not checked: texts of the journal and of interruptions, by their hashes alone',
        ])
        .flat(),
    );
    expect(describeReport(honest, 'fr')).toContain('les sièges 4, 5, 6 n’ont pas contresigné');
    expect(describeReport(honest, 'fr')).not.toMatch(/not checked|countersigned/);
    await failing((bundle) => bundle.drop('MinutesSigned', 1));
    expect(reasons).toEqual(['minutes-are-signed: the president has not countersigned']);
    reasons = [];
    await failing((bundle) => bundle.drop('MinutesSigned', 0));
    expect(reasons).toContain('minutes-are-signed: the secretary has not signed');
  });
});

/** What the findings name that begin so, sorted. */
function named(beginning: string): string[] {
  const all = reasons.filter((reason) => reason.startsWith(beginning));
  return all.map((reason) => reason.slice(beginning.length)).sort();
}

const everyField = [
  ...['scrutinId', 'electionId', 'election', 'title', 'board', 'listsClosedAt', 'opensAt', 'closesAt'],
  ...['graceMinutes', 'frozenAt', 'proclaimedAt', 'seal', 'sealApprovedBy', 'roll', 'signatures', 'ballots'],
  ...['tallied', 'batches', 'thinBatches', 'reassorts', 'boxRoot', 'registerRoot', 'reconciledBy', 'blank'],
  ...['places', 'lists', 'seats', 'steps', 'joint', 'elected', 'draws', 'decryptedBy', 'rejectedDecryptions'],
  ...['interruptions', 'journal', 'remarks', 'observations'],
];
