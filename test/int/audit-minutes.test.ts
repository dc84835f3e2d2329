import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { AuditReport } from '../../src/auditor/audit.js';
import { describeReport } from '../../src/auditor/report-text.js';
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import type { Counted } from '../../src/modules/counting/counting.decider.js';
import { remarksOn } from '../../src/modules/counting/minutes-content.js';
import { auditedElection, JOINT } from '../support/audited-election.js';
import type { Surgery } from '../support/bundle-surgery.js';
import { ChangedAudit } from '../support/changed-audit.js';
import { changeMinutes, changeSteps, liedAbout, without } from '../support/minutes-surgery.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
let changed: ChangedAudit;
beforeAll(async () => {
  made = await auditedElection(JOINT);
  changed = await ChangedAudit.of(made);
}, 120_000);
afterAll(() => made.close());

interface Filed {
  scrutinId: string;
  staffId: string;
  at: string;
}

const everyField = [
  ...['scrutinId', 'electionId', 'election', 'title', 'board', 'listsClosedAt', 'opensAt', 'closesAt'],
  ...['graceMinutes', 'frozenAt', 'proclaimedAt', 'seal', 'sealApprovedBy', 'roll', 'signatures', 'ballots'],
  ...['tallied', 'batches', 'thinBatches', 'reassorts', 'boxRoot', 'registerRoot', 'reconciledBy', 'blank'],
  ...['places', 'lists', 'seats', 'steps', 'joint', 'elected', 'draws', 'decryptedBy', 'rejectedDecryptions'],
  ...['interruptions', 'journal', 'remarks', 'discrepancies', 'observations'],
];

/** When the second scrutin was, in milliseconds since 1970. */
function proclaimed(): number {
  const { bundle } = changed;
  return Date.parse((bundle.data(bundle.find('ResultProclaimed', -1)) as { at: string }).at);
}

