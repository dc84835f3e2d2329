import { sha256Base64 } from './digest.js';
import { parsePublic, type Element, type FixedBase, type Group, type GroupName } from './group.js';
import { Malformed } from './malformed.js';
import { fields, integer, items, parseCompactJson, string } from './strict-json.js';

/** One question of an election: at least `min` and at most `max` of the answers, or the blank vote if it is allowed. */
export interface Question {
  readonly question: string;
  readonly answers: readonly string[];
  readonly blank: boolean;
  readonly min: number;
  readonly max: number;
}

/** An `election.json` of Belenios protocol version 1, and its hash. One scrutin of ours is one election. */
export interface Election {
  /** The exact text, which is what the fingerprint covers: kept for ever. */
  readonly raw: string;
  /** φ, the `election_hash` of every ballot: sha256_b64 of `raw`. */
  readonly fingerprint: string;
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly group: GroupName;
  /** y as printed. */
  readonly publicKey: string;
  readonly questions: readonly Question[];
}

/** An election with a back-end for its group: what ballots are made and checked against. Costly to make, so keep it. */
export interface Poll {
  readonly election: Election;
  readonly group: Group;
  /** y, to be raised to many powers. */
  readonly key: FixedBase;
  /** g^0, g^−1, g^−2, … down to the largest number of answers that a proof of this election speaks of. */
  readonly inverses: readonly Element[];
}

/** Base58 digits, fourteen at least (Belenios specification, « UUID »). */
const UUID = /^[1-9A-HJ-NP-Za-km-z]{14,64}$/;

const MAX_ANSWERS = 1000;
const MAX_QUESTIONS = 1000;

/** Reads an `election.json`, without the newline that the tool's file ends with. Throws `Malformed`. */
export function parseElection(raw: string): Election {
  const root = fields(parseCompactJson(raw, '$'), '$', [
    ...['version', 'description', 'name', 'group', 'public_key', 'questions', 'uuid'],
    ...['administrator?', 'credential_authority?'],
  ]);
  integer(root['version'], '$.version', 1, 1);
  if (root['administrator'] !== undefined) string(root['administrator'], '$.administrator');
  if (root['credential_authority'] !== undefined)
    string(root['credential_authority'], '$.credential_authority');
  const uuid = string(root['uuid'], '$.uuid');
  if (!UUID.test(uuid)) throw new Malformed('$.uuid', 'not fourteen or more base58 digits');
  const listed = items(root['questions'], '$.questions', (question, path) => ({ question, path }));
  if (listed.length === 0 || listed.length > MAX_QUESTIONS) {
    throw new Malformed('$.questions', 'none, or too many');
  }
  const questions = listed.map(({ question, path }) => parseQuestion(question, path));
  return {
    raw,
    fingerprint: sha256Base64(raw),
    uuid,
    name: string(root['name'], '$.name'),
    description: string(root['description'], '$.description'),
    group: groupName(root['group']),
    publicKey: string(root['public_key'], '$.public_key'),
    questions,
  };
}

/** The text of an election as Belenios writes it, for a new one; `parseElection` then gives its fingerprint. */
export function printElection(election: Omit<Election, 'raw' | 'fingerprint'>): string {
  const { description, name, group, publicKey, questions, uuid } = election;
  return JSON.stringify({
    version: 1,
    description,
    name,
    group,
    public_key: publicKey,
    questions: questions.map(({ answers, blank, min, max, question }) =>
      blank ? { answers, blank, min, max, question } : { answers, min, max, question },
    ),
    uuid,
  });
}

/** Binds an election to a back-end of its group. Throws `Malformed` when the group or the key is not what it says. */
export function openPoll(group: Group, election: Election): Poll {
  if (group.name !== election.group) throw new Malformed('$.group', `not ${group.name}`);
  const key = group.fixedBase(parsePublic(group, election.publicKey, '$.public_key'));
  const highest = Math.max(1, ...election.questions.map((question) => question.max));
  const inverses = [group.identity];
  for (let i = 1; i <= highest; i++) inverses.push(group.div(inverses[i - 1] as Element, group.g.element));
  return { election, group, key, inverses };
}

function groupName(value: unknown): GroupName {
  if (value === 'Ed25519' || value === 'BELENIOS-2048') return value;
  throw new Malformed('$.group', 'not a group that we keep');
}

function parseQuestion(value: unknown, path: string): Question {
  const found = fields(value, path, ['answers', 'blank?', 'min', 'max', 'question']);
  const answers = items(found['answers'], `${path}.answers`, string);
  if (answers.length === 0 || answers.length > MAX_ANSWERS) {
    throw new Malformed(`${path}.answers`, 'none, or too many');
  }
  const blank = found['blank'] ?? false;
  if (typeof blank !== 'boolean') throw new Malformed(`${path}.blank`, 'not a boolean');
  const max = integer(found['max'], `${path}.max`, 0, answers.length);
  const min = integer(found['min'], `${path}.min`, 0, max);
  return { answers, blank, min, max, question: string(found['question'], `${path}.question`) };
}
