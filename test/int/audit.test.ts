import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle, type AuditOptions, type AuditReport } from '../../src/auditor/audit.js';
import { askedProof, askedReference, type AskedBallot } from '../../src/auditor/asked-ballots.js';
import { claimNames } from '../../src/auditor/claims.js';
import { describeReport } from '../../src/auditor/report-text.js';
import { tallyHash } from '../../src/crypto/audited-tallies.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { decode } from '../../src/events/codec.js';
import { entriesOf } from '../../src/transparency/log-entries-of.js';
import { auditedElection } from '../support/audited-election.js';
import { Surgery } from '../support/bundle-surgery.js';
import { tamperedApproval } from '../support/tamper-approval.js';
import { tamperedBundle } from '../support/tamper-bundle.js';
import { tamperedCount } from '../support/tamper-count.js';
import { stateDiscrepancy, tamperedDiscrepancy } from '../support/tamper-discrepancy.js';
import { tamperedKey } from '../support/tamper-key.js';
import { REPLACED } from '../support/finished-election.js';
import { addRights, tamperedRights } from '../support/tamper-rights.js';
import { tamperedSeal } from '../support/tamper-seal.js';
import { tamperedVotes } from '../support/tamper-votes.js';

const tamperedByInsider = [
  ...tamperedVotes,
  ...tamperedCount,
  ...tamperedDiscrepancy,
  ...tamperedKey,
  ...tamperedApproval,
  ...tamperedSeal,
  ...tamperedRights,
];

let made: Awaited<ReturnType<typeof auditedElection>>;
let auditor: string;
let open: string;
beforeAll(async () => {
  made = await auditedElection();
  auditor = await made.bundle('auditor');
  open = await made.bundle('public');
});
afterAll(() => made.close());

async function* pieces(text: string) {
  for (let at = 0; at < text.length; at += 60_000) yield await Promise.resolve(text.slice(at, at + 60_000));
}

const audit = (text: string, options: AuditOptions = {}): Promise<AuditReport> =>
  auditBundle(pieces(text), { threads: 0, ...options });
/** A ballot that is in the first box. */
function castFirst(): AskedBallot {
  const bundle = new Surgery(auditor);
  const { scrutinId, ballots } = bundle.data(bundle.find('VotesCast')) as {
    scrutinId: string;
    ballots: string[];
  };
  return { scrutinId, reference: sha256Base64(ballots[0] ?? '') };
}
const failing = ({ claims }: AuditReport) => claims.filter(({ verdict }) => verdict === 'fails');

