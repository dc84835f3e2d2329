import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle, type AuditOptions, type AuditReport } from '../../src/auditor/audit.js';
import { auditedElection } from '../support/audited-election.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
beforeAll(async () => {
  made = await auditedElection();
});
afterAll(() => made.close());

async function* pieces(text: string) {
  for (let at = 0; at < text.length; at += 60_000) yield await Promise.resolve(text.slice(at, at + 60_000));
}

const audit = (text: string, options: AuditOptions = {}): Promise<AuditReport> =>
  auditBundle(pieces(text), { threads: 0, ...options });
const failing = ({ claims }: AuditReport) => claims.filter(({ verdict }) => verdict === 'fails');

describe('a whole election', () => {
  it.each(['auditor', 'public'] as const)('is exported and audited sound (%s)', async (kind) => {
    const report = await audit(await made.bundle(kind));
    expect(failing(report)).toEqual([]);
    expect(report.sound).toBe(true);
    expect(report.results.map(({ ballots }) => ballots)).toEqual([7, 7]);
    console.log(report.claims.filter(({ verdict }) => verdict === 'unchecked'));
  });
});