describe('minutes', () => {
  const SAY = 'minutes-say-what-was-found: the minutes say something else of ';
  const claimOf = ({ claims }: AuditReport) =>
    claims.find(({ name }) => name === 'minutes-say-what-was-found');
  const notes = (given: AuditReport) => claimOf(given)?.notes?.map(({ reason }) => reason) ?? [];

  it('that members signed are compared in every place with what this audit found', async () => {
    const lies: string[] = [];
    await changed.failing((bundle) => {
      changeMinutes(bundle, (minutes) => liedAbout(minutes, lies));
    });
    const fields = new Set(lies.map((path) => path.split('.')[0]));
    expect([...fields].sort()).toEqual(everyField.sort());
    expect(lies.length).toBeGreaterThan(100);
    expect(changed.named(SAY)).toEqual(lies.sort());
  });

  it('are found when they say nothing, more, or in another form', async () => {
    const found = await changed.report((bundle) => {
      changeMinutes(bundle, () => ({ more: 1 }));
    });
    const none = ['listsClosedAt', 'discrepancies']; // of before it was said, and where there are none
    expect(changed.named(SAY)).toEqual([...everyField.filter((name) => !none.includes(name)), 'more'].sort());
    expect(notes(found)).toContain('not checked: listsClosedAt, of which they say nothing');
    await changed.failing((bundle) => {
      changeMinutes(bundle, () => 'un texte');
    });
    expect(changed.reasons).toEqual(['minutes-say-what-was-found: the minutes have no fields']);
    await changed.failing((bundle) => {
      const { minutes } = bundle.data(bundle.find('MinutesSigned')) as { minutes: string };
      bundle.replaceDocument(minutes, (text) => ` ${text}`);
    });
    expect(changed.reasons).toEqual(['minutes-say-what-was-found: the minutes are not canonical']);
  });

  it('of before they said who is elected, when lists were closed and what members wrote, hold', async () => {
    const found = await changed.report((bundle) => {
      changeSteps(bundle, (steps) => without(steps, 'elected', 'joint'));
      const { seats } = bundle.data(bundle.find('ResultProclaimed')) as { seats: string };
      bundle.drop('ObservationWritten');
      changeMinutes(bundle, (minutes) => ({
        ...without(minutes, 'elected', 'listsClosedAt', 'discrepancies', 'observations'),
        seats,
      }));
    });
    expect(changed.reasons).toEqual(['documents-are-what-events-name: is named by no event before it']); // what was written
    expect(notes(found)).toEqual(
      expect.arrayContaining([
        'not checked: listsClosedAt, of which they say nothing',
        'not checked: elected, of which they say nothing',
      ]),
    );
  });

  it('say when lists were closed, since they say what members wrote', async () => {
    await changed.failing((bundle) => {
      changeMinutes(bundle, (minutes) => without(minutes, 'listsClosedAt'));
    });
    expect(changed.named(SAY)).toEqual(['listsClosedAt']);
  });

  it('tell of parts that were refused or withdrawn', async () => {
    const filed = ({ staffId, at }: Filed) => ({ staffId, at, seat: 4, office: 'delegate' });
    const again = '2022-12-02T12:00:00.000Z';
    const refuse = (bundle: Surgery) => {
      const last = bundle.find('PartialDecryptionFiled', 2);
      const { type, data } = bundle.event(last);
      const { scrutinId, staffId } = bundle.data(last) as Filed;
      const refused = { scrutinId, staffId, seat: 4, reason: 'disagrees', at: again };
      bundle.insert(last, {
        id: randomUUID(),
        type,
        data: canonicalJson({ ...(JSON.parse(data) as Record<string, Json>), at: again }),
      });
      bundle.insert(last, {
        ...{ id: randomUUID(), type: 'PartialDecryptionRejected.v1' },
        data: canonicalJson(refused),
      });
      return { staffId, scrutinId };
    };
    await changed.failing((bundle) => {
      refuse(bundle);
    });
    expect(changed.named(SAY)).toEqual(['decryptedBy.2.at', 'rejectedDecryptions.0']);
    await changed.failing((bundle) => {
      const { staffId, scrutinId } = refuse(bundle);
      changeMinutes(bundle, ({ decryptedBy, ...rest }) => ({
        ...rest,
        decryptedBy: [...(decryptedBy as Json[]).slice(0, 2), filed({ staffId, scrutinId, at: again })],
        rejectedDecryptions: [{ seat: 4, reason: 'disagrees', at: again }],
      }));
    });
    expect(changed.named(SAY)).toEqual([]);
  });

  it('name members by the seats that they hold when they are signed', async () => {
    await changed.failing((bundle) => {
      const sealed = bundle.find('ScrutinsSealed');
      const { boardId, at } = bundle.data(sealed) as { boardId: string; at: string };
      const replaced = { boardId, seat: 3, staffId: randomUUID(), by: randomUUID(), at };
      bundle.insert(sealed, {
        ...{ id: randomUUID(), type: 'BoardMemberReplaced.v1' },
        data: canonicalJson(replaced),
      });
    });
    const fields = [
      'decryptedBy.1.office',
      'decryptedBy.1.seat',
      'sealApprovedBy.1.office',
      'sealApprovedBy.1.seat',
    ];
    expect(new Set(changed.named(SAY))).toEqual(new Set(fields));
  });

  it('remark that ballots and signatures differ, in the words of the service', async () => {
    const steal = (bundle: Surgery) => {
      bundle.change('VotesCast', (cast: { signatures: string[] }) => cast.signatures.pop());
    };
    await changed.failing(steal);
    expect(changed.named(SAY)).toEqual(['registerRoot', 'remarks.0', 'signatures']);
    const counted = {
      frozen: { ballots: 6, signatures: 5 },
      tally: { ballots: 6 },
      result: { blank: 6, votes: [] },
    };
    const remarks = remarksOn(counted as unknown as Counted);
    await changed.failing((bundle) => {
      steal(bundle);
      changeMinutes(bundle, (minutes) => ({ ...minutes, remarks }));
    });
    expect(changed.named(SAY)).toEqual(['registerRoot', 'signatures']);
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
    const found = await changed.report((bundle) => {
      late(bundle, 1);
    });
    expect(changed.reasons).toEqual([]);
    expect(notes(found)).toContain('1 lines of the journal came while they were signed');
    await changed.failing((bundle) => {
      late(bundle, 3);
    });
    expect(changed.named(SAY)).toEqual(['journal.3']);
  });

  it('without a countersignature of the president do not stand; delegates who have not signed are named', async () => {
    const signed = ({ claims }: AuditReport) => claims.find(({ name }) => name === 'minutes-are-signed');
    const honest = await changed.report(() => undefined);
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
    const [early, late] = [1, 25].map((hours) => new Date(proclaimed() + hours * 3_600_000).toISOString());
    const unsigned =
      (at = '') =>
      (bundle: Surgery) =>
        bundle
          .drop('MinutesSigned', 1)
          .changeAll('CheckpointSigned', (signing: { at: string }) => (signing.at = at));
    const awaited = await changed.report(unsigned(early));
    expect(awaited).toMatchObject({ sound: true, finished: false });
    const place = (name: string) => awaited.claims.find((claim) => claim.name === name)?.notes?.[0]?.reason;
    expect(place('every-sealed-scrutin-is-counted')).toBe(
      'its result is proclaimed, and its minutes are not signed yet',
    );
    await changed.failing(unsigned(late));
    expect(changed.reasons).toEqual(['minutes-are-signed: the president has not countersigned']);
    await changed.failing((bundle) => bundle.drop('MinutesSigned', 0));
    expect(changed.reasons).toContain('minutes-are-signed: the secretary has not signed');
  });
});