describe('a whole election, with a re-issued code, a suspended box and an extension', () => {
  it.each(['auditor', 'public'] as const)('is exported and audited sound (%s)', async (kind) => {
    const report = await audit(kind === 'public' ? open : auditor);
    expect(failing(report)).toEqual([]);
    expect(report.sound).toBe(true);
    expect(report.results.map(({ ballots }) => ballots)).toEqual([7, 7]);
    const { electionId } = made.election;
    expect(report.booths).toEqual([{ electionId, sha256: REPLACED.booth }]); // not the one that was sealed
    expect(describeReport(report, 'fr')).toContain('Conforme');
    expect(describeReport(report, 'fr')).toMatch(/\n {2}\d {2}Liste A, \d sièges\n/);
    const [first] = report.results;
    const acting = { ...report, results: first ? [{ ...first, title: '\u001b[2J' }] : [] };
    expect(describeReport(acting, 'fr')).not.toContain('\u001b'); // a title must not tell a terminal what to do
    expect(describeReport(report, 'en')).toContain('YES  The result is what was decrypted');
  });

  it('gives holders the tallies that it added up itself, of boxes in which everything held', async () => {
    const { tallies } = await audit(open);
    const boxes = new Surgery(open);
    const stated = [0, 1].map(
      (i) => (boxes.data(boxes.find('TallyEncrypted', i)) as { tally: string }).tally,
    );
    expect(tallies.map(({ tally }) => tally).sort()).toEqual(stated.map(tallyHash).sort());
    expect(tallies.map(({ ballots }) => ballots)).toEqual([7, 7]);
    const fingerprints = made.election.scrutins.map(({ poll }) => poll.election.fingerprint);
    expect(tallies.map(({ election }) => election)).toEqual(fingerprints);

    boxes.change('BoxFrozen', (data: { signatures: number }) => {
      data.signatures += 1;
    });
    const one = await audit(boxes.signedBy(made.transparency.signer));
    expect(one.tallies).toEqual(tallies.filter(({ tally }) => tally === tallyHash(stated[1] ?? '')));
    expect((await audit(open, { elsewhere: { size: 1, root: '0'.repeat(64) } })).tallies).toEqual([]);
  });

  it('shows no elector in the public bundle, and all in the auditor’s', () => {
    const electorIds = made.election.electors.map(({ electorId }) => electorId);
    expect(electorIds.filter((id) => open.includes(id))).toEqual([]);
    expect(electorIds.filter((id) => auditor.includes(id))).toEqual(electorIds);
  });

  it('does not say in public which rights were added, and so whose ballots bear them', () => {
    const filesOf = (type: string, field: 'credentialsFile' | 'rollFile') => {
      const bundle = new Surgery(auditor);
      const events = bundle.lines.flatMap(({ event }, at) => (event?.type === `${type}.v1` ? [at] : []));
      return events.map((at) => (bundle.data(at) as Record<typeof field, string>)[field]);
    };
    const given = (text: string, sha256: string) => text.includes(`{"document":{"sha256":"${sha256}"`);
    const finals = filesOf('BoxFrozen', 'credentialsFile');
    const sealed = filesOf('BoxOpened', 'credentialsFile');
    expect(sealed.filter((file) => given(auditor, file))).toEqual(sealed);
    expect(finals.filter((file) => given(open, file))).toEqual(finals);
    const changed = sealed.filter((file) => !finals.includes(file)); // of whom a code was made anew
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((file) => given(open, file))).toEqual([]);
    const rolls = filesOf('BoxOpened', 'rollFile');
    expect(rolls.filter((file) => given(open, file))).toEqual(rolls);
  });

  it('is checked in threads too', async () => {
    const report = await auditBundle(pieces(open), { threads: 2 });
    expect(failing(report)).toEqual([]);
  });

  it('is compared with a checkpoint from elsewhere, and with a policy', async () => {
    const [first] = [...open.matchAll(/"size\\":(\d+)/g)].map(([, size]) => Number(size));
    const size = first ?? 0;
    const root = Buffer.from(await made.transparency.log.rootAt(size)).toString('hex');
    expect(failing(await audit(open, { elsewhere: { size, root } }))).toEqual([]);
    const forked = await audit(open, { elsewhere: { size, root: '0'.repeat(64) } });
    expect(failing(forked).map(({ name }) => name)).toEqual(['checkpoints-are-roots-of-the-events']);
    const longer = await audit(open, { elsewhere: { size: 100_000, root } });
    expect(failing(longer).map(({ name }) => name)).toEqual(['checkpoints-are-roots-of-the-events']);
    expect(failing(await audit(open, { policy: made.policy }))).toEqual([]);
  });
});

describe('a bundle of somebody who holds the key of the log', () => {
  it.each(tamperedByInsider)('in which %s is found: %s', async (_, claim, tamper) => {
    const bundle = new Surgery(auditor);
    tamper(bundle, made.election);
    const asked = [castFirst()];
    const report = await audit(bundle.signedBy(made.transparency.signer), { asked });
    expect(report.sound).toBe(false);
    const names = failing(report).map(({ name }) => name);
    expect(names).toContain(claim);
    expect(names.filter((name) => name.startsWith('checkpoints'))).toEqual([]);
    expect(failing(report).every(({ findings }) => findings.every(({ place }) => place !== ''))).toBe(true);
  });

  it.each(tamperedVotes)('in which every verifier finds the same: %s', async (_, _claim, tamper) => {
    const bundle = new Surgery(auditor);
    tamper(bundle, made.election);
    const text = bundle.signedBy(made.transparency.signer);
    const { claims } = await audit(text);
    expect((await audit(text, { verifier: 'kernel' })).claims).toEqual(claims);
    expect((await audit(text, { verifier: 'both' })).claims).toEqual(claims);
  });
});

describe('an election with a key that one member alone could use', () => {
  it('is found by that, and by nothing else', async () => {
    const other = await auditedElection({
      scrutins: 1,
      keyGroups: [{ threshold: 1, seats: [1, 3, 4, 2, 5, 6] }],
    });
    const names = failing(await audit(await other.bundle('public'))).map(({ name }) => name);
    await other.close();
    expect(names).toEqual(['key-holders-prove-their-keys']);
  });
});

