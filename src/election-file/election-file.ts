import { LineCounter, parseDocument } from 'yaml';
import {
  BadField,
  boolean,
  instant,
  integer,
  list,
  oneOf,
  optional,
  pattern,
  record,
  text,
  uuid,
} from '../events/fields.js';
import { beleniosUuid } from '../events/identifiers.js';
import { fromParisField, inParisField } from '../http/paris-time.js';

/**
 * An hour of Paris: `2022-12-01 08:00`; one that does not happen, when summer time begins, is an error. Or an instant in UTC,
 * for an hour that happens twice.
 */
const parisTime = {
  parse(value: unknown, path: string): string {
    if (typeof value === 'string' && value.endsWith('Z')) return instant.parse(value, path);
    const [, day, hour] =
      /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})$/.exec(typeof value === 'string' ? value : '') ?? [];
    const field = `${day ?? ''}T${hour ?? ''}`;
    const time = day === undefined ? undefined : fromParisField(field);
    if (!time || Number.isNaN(time.getTime()) || inParisField(time) !== field)
      throw new BadField(path, 'a time in Paris such as 2022-12-01 08:00');
    return time.toISOString();
  },
};

const key = pattern('a key of letters, digits and hyphens', /^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/);
const code = pattern('1 to 20 capitals, digits and hyphens', /^[A-Z0-9][A-Z0-9-]{0,19}$/);

const candidate = record({
  lastName: text(100),
  firstName: text(100),
  about: optional(text(200)),
  substitute: optional(boolean),
});
/** What a thing of the ledger is called there. Without it the id follows from the key, or from the code of a scrutin. */
const id = optional(uuid);
const candidateList = record({
  key,
  id,
  title: text(200),
  affiliation: optional(text(200)),
  logo: optional(text(500)), // paths from the folder of the file, or `sha256:` and the address of a document
  statement: optional(text(500)),
  candidates: list(candidate, 0, 500), // none: a list « sur sigle » of a CCP
  joint: optional(list(record({ affiliation: text(200), percent: integer(0, 100) }), 2, 10)),
});
const member = record({
  seat: integer(1, 200),
  login: text(100),
  substitute: optional(boolean),
  list: optional(key),
});
const file = record({
  election: record({ id: uuid, title: text(200), preset: oneOf('2022', '2026') }),
  calendar: optional(
    record({
      portalOpensAt: parisTime,
      votingOpensAt: parisTime,
      votingClosesAt: parisTime,
      graceMinutes: integer(0, 60),
      listsShownAt: optional(parisTime),
      candidatesDueAt: optional(parisTime),
      candidatesShownAt: optional(parisTime),
      noticesFrom: optional(parisTime),
    }),
  ),
  boards: optional(
    list(record({ key, id, title: text(200), members: optional(list(member, 1, 400)) }), 0, 500),
  ),
  scrutins: list(
    record({
      code: optional(code),
      id,
      uuid: optional(beleniosUuid),
      title: text(200),
      body: oneOf('CSA', 'CAP', 'CCP'),
      seats: integer(1, 200),
      held: optional(oneOf('here', 'elsewhere')),
      group: optional(oneOf('Ed25519', 'BELENIOS-2048')),
      board: optional(key),
      seed: optional(text(200)), // the order of the lists is drawn from it
      lists: optional(list(candidateList, 0, 200)),
    }),
    0,
    500,
  ),
});

/** A whole election as its file says it. Times are instants in UTC. */
export type ElectionFile = ReturnType<typeof file.parse>;

/** The file is not an election: the message names the line, the field and what it takes. */
export class BadElectionFile extends Error {
  constructor(
    message: string,
    /** The same for the pages. */
    readonly inFrench: string,
  ) {
    super(message);
    this.name = 'BadElectionFile';
  }
}

