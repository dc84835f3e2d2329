import { answerOf, BLANK_ANSWER, listIdOf, titleOf } from '../crypto/answers.js';
import type { Json } from '../crypto/canonical-json.js';
import { sha256Base64 } from '../crypto/digest.js';
import { parseElection, printElection } from '../crypto/election.js';
import { Malformed } from '../crypto/malformed.js';
import type { SealedScrutin } from '../events/board.events.js';
import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import { differences, isRecord, isText, parsed } from './differences.js';
import type { Documents } from './documents.js';

type DataOf<F extends 'board' | 'election' | 'scrutin', T> = Extract<EventOf<F>, { type: T }>['data'];

/** When voting opens and closes. */
export type Calendar = Pick<
  DataOf<'election', 'CalendarSet'>,
  'votingOpensAt' | 'votingClosesAt' | 'graceMinutes'
>;

/** A list of candidates that stands, by the documents that were filed. */
export interface Papers {
  readonly content: string;
  readonly logo: string | null;
  readonly statement: string | null;
}

/** One scrutin when it was sealed: what the event says, and what its own stream had said. */
export interface DueScrutin {
  readonly sealed: SealedScrutin;
  readonly declared: DataOf<'scrutin', 'ScrutinDeclared'> | undefined;
  readonly seed: string | null;
  /** In the drawn order. */
  readonly lists: readonly (Papers & { readonly listId: string })[];
}

/** A seal and all that its document must say, as the ledger had it at that moment. */
export interface Due {
  readonly sealed: DataOf<'board', 'ScrutinsSealed'>;
  readonly place: string;
  readonly electionTitle: string;
  readonly boardTitle: string;
  readonly calendar: Calendar | undefined;
  readonly publicKey: string;
  readonly scrutins: readonly DueScrutin[];
}

/** Makes what the members approved again, and what is voted on; the software alone is taken as it is said. */
export function checkSealDocument(found: Findings, documents: Documents, due: Due): void {
  const text = documents.text(due.sealed.seal);
  if (text === undefined) return; // the documents say that it is missing
  const fail = (reason: string) => {
    found.fail('seals-hold', due.place, reason);
  };
  found.checked('seals-hold');
  const said = parsed(text);
  const scrutins = due.scrutins.map((scrutin) => {
    const titles = scrutin.lists.map((list) => titleIn(documents, scrutin, list));
    const file = electionFile(due, scrutin, titles);
    const used = documents.text(scrutin.sealed.electionFile);
    if (used !== undefined && used !== file)
      fail(`scrutin ${scrutin.sealed.scrutinId}: its election file is not what its titles and lists make`);
    return contentOf(scrutin, titles, file);
  });
  const { electionId, boardId, keyHolders, acknowledgementKey } = due.sealed;
  const content: Json = {
    ...{ isoloir: 'seal/v1', electionId, electionTitle: due.electionTitle, boardId },
    ...{ boardTitle: due.boardTitle, calendar: due.calendar ? { ...due.calendar } : null },
    ...{ keyHolders, publicKey: due.publicKey, acknowledgementKey, scrutins },
    ...{ build: hashIn(said, 'build'), booth: hashIn(said, 'booth') },
  };
  if (isText(content, text)) return;
  const paths = [...differences(said, content)];
  if (paths.length === 0) fail('the document that was approved is not canonical');
  for (const path of paths) fail(`the document that was approved says something else of ${path}`);
}

function contentOf(
  { sealed, declared, seed, lists }: DueScrutin,
  titles: readonly string[],
  file: string,
): Json {
  const { title, body, seats, group, uuid } = declared ?? {
    ...{ title: '', body: '', seats: 0, group: '', uuid: '' },
  };
  return {
    ...{ ...sealed, roll: { ...sealed.roll }, credentials: { ...sealed.credentials } },
    ...{ uuid, title, body, seats, group, seed, fingerprint: sha256Base64(file) },
    surplus: sealed.credentials.count - sealed.roll.count,
    lists: lists.map((list, i) => ({ ...list, title: titles[i] ?? '' })),
  };
}

/** `election.json` (docs/protocol.md, B5). */
function electionFile(
  { electionTitle, publicKey }: Due,
  { declared, lists }: DueScrutin,
  titles: readonly string[],
): string {
  const { title = '', group = 'Ed25519', uuid = '' } = declared ?? {};
  const answers = lists.map(({ listId }, i) => answerOf({ listId, title: titles[i] ?? '' }));
  const question = { question: title, answers: [...answers, BLANK_ANSWER], blank: false, min: 1, max: 1 };
  return printElection({
    ...{ description: electionTitle, name: title, group, publicKey, uuid },
    questions: [question],
  });
}

/** The title of a list: in the document of its candidates; where that was erased, as in the election file. */
function titleIn(
  documents: Documents,
  { sealed }: DueScrutin,
  { content, listId }: DueScrutin['lists'][number],
): string {
  const filed = parsed(documents.text(content) ?? '');
  if (isRecord(filed) && typeof filed['title'] === 'string') return filed['title'];
  try {
    const { questions } = parseElection(documents.text(sealed.electionFile) ?? '');
    const answers = questions.flatMap((question) => question.answers);
    return titleOf(answers.find((answer) => listIdOf(answer) === listId) ?? '') ?? '';
  } catch (error) {
    if (error instanceof Malformed) return '';
    throw error;
  }
}

function hashIn(said: Json | undefined, name: string): string {
  const value = isRecord(said) ? said[name] : undefined;
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : '';
}