describe('a key of which the bundle holds no ceremony', () => {
  it('is said not to be checked', async () => {
    const [, , tamper] = tamperedKey.find(([name]) => name === 'no ceremony made the key') ?? [];
    const bundle = new Surgery(auditor);
    tamper?.(bundle, made.election);
    const { claims } = await audit(bundle.signedBy(made.transparency.signer));
    expect(claims.find(({ name }) => name === 'key-holders-prove-their-keys')).toMatchObject({
      verdict: 'unchecked',
      because: 'the ceremony of a key is not in the bundle',
    });
  });
});

describe('a bundle that leaves out what it need not show', () => {
  /** The public bundle with this stream as opaque entries: every signed root is the same. */
  function without(...streams: readonly string[]): string {
    const bundle = new Surgery(open);
    const gone = bundle.lines.filter(({ event }) => event && streams.includes(event.stream));
    const named = gone.flatMap(({ event }) => [...(event?.data ?? '').matchAll(/"([0-9a-f]{64})"/g)]);
    const hashes = new Set(named.map(([, sha256]) => sha256));
    const lines = bundle.lines.flatMap((line) => {
      const { event } = line;
      if (event && gone.includes(line)) {
        const { entries } = entriesOf(event, decode(event.type, event.data));
        return [{ leaves: entries.map((entry) => Buffer.from(entry).toString('hex')) }];
      }
      const { document, archive } = line as {
        document?: { sha256: string };
        archive?: { scrutinId: string };
      };
      const kept = bundle.lines.some(
        (one) => one.event && !gone.includes(one) && one.event.data.includes(document?.sha256 ?? '-'),
      );
      if (document && hashes.has(document.sha256) && !kept) return [];
      return archive && streams.includes(`box-${archive.scrutinId}`) ? [] : [line];
    });
    const count = (what: string) => lines.filter((line) => what in line).length;
    const end = lines.at(-1) as { end: object };
    end.end = {
      ...end.end,
      ...{ events: count('event'), documents: count('document'), archives: count('archive') },
    };
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }

  it('is not sound without a box', async () => {
    const [, second] = made.election.scrutins;
    const report = await audit(without(`box-${second?.scrutinId ?? ''}`));
    expect(failing(report).map(({ name }) => name)).toEqual(['every-sealed-scrutin-is-counted']);
    expect(report).toMatchObject({ sound: false, finished: false });
  });

  it('is not « Conforme » without anything', async () => {
    const streams = new Set(new Surgery(open).lines.flatMap(({ event }) => event?.stream ?? []));
    streams.delete('checkpoints');
    const report = await audit(without(...streams));
    expect(failing(report)).toEqual([]);
    expect(report.finished).toBe(false);
    expect(describeReport(report, 'fr')).not.toContain('Conforme');
    expect(describeReport(report, 'fr')).toContain('n’est PAS toute l’élection');
  });

  it('names the scrutins that it declares, without a seal', async () => {
    const report = await audit(
      without(
        `board-${made.election.boardId}`,
        ...made.election.scrutins.map(({ scrutinId }) => `box-${scrutinId}`),
      ),
    );
    const claim = report.claims.find(({ name }) => name === 'every-sealed-scrutin-is-counted');
    expect(claim?.notes).toHaveLength(2);
    expect(report.finished).toBe(false);
  });

  it('lacks the ballots that are asked for', async () => {
    const [, second] = made.election.scrutins;
    const scrutinId = second?.scrutinId ?? '';
    const bundle = new Surgery(open);
    const { ballots } = bundle.data(bundle.find('VotesCast', 0, `box-${scrutinId}`)) as { ballots: string[] };
    const reference = sha256Base64(ballots[0] ?? '');
    const name = 'ballots-asked-for-are-in-a-box';
    const proof = ['isoloir/proof/v1', made.election.electionId, scrutinId, reference, '1', '0'].join('\n');
    const verdict = async (text: string, asked: AskedBallot) =>
      (await audit(text, { asked: [asked] })).claims.find((one) => one.name === name)?.verdict;
    expect(await verdict(open, askedReference(reference))).toBe('holds');
    expect(await verdict(open, askedProof(proof))).toBe('holds');
    const other = made.election.scrutins[0]?.scrutinId ?? '';
    expect(await verdict(open, askedProof(proof.replace(scrutinId, other)))).toBe('fails');
    expect(await verdict(without(`box-${scrutinId}`), askedReference(reference))).toBe('fails');
    expect(() => askedReference('short')).toThrow('not the reference');
    expect(() => askedProof(reference)).toThrow('not the text of a proof');
  });

  it('says how many codes were re-issued, and on whose word', async () => {
    const notes = async (text: string) =>
      (await audit(text)).claims
        .find(({ name }) => name === 'reassorts-are-reconciled')
        ?.notes?.map(({ reason }) => reason);
    expect(await notes(auditor)).toEqual(Array(2).fill('1 codes were re-issued'));
    const word = '1 codes were re-issued, says the freeze: electors are not shown';
    expect(await notes(open)).toEqual(Array(2).fill(word));
  });
});

