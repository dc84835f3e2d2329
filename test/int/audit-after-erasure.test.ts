import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { auditBundle, type AuditReport } from '../../src/auditor/audit.js';
import { eraseElection } from '../../src/erasure/erasure.js';
import { digestLedger } from '../../src/ledger/copy.js';
import { auditedElection } from '../support/audited-election.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
let owner: pg.Client;
beforeAll(async () => {
  made = await auditedElection();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await made.close();
});

async function* pieces(text: string) {
  for (let at = 0; at < text.length; at += 60_000) yield await Promise.resolve(text.slice(at, at + 60_000));
}

async function audit(kind: 'public' | 'auditor'): Promise<AuditReport> {
  return auditBundle(pieces(await made.bundle(kind)), { threads: 0 });
}

const verdicts = ({ claims }: AuditReport) => claims.map(({ name, verdict }) => [name, verdict]);
const rows = async (table: string) => (await owner.query(`select from ${table}`)).rowCount ?? 0;

describe('an election that was erased after the legal delay', () => {
  it('is audited as sound as before, from the same events and roots, without anybody it was about', async () => {
    const before = { public: await audit('public'), auditor: await audit('auditor') };
    expect([before.public.sound, before.auditor.sound]).toEqual([true, true]);
    const ledger = await digestLedger(made.store);
    const log = await made.transparency.log.state();
    const root = Buffer.from(await made.transparency.log.rootAt(log.size)).toString('hex');
    expect(await rows('vault.versions')).toBeGreaterThan(0);

    const { electionId } = made.election;
    const title = await titleOf(electionId);
    const erased = await eraseElection({ store: made.store, owner }, electionId, {
      title,
      now: '2030-01-01T00:00:00.000Z',
    });
    expect(erased).toMatchObject({ electors: made.election.electors.length });
    expect(erased.documents).toBeGreaterThan(0);
    expect([await rows('vault.versions'), await rows('vault.identifiers')]).toEqual([0, 0]);

    expect(await digestLedger(made.store)).toStrictEqual(ledger);
    expect(Buffer.from(await made.transparency.log.rootAt(log.size)).toString('hex')).toBe(root);
    for (const kind of ['public', 'auditor'] as const) {
      const after = await audit(kind);
      expect(after.sound).toBe(true);
      expect(verdicts(after)).toStrictEqual(verdicts(before[kind]));
      expect(after.results).toStrictEqual(before[kind].results);
    }
  });

  async function titleOf(electionId: string): Promise<string> {
    for await (const { data } of made.store.readStream(`election-${electionId}`, { limit: 1 }))
      return (JSON.parse(data) as { title: string }).title;
    throw new Error('it was not declared');
  }
});
