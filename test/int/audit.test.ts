/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return, @typescript-eslint/restrict-plus-operands -- fields are changed at will */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle, type AuditOptions, type AuditReport } from '../../src/auditor/audit.js';
import type { ClaimName } from '../../src/auditor/claims.js';
import { describeReport } from '../../src/auditor/report-text.js';
import { canonicalJson } from '../../src/crypto/canonical-json.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { parseLogPolicy } from '../../src/crypto/log-policy.js';
import { auditedElection } from '../support/audited-election.js';
import { Surgery } from '../support/bundle-surgery.js';

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
const failing = ({ claims }: AuditReport) => claims.filter(({ verdict }) => verdict === 'fails');

describe('a whole election, with a re-issued code, a suspended box and an extension', () => {
  it.each(['auditor', 'public'] as const)('is exported and audited sound (%s)', async (kind) => {
    const report = await audit(kind === 'public' ? open : auditor);
    expect(failing(report)).toEqual([]);
    expect(report.sound).toBe(true);
    expect(report.results.map(({ ballots }) => ballots)).toEqual([7, 7]);
    expect(describeReport(report, 'fr')).toContain('Conforme');
    expect(describeReport(report, 'en')).toContain('YES  The result is what was decrypted');
  });

  it('shows no elector in the public bundle, and all in the auditor’s', () => {
    const electorIds = made.election.electors.map(({ electorId }) => electorId);
    expect(electorIds.filter((id) => open.includes(id))).toEqual([]);
    expect(electorIds.filter((id) => auditor.includes(id))).toEqual(electorIds);
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
    expect(parseLogPolicy('quorum none').quorum).toBe('none');
  });
});