describe('a surplus of rights to vote', () => {
  it('that the seal states is no fault, and is named in the report', async () => {
    const bundle = new Surgery(auditor);
    addRights(bundle, made.election, 3);
    const { seal, scrutinId } = bundle.data(bundle.find('BoxOpened')) as { seal: string; scrutinId: string };
    bundle.replaceDocument(seal, (text) => {
      const content = JSON.parse(text) as { scrutins: { scrutinId: string }[] };
      const scrutins = content.scrutins.map((one) =>
        one.scrutinId === scrutinId ? { ...one, surplus: 3 } : one,
      );
      return JSON.stringify({ ...content, scrutins });
    });
    const { claims } = await audit(bundle.signedBy(made.transparency.signer));
    const rights = claims.find(({ name }) => name === 'rights-to-vote-are-within-the-roll');
    expect(rights).toMatchObject({ verdict: 'holds', checked: 2 });
    expect(rights?.notes?.map(({ reason }) => reason)).toEqual([
      '3 rights beyond the roll, approved with the seal',
    ]);
  });
});

describe('a discrepancy that the board stated', () => {
  it('is no fault of the bundle, and is named in the report', async () => {
    const bundle = new Surgery(auditor);
    stateDiscrepancy(bundle, made.election);
    const report = await audit(bundle.signedBy(made.transparency.signer));
    expect(failing(report)).toEqual([]);
    const agrees = report.claims.find((one) => one.name === 'register-agrees-with-the-box');
    expect(agrees?.notes?.map(({ reason }) => reason)).toEqual([
      '6 names, 6 of which have signed, 7 signatures, 7 ballots: stated by the board, and the count went on',
    ]);
    expect(report.results.map(({ discrepancy }) => discrepancy)).toEqual([true, false]);
  });
});

describe('every claim', () => {
  it.each(claimNames)('has a tampering that is found under it: %s', (name) => {
    const found = [...tamperedByInsider, ...tamperedBundle].map(([, claim]) => claim);
    expect(found).toContain(name);
  });

  it('is checked in this election, or says why it cannot be', async () => {
    const { claims } = await audit(auditor, { policy: made.policy, asked: [castFirst()] });
    expect(claims.filter(({ verdict }) => verdict === 'unchecked')).toEqual([]);
  });
});

describe('a bundle that was changed on its way', () => {
  it.each(tamperedBundle)('in which %s is found: %s', async (_, claim, tamper) => {
    const bundle = new Surgery(auditor);
    tamper(bundle, made.election);
    const report = await audit(bundle.text(), { policy: made.policy });
    expect(report.sound).toBe(false);
    expect(failing(report).map(({ name }) => name)).toContain(claim);
  });

  it('beyond recognition is no bundle', async () => {
    await expect(audit('')).rejects.toThrow('not a bundle');
    await expect(audit('PK\u0003\u0004')).rejects.toThrow('not a bundle');
    await expect(audit(open.slice(open.indexOf('\n') + 1))).rejects.toThrow('not a bundle');
    const key = `other${made.transparency.signer.vkey}`;
    await expect(audit(open, { key })).rejects.toThrow('its id is not that of its key');
  });

  it('in any one bit is found, wherever it is', async () => {
    const bytes = Buffer.from(open);
    for (let round = 0; round < 40; round += 1) {
      const at = (randomBytes(4).readUInt32BE() % (bytes.length - 200)) + 150;
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const report = await audit(changed.toString('latin1')).catch(() => undefined);
      expect([at, report?.sound ?? false]).toEqual([at, false]);
    }
  });
});