/** Reads the YAML text of an election. Throws `BadElectionFile`. */
export function readElectionFile(yaml: string): ElectionFile {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, schema: 'core', uniqueKeys: true });
  const [wrong] = document.errors;
  if (wrong) {
    const line = wrong.linePos?.[0].line ?? 1;
    const what = `line ${line}: ${wrong.message.split('\n')[0] ?? ''}`;
    throw new BadElectionFile(what, `Ligne ${line} : ce n’est pas du YAML bien formé.`);
  }
  try {
    const read = file.parse(document.toJS({ maxAliasCount: 100 }), 'file');
    checkNames(read);
    return read;
  } catch (error) {
    if (!(error instanceof BadField)) throw error;
    const steps = error.path
      .split(/[.[\]]+/)
      .slice(1)
      .filter((step) => step !== '');
    const line = lineOf(steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
    const field = error.path.replace(/^file\./, '');
    throw new BadElectionFile(
      `line ${line}: ${field}: expected ${error.expected}`,
      `Ligne ${line}, ${field} : ${expectedInFrench(error.expected)}.`,
    );
  }

  /** The line of a node, or of the nearest one that holds it. */
  function lineOf(path: readonly (string | number)[]): number {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
      if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** Names are said once, and those that are referred to are there. */
function checkNames({ boards = [], scrutins }: ElectionFile): void {
  const twice = (names: readonly string[], path: string) => {
    const again = names.findIndex((name, index) => names.indexOf(name) < index);
    if (again >= 0)
      throw new BadField(`${path}[${again}]`, `another name than ${names[again] ?? ''}, which is taken`);
  };
  twice(
    boards.map((board) => board.key),
    'file.boards',
  );
  twice(
    scrutins.map(({ code, id }) => code ?? id ?? ''),
    'file.scrutins',
  );
  const nameless = scrutins.findIndex(({ code, id }) => code === undefined && id === undefined);
  if (nameless >= 0) throw new BadField(`file.scrutins[${nameless}].code`, 'a value');
  for (const [index, { board, lists = [] }] of scrutins.entries()) {
    if (board !== undefined && !boards.some((one) => one.key === board))
      throw new BadField(`file.scrutins[${index}].board`, 'the key of one of the boards');
    twice(
      lists.map((one) => one.key),
      `file.scrutins[${index}].lists`,
    );
  }
}

/** What a field takes, for the pages. */
const expectations: readonly (readonly [RegExp, string])[] = [
  [/^a value$/, 'une valeur est nécessaire'],
  [/^an integer from (\d+) to (\d+)$/, 'un nombre entier de $1 à $2 est attendu'],
  [/^text of 1 to (\d+) characters$/, 'un texte de 1 à $1 caractères est attendu'],
  [/^a list of (\d+) to (\d+) items$/, 'une liste de $1 à $2 éléments est attendue'],
  [/^one of (.*)$/, 'une de ces valeurs est attendue : $1'],
  [/^a time in Paris/, 'une heure de Paris qui existe est attendue, telle que 2022-12-01 08:00'],
  [/^an instant/, 'un instant est attendu, tel que 2022-12-01T07:00:00.000Z'],
  [/^an object$/, 'des champs sont attendus'],
  [/^true or false$/, 'true ou false est attendu'],
  [/^nothing: the field is unknown$/, 'ce champ est inconnu'],
  [/^a random UUID/, 'un UUID aléatoire en minuscules est attendu'],
  [/^another name than (.*), which is taken$/, 'le nom $1 est déjà pris'],
  [/^the key of one of the boards$/, 'la clé d’un des bureaux est attendue'],
  [/^a key of/, 'une clé de lettres, de chiffres et de traits d’union est attendue'],
  [/^1 to 20 capitals/, 'un code de 1 à 20 majuscules, chiffres et traits d’union est attendu'],
  [/^14 to 64 base58/, 'un identifiant Belenios de 14 à 64 signes est attendu'],
];

function expectedInFrench(expected: string): string {
  for (const [shape, words] of expectations) {
    const found = shape.exec(expected);
    if (found) return words.replaceAll(/\$(\d)/g, (_, place: string) => found[Number(place)] ?? '');
  }
  return 'valeur incorrecte';
}