/** What the one who holds the key of the log could try: every root is signed anew. */
const insider: [string, ClaimName, (bundle: Surgery) => unknown][] = [
  [
    'a vote is cast before the opening',
    'calendar-is-obeyed',
    (b) => b.change('VotesCast', (d) => (d.at = '2022-12-01T06:00:00.000Z')),
  ],
  [
    'a vote is cast after the grace',
    'calendar-is-obeyed',
    (b) => b.change('VotesCast', (d) => (d.at = '2022-12-02T09:00:00.000Z'), 1),
  ],
  [
    'the box opens with other hours',
    'calendar-is-obeyed',
    (b) => b.change('BoxOpened', (d) => (d.closesAt = '2022-12-03T08:00:00.000Z')),
  ],
  [
    'the freeze comes before the end',
    'calendar-is-obeyed',
    (b) => b.change('BoxFrozen', (d) => (d.at = '2022-12-02T07:00:00.000Z')),
  ],
  [
    'an extension closes earlier',
    'calendar-is-obeyed',
    (b) => b.change('BoxExtended', (d) => (d.closesAt = '2022-12-01T12:00:00.000Z')),
  ],
  [
    'a signature is added without a ballot',
    'as-many-ballots-as-signatures',
    (b) => b.change('VotesCast', (d) => d.signatures.push('f'.repeat(64))),
  ],
  [
    'a signature is exchanged for a stranger’s',
    'signatures-are-within-the-roll',
    (b) => b.change('VotesCast', (d) => (d.signatures[0] = '0'.repeat(64))),
  ],
  [
    'somebody signs twice',
    'nobody-signs-twice',
    (b) => {
      const [tag] = b.data(b.find('VotesCast', 0)).signatures;
      b.change('VotesCast', (d) => (d.signatures = [...d.signatures.slice(1), tag].sort()), 1);
    },
  ],
  [
    'a ballot is replaced by one of another scrutin',
    'every-ballot-is-well-formed',
    (b) => {
      const [stolen] = b.data(b.find('VotesCast', 2)).ballots;
      b.change('VotesCast', (d) => (d.ballots = sorted([stolen, ...d.ballots.slice(1)])));
    },
  ],
  [
    'a ballot is copied',
    'no-ballot-is-replayed',
    (b) => {
      b.change('VotesCast', (d) => (d.ballots = [d.ballots[0], ...d.ballots.slice(0, -1)]));
    },
  ],
  [
    'a right to vote is used twice',
    'one-ballot-per-credential',
    (b) => {
      const [again] = b.data(b.find('VotesCast', 0)).ballots;
      b.change('VotesCast', (d) => (d.ballots = sorted([again, ...d.ballots.slice(1)])), 1);
    },
  ],
  [
    'a ballot has another signature',
    'every-ballot-is-signed',
    (b) => {
      b.change(
        'VotesCast',
        (d) =>
          (d.ballots[0] = d.ballots[0].replace(/"response":"\d\d\d\d(?=\d*"\}\}\}$)/, '"response":"1234')),
      );
    },
  ],
  [
    'a ballot has another proof',
    'every-ballot-is-signed',
    (b) => {
      b.change(
        'VotesCast',
        (d) => (d.ballots[0] = d.ballots[0].replace(/"challenge":"\d\d\d\d/, '"challenge":"1234')),
      );
    },
  ],
  [
    'a ballot is made by a stranger',
    'every-ballot-has-a-listed-credential',
    (b) => {
      const [elector] = made.election.electors;
      const [scrutin] = made.election.scrutins;
      if (!elector || !scrutin) throw new Error('no elector');
      const stranger = { ...elector, code: '00000-00000-00000-00000' as typeof elector.code };
      const ballot = made.election.ballotFor(stranger, scrutin, 0).text;
      b.change('VotesCast', (d) => (d.ballots = sorted([ballot, ...d.ballots.slice(1)])));
    },
  ],
  ['a batch is dropped', 'streams-follow-the-grammar', (b) => b.drop('VotesCast')],
  ['the last batch is dropped', 'frozen-box-is-what-was-cast', (b) => b.drop('VotesCast', 1)],
  [
    'a batch is cast while suspended',
    'streams-follow-the-grammar',
    (b) => {
      const at = b.find('BoxResumed');
      const { stream, revision } = b.event(at);
      b.lines.splice(at, 1);
      for (const { event } of b.lines)
        if (event?.stream === stream && event.revision > revision) event.revision -= 1;
    },
  ],
  [
    'the freeze says fewer ballots',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.ballots -= 1)),
  ],
  [
    'the freeze says another root of the box',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.boxRoot = '0'.repeat(64))),
  ],
  [
    'the freeze says another register',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.registerRoot = '0'.repeat(64))),
  ],
  [
    'the freeze says no re-issue',
    'reassorts-are-reconciled',
    (b) => b.change('BoxFrozen', (d) => (d.reassorts = 0)),
  ],
  [
    'the freeze says more re-issues',
    'reassorts-are-reconciled',
    (b) => b.change('BoxFrozen', (d) => (d.reassorts = 5)),
  ],
  [
    'a code is re-issued that nobody asked for',
    'streams-follow-the-grammar',
    (b) => b.drop('CodeReassortRequested'),
  ],
  [
    'a code is re-issued before the vote',
    'calendar-is-obeyed',
    (b) => b.change('VotingCodeReassorted', (d) => (d.at = '2022-11-30T08:00:00.000Z')),
  ],
  [
    'the key of the register is not destroyed',
    'register-key-was-destroyed-before-decryption',
    (b) => b.drop('RegisterKeyDestroyed'),
  ],
  [
    'the tally is another',
    'encrypted-tally-is-the-sum-of-the-ballots',
    (b) => {
      const other = b.data(b.find('TallyEncrypted', 1)).tally;
      b.change('TallyEncrypted', (d) => (d.tally = other));
    },
  ],
  [
    'the tally says one ballot less',
    'encrypted-tally-is-the-sum-of-the-ballots',
    (b) => b.change('TallyEncrypted', (d) => (d.ballots -= 1)),
  ],
  [
    'a decryption has another proof',
    'partial-decryptions-are-proved',
    (b) => {
      b.change(
        'PartialDecryptionFiled',
        (d) => (d.decryption = d.decryption.replace(/"challenge":"\d\d\d\d/, '"challenge":"1234')),
      );
    },
  ],
  [
    'a decryption has another binding',
    'partial-decryptions-are-proved',
    (b) => {
      b.change(
        'PartialDecryptionFiled',
        (d) => (d.binding = d.binding.replace(/"challenge":"\d\d\d\d/, '"challenge":"1234')),
      );
    },
  ],
  [
    'a decryption is under another seat',
    'partial-decryptions-are-proved',
    (b) => b.change('PartialDecryptionFiled', (d) => (d.seat = 2)),
  ],
  ['a decryption is dropped', 'key-holders-reach-their-quorum', (b) => b.drop('PartialDecryptionFiled')],
  [
    'the result is another',
    'result-is-what-was-decrypted',
    (b) => {
      b.change(
        'ResultProclaimed',
        (d) => (d.result = JSON.stringify({ result: [JSON.parse(d.result).result[0].toReversed()] })),
      );
    },
  ],
  [
    'the votes of a list are another',
    'votes-are-those-of-the-result',
    (b) => b.change('ResultProclaimed', (d) => (d.votes[0].votes += 1)),
  ],
  [
    'the blank votes are another',
    'votes-are-those-of-the-result',
    (b) => b.change('ResultProclaimed', (d) => (d.blank += 1)),
  ],
  [
    'a list is exchanged in the result',
    'votes-are-those-of-the-result',
    (b) => b.change('ResultProclaimed', (d) => (d.votes[0].listId = randomUUID())),
  ],
  [
    'a list has one seat more',
    'seats-follow-the-votes',
    (b) => b.change('ResultProclaimed', (d) => (d.votes[0].seats += 1)),
  ],
  [
    'the members sign different minutes',
    'minutes-are-signed',
    (b) => {
      const other = b.data(b.find('ResultProclaimed')).seats;
      b.change('MinutesSigned', (d) => (d.minutes = other));
    },
  ],
  [
    'a stranger signs the minutes',
    'minutes-are-signed',
    (b) => b.change('MinutesSigned', (d) => (d.staffId = randomUUID())),
  ],
  [
    'nobody who presides signs',
    'minutes-are-signed',
    (b) => b.drop('MinutesSigned', 0).drop('MinutesSigned', 0),
  ],
  [
    'the box opens on another roll',
    'seals-hold',
    (b) => b.change('BoxOpened', (d) => (d.roll.root = '0'.repeat(64))),
  ],
  [
    'the box opens on another election file',
    'seals-hold',
    (b) => {
      const other = b.data(b.find('BoxOpened', 1)).electionFile;
      b.change('BoxOpened', (d) => (d.electionFile = other));
    },
  ],
  ['the seal is not approved', 'seals-hold', (b) => b.drop('SealApproved')],
  [
    'the seal names a roll of another size',
    'rolls-and-credentials-are-those-sealed',
    (b) => {
      b.change('ScrutinsSealed', (d) => (d.scrutins[0].roll.count += 1));
      b.change('BoxOpened', (d) => (d.roll.count += 1));
    },
  ],
  [
    'the order of the lists is another',
    'seals-hold',
    (b) => b.change('ListOrderDrawn', (d) => d.order.reverse()),
  ],
  [
    'a list is filed after the seal',
    'seals-hold',
    (b) => {
      const filed = b.event(b.find('CandidateListFiled'));
      const at = b.find('ListOrderDrawn');
      b.insert(at, { ...filed, id: randomUUID() });
      const [line] = b.lines.splice(at + 1, 1);
      b.lines.splice(b.find('ScrutinsSealed') + 1, 0, line ?? {});
    },
  ],
  [
    'the key of the board is another',
    'seals-hold',
    (b) => {
      b.change(
        'BoardKeyPublished',
        (d) => (d.publicKey = d.publicKey.replace(/^./, (c: string) => (c === '0' ? '1' : '0'))),
      );
    },
  ],
  [
    'an elector is registered after the lists were closed',
    'lists-were-closed-before-sealing',
    (b) => {
      const registered = b.event(b.find('ElectorRegistered'));
      const electorId = randomUUID();
      const data = canonicalJson({ ...JSON.parse(registered.data), electorId });
      const event = { ...registered, id: randomUUID(), stream: `elector-${electorId}`, data };
      b.lines.splice(b.find('ScrutinsSealed'), 0, { event });
    },
  ],
  [
    'the election opens twice',
    'streams-follow-the-grammar',
    (b) => {
      const at = b.find('ElectionOpened');
      b.insert(at, { ...b.event(at), id: randomUUID() });
    },
  ],
  [
    'an event is given the id of another',
    'streams-have-no-gap',
    (b) => (b.event(b.find('VotesCast')).id = b.event(b.find('BoxOpened')).id),
  ],
  [
    'an event is put into another stream',
    'streams-have-no-gap',
    (b) => (b.event(b.find('ElectorRegistered')).stream = `elector-${randomUUID()}`),
  ],
  [
    'two events change places',
    'streams-have-no-gap',
    (b) => {
      const [one, other] = [b.find('VotesCast', 0), b.find('VotesCast', 1)];
      [b.lines[one], b.lines[other]] = [b.lines[other] ?? {}, b.lines[one] ?? {}];
    },
  ],
  [
    'the minutes are missing',
    'documents-are-what-events-name',
    (b) => {
      dropDocument(b, b.data(b.find('MinutesSigned')).minutes);
    },
  ],
  [
    'the roll is missing',
    'rolls-and-credentials-are-those-sealed',
    (b) => {
      dropDocument(b, b.data(b.find('BoxOpened')).rollFile);
    },
  ],
  [
    'a document is another',
    'documents-are-what-events-name',
    (b) => {
      const line = b.lines.find((one) => 'document' in one) as { document: { base64: string } };
      line.document.base64 = Buffer.from('other').toString('base64');
    },
  ],
];

/** What anyone could do to a bundle on its way. */
const outsider: [string, ClaimName, (bundle: Surgery) => unknown][] = [
  [
    'an event is changed',
    'checkpoints-are-roots-of-the-events',
    (b) => b.change('ElectorRegistered', (d) => (d.at = '2022-11-29T07:00:01.000Z')),
  ],
  ['an event is dropped', 'checkpoints-are-roots-of-the-events', (b) => b.drop('VotingCodeIssued')],
  [
    'an event is added',
    'checkpoints-are-roots-of-the-events',
    (b) => {
      const at = b.find('ElectorRegistered');
      b.lines.splice(at, 0, { event: { ...b.event(at), stream: `elector-${randomUUID()}` } });
    },
  ],
  [
    'an event is not canonical',
    'events-are-well-formed',
    (b) => (b.event(b.find('CalendarSet')).data += ' '),
  ],
  [
    'an event has an unknown name',
    'events-are-well-formed',
    (b) => (b.event(b.find('CalendarSet')).type = 'CalendarSet.v9'),
  ],
  [
    'a root is another',
    'checkpoints-are-roots-of-the-events',
    (b) => b.change('CheckpointSigned', (d) => (d.root = '0'.repeat(64))),
  ],
  [
    'a root is signed by another key',
    'checkpoints-are-signed',
    (b) =>
      b.change('CheckpointSigned', (d) => (d.note = d.note.replace(/ (\S{5})\S{4}(\S+)\n$/, ' $1AAAA$2\n'))),
  ],
  [
    'a signed root says another size',
    'checkpoints-are-signed',
    (b) => b.change('CheckpointSigned', (d) => (d.size -= 1)),
  ],
  [
    'two roots change places',
    'checkpoints-never-go-back',
    (b) => {
      const [one, other] = [b.event(b.find('CheckpointSigned', 0)), b.event(b.find('CheckpointSigned', -1))];
      [one.data, other.data] = [other.data, one.data];
    },
  ],
  ['the bundle is cut off', 'bundle-is-complete', (b) => b.lines.splice(-3)],
  ['the bundle is cut off and ended', 'bundle-is-complete', (b) => b.lines.splice(-6, 5)],
  ['a line is garbage', 'bundle-is-complete', (b) => b.lines.splice(5, 0, { nonsense: 1 })],
  ['something follows the end', 'bundle-is-complete', (b) => b.lines.push({ leaves: [] })],
];

function sorted(ballots: string[]): string[] {
  return ballots.sort((a, b) => (sha256Base64(a) < sha256Base64(b) ? -1 : 1));
}

function dropDocument(bundle: Surgery, sha256: string): void {
  const at = bundle.lines.findIndex(
    (line) => (line['document'] as { sha256: string } | undefined)?.sha256 === sha256,
  );
  if (at < 0) throw new Error(`no document ${sha256}`);
  bundle.lines.splice(at, 1);
}

describe('a bundle of somebody who holds the key of the log', () => {
  it.each(insider)('in which %s is found: %s', async (_, claim, tamper) => {
    const bundle = new Surgery(auditor);
    tamper(bundle);
    const report = await audit(bundle.signedBy(made.transparency.signer));
    expect(report.sound).toBe(false);
    const names = failing(report).map(({ name }) => name);
    expect(names).toContain(claim);
    expect(names.filter((name) => name.startsWith('checkpoints'))).toEqual([]);
    expect(failing(report).every(({ findings }) => findings.every(({ place }) => place !== ''))).toBe(true);
  });
});

describe('a bundle that was changed on its way', () => {
  it.each(outsider)('in which %s is found: %s', async (_, claim, tamper) => {
    const bundle = new Surgery(auditor);
    tamper(bundle);
    const report = await audit(bundle.text());
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
