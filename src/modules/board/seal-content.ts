import { answerOf, BLANK_ANSWER } from '../../crypto/answers.js';
import { canonicalJson } from '../../crypto/canonical-json.js';
import { parseElection, printElection } from '../../crypto/election.js';
import type { SealedScrutin } from '../../events/board.events.js';
import type { ScrutinRow } from '../../projections/scrutins.projection.js';

/** When voting opens and closes, as it is sealed. */
export interface SealedCalendar {
  readonly votingOpensAt: string;
  readonly votingClosesAt: string;
  readonly graceMinutes: number;
}

/** What a seal covers, beside the scrutins. */
export interface SealedGround {
  readonly electionId: string;
  readonly electionTitle: string;
  readonly boardId: string;
  readonly boardTitle: string;
  readonly calendar: SealedCalendar;
  readonly keyHolders: string;
  readonly publicKey: string;
  readonly acknowledgementKey: string;
  readonly build: string;
  readonly booth: string;
}

/** A list of candidates with its title, which its document holds. */
export interface TitledList {
  readonly listId: string;
  readonly title: string;
  readonly content: string;
  readonly logo: string | undefined;
  readonly statement: string | undefined;
}

/** `election.json` of a scrutin: one question, its answers the lists in the drawn order, « Vote blanc » last (B5). */
export function electionText(
  { electionTitle, publicKey }: SealedGround,
  scrutin: ScrutinRow,
  lists: readonly TitledList[],
): { text: string; fingerprint: string } {
  const question = {
    question: scrutin.title,
    answers: [...lists.map(answerOf), BLANK_ANSWER],
    blank: false,
    min: 1,
    max: 1,
  };
  const { uuid, group, title } = scrutin;
  const text = printElection({
    description: electionTitle,
    name: title,
    group,
    publicKey,
    questions: [question],
    uuid,
  });
  return { text, fingerprint: parseElection(text).fingerprint };
}

/** One scrutin as the seal describes it. */
export interface SealedPart {
  readonly scrutin: ScrutinRow;
  readonly lists: readonly TitledList[];
  readonly surplus: number;
  readonly sealed: SealedScrutin;
}

/** The document of all that counts, canonical JSON (RFC 8785): its hash is what the members approve. */
export function sealText(ground: SealedGround, parts: readonly SealedPart[]): string {
  return canonicalJson({
    isoloir: 'seal/v1',
    ...ground,
    calendar: { ...ground.calendar },
    scrutins: parts.map(({ scrutin, lists, surplus, sealed }) => ({
      ...sealed,
      title: scrutin.title,
      body: scrutin.body,
      seats: scrutin.seats,
      group: scrutin.group,
      seed: scrutin.seed ?? null,
      surplus,
      lists: lists.map(({ listId, title, content, logo, statement }) => ({
        listId,
        title,
        content,
        logo: logo ?? null,
        statement: statement ?? null,
      })),
    })),
  });
}

/** What a reader of a seal needs: the pages of the board, and the opening. */
export interface ReadSeal extends SealedGround {
  readonly scrutins: readonly (SealedScrutin & {
    readonly title: string;
    readonly body: string;
    readonly seats: number;
    readonly group: string;
    /** What the order of the lists was drawn from. */
    readonly seed: string | null;
    readonly surplus: number;
    readonly lists: readonly { readonly listId: string; readonly title: string }[];
  })[];
}

/** A seal that we wrote ourselves; the documents check that it is what its address says. */
export function readSeal(content: Buffer): ReadSeal {
  return JSON.parse(content.toString()) as ReadSeal;
}
