import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../../src/crypto/canonical-json.js';
import type { Surgery, Tampering } from './bundle-surgery.js';
import type { Finished } from './finished-election.js';
import { changeMinutes } from './minutes-surgery.js';

const WORDS = 'Un nom manquait à la liste lue au gel.';

/** What two members state of the first box: one name less than there are signatures. */
interface Statement {
  names: number;
  matched: number;
  signatures: number;
  ballots: number;
  staffIds: string[];
}

/**
 * As the board of the first box would do it: the statement behind the event of a type, by default the freeze, and the
 * remark in the minutes.
 */
export function stateDiscrepancy(
  bundle: Surgery,
  { staffIds }: Finished,
  change: (data: Statement) => unknown = () => undefined,
  after = 'BoxFrozen',
): void {
  const frozen = bundle.data(bundle.find('BoxFrozen')) as Statement & { scrutinId: string };
  const { scrutinId, signatures, ballots } = frozen;
  const figures = { names: signatures - 1, matched: signatures - 1, signatures, ballots };
  const by: Statement = { ...figures, staffIds: [staffIds[0] as string, staffIds[2] as string] };
  change(by);
  const { at } = bundle.data(bundle.find(after)) as { at: string };
  const content = Buffer.from(WORDS);
  const text = createHash('sha256').update(content).digest('hex');
  const data = { ...by, scrutinId, at, text };
  const type = 'DiscrepancyStated.v1';
  const behind = bundle.find(after);
  bundle.insert(behind, { id: randomUUID(), type, data: canonicalJson(data) });
  const document = {
    sha256: text,
    mediaType: 'text/plain',
    part: 0,
    parts: 1,
    base64: content.toString('base64'),
  };
  bundle.lines.splice(behind + 2, 0, { document });
  const { end } = bundle.lines.at(-1) as { end: { documents: number } };
  end.documents += 1;
  const { staffIds: two, ...figuresSaid } = by;
  const decidedBy = two.map((staffId) => {
    const seat = staffIds.indexOf(staffId) + 1;
    return { staffId, ...(seat > 0 && { seat, office: seat === 1 ? 'president' : 'delegate' }) };
  });
  changeMinutes(bundle, (minutes) => ({
    ...minutes,
    discrepancies: [{ ...figuresSaid, at, text: WORDS, decidedBy }],
  }));
}

const rule = 'register-agrees-with-the-box';
const says = 'minutes-say-what-was-found';
const order = 'streams-follow-the-grammar';

/** The same with a discrepancy that a board stated. */
export const tamperedDiscrepancy: readonly Tampering[] = [
  [
    'the minutes do not bear the remark of the board',
    says,
    (b, election) => {
      stateDiscrepancy(b, election);
      changeMinutes(b, (minutes) => ({ ...minutes, discrepancies: [] }));
    },
  ],
  [
    'the minutes say other figures than the board stated',
    says,
    (b, election) => {
      stateDiscrepancy(b, election);
      b.change('DiscrepancyStated', (data: Statement) => (data.matched -= 1));
    },
  ],
  [
    'the minutes say other words than the board wrote',
    says,
    (b, election) => {
      stateDiscrepancy(b, election);
      changeMinutes(b, ({ discrepancies, ...rest }) => {
        const [stated] = discrepancies as Record<string, string>[];
        return { ...rest, discrepancies: [{ ...stated, text: 'Rien à signaler.' }] };
      });
    },
  ],
  [
    'a board states a discrepancy that is not there',
    rule,
    (b, election) => {
      stateDiscrepancy(b, election, (data) => (data.names = data.matched = data.signatures));
    },
  ],
  [
    'a board states other signatures than were frozen',
    rule,
    (b, election) => {
      stateDiscrepancy(b, election, (data) => (data.signatures += 1));
    },
  ],
  [
    'a board finds more names that have signed than there are',
    rule,
    (b, election) => {
      stateDiscrepancy(b, election, (data) => (data.matched = data.names + 1));
    },
  ],
  [
    'a stranger states a discrepancy',
    rule,
    (b, election) => {
      stateDiscrepancy(b, election, (data) => (data.staffIds[1] = randomUUID()));
    },
  ],
  [
    'two delegates state a discrepancy',
    rule,
    (b, election) => {
      const [, , one = '', two = ''] = election.staffIds;
      stateDiscrepancy(b, election, (data) => (data.staffIds = [one, two]));
    },
  ],
  [
    'one member alone states a discrepancy',
    order,
    (b, election) => {
      const [president = ''] = election.staffIds;
      stateDiscrepancy(b, election, (data) => (data.staffIds = [president, president]));
    },
  ],
  [
    'a discrepancy is stated before the freeze',
    order,
    (b, election) => {
      stateDiscrepancy(b, election, undefined, 'VotesCast');
    },
  ],
  [
    'a discrepancy is stated once the key of the register is gone',
    order,
    (b, election) => {
      stateDiscrepancy(b, election, undefined, 'RegisterKeyDestroyed');
    },
  ],
  [
    'a discrepancy is stated a second time',
    order,
    (b, election) => {
      stateDiscrepancy(b, election);
      const { type, data } = b.event(b.find('DiscrepancyStated'));
      b.insert(b.find('DiscrepancyStated'), { id: randomUUID(), type, data });
    },
  ],
];
