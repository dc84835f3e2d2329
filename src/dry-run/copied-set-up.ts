import type { Documents } from '../documents/documents.js';
import { candidatesOf, type CandidateDocument } from '../modules/scrutin/candidate-document.js';
import type { ElectionRow } from '../projections/elections.projection.js';
import {
  scrutinsOfElection,
  type CandidateListRow,
  type ScrutinRow,
} from '../projections/scrutins.projection.js';
import type { Queryable } from '../storage/database.js';

/** A list of candidates with its papers; ids are not copied. */
export interface CopiedList {
  readonly content: CandidateDocument;
  readonly logo: Buffer | undefined;
  readonly statement: Buffer | undefined;
}

export interface CopiedScrutin {
  readonly description: Pick<ScrutinRow, 'group' | 'code' | 'title' | 'body' | 'seats'>;
  readonly lists: readonly CopiedList[];
}

/** What a dry run (« scrutin à blanc ») takes from an election: its set-up, and nothing of its electors, codes and keys. */
export interface CopiedSetUp {
  readonly title: string;
  readonly graceMinutes: number;
  readonly scrutins: readonly CopiedScrutin[];
}

/** Reads the scrutins that are held here, with their lists. Changes nothing. */
export async function copySetUp(
  { electionId, title, calendar }: ElectionRow,
  register: Queryable,
  documents: Documents,
): Promise<CopiedSetUp> {
  const scrutins: CopiedScrutin[] = [];
  for (const row of await scrutinsOfElection(register, electionId)) {
    if (row.held !== 'here' || row.lists.length === 0) continue;
    const { group, code, title: name, body, seats } = row;
    const lists: CopiedList[] = [];
    for (const list of row.lists) lists.push(await copyList(list, documents));
    scrutins.push({ description: { group, code, title: name, body, seats }, lists });
  }
  if (scrutins.length === 0)
    throw new Error('no scrutin with lists of candidates is held here: nothing to rehearse');
  return { title, graceMinutes: calendar?.graceMinutes ?? 20, scrutins };
}

async function copyList(
  { content, logo, statement }: CandidateListRow,
  documents: Documents,
): Promise<CopiedList> {
  const bytes = async (sha256: string | undefined) =>
    sha256 === undefined ? undefined : (await documents.get(sha256))?.content;
  const list = await bytes(content);
  if (!list) throw new Error(`document ${content} is missing`);
  return { content: candidatesOf(list), logo: await bytes(logo), statement: await bytes(statement) };
}
