import { LineCounter, parseDocument } from 'yaml';
import {
  BadField,
  boolean,
  integer,
  list,
  oneOf,
  optional,
  pattern,
  record,
  text,
  uuid,
} from '../events/fields.js';
import { fromParisField, inParisField } from '../http/paris-time.js';

/** An hour of Paris: `2022-12-01 08:00`. One that does not happen, when summer time begins, is an error. */
const parisTime = {
  parse(value: unknown, path: string): string {
    const [, day, hour] =
      /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})$/.exec(typeof value === 'string' ? value : '') ?? [];
    const field = `${day ?? ''}T${hour ?? ''}`;
    const instant = day === undefined ? undefined : fromParisField(field);
    if (!instant || Number.isNaN(instant.getTime()) || inParisField(instant) !== field)
      throw new BadField(path, 'a time in Paris such as 2022-12-01 08:00');
    return instant.toISOString();
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
const candidateList = record({
  key,
  title: text(200),
  affiliation: optional(text(200)),
  logo: optional(text(500)), // paths, from the folder of the file
  statement: optional(text(500)),
  candidates: list(candidate, 1, 500),
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
  calendar: record({
    portalOpensAt: parisTime,
    votingOpensAt: parisTime,
    votingClosesAt: parisTime,
    graceMinutes: integer(0, 60),
    listsShownAt: optional(parisTime),
    candidatesDueAt: optional(parisTime),
    candidatesShownAt: optional(parisTime),
    noticesFrom: optional(parisTime),
  }),
  boards: optional(list(record({ key, title: text(200), members: optional(list(member, 1, 400)) }), 0, 500)),
  scrutins: list(
    record({
      code,
      title: text(200),
      body: oneOf('CSA', 'CAP', 'CCP'),
      seats: integer(1, 200),
      held: optional(oneOf('here', 'elsewhere')),
      group: optional(oneOf('Ed25519', 'BELENIOS-2048')),
      board: optional(key),
      seed: optional(text(200)), // the order of the lists is drawn from it
      lists: optional(list(candidateList, 0, 200)),
    }),
    1,
    500,
  ),
});

/** A whole election as its file says it. Times are instants in UTC. */
export type ElectionFile = ReturnType<typeof file.parse>;

/** The file is not an election: the message names the line, the field and what it takes. */
export class BadElectionFile extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadElectionFile';
  }
}

/** Reads the YAML text of an election. Throws `BadElectionFile`. */
export function readElectionFile(yaml: string): ElectionFile {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, schema: 'core', uniqueKeys: true });
  const [wrong] = document.errors;
  if (wrong)
    throw new BadElectionFile(`line ${wrong.linePos?.[0].line ?? 1}: ${wrong.message.split('\n')[0] ?? ''}`);
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
    throw new BadElectionFile(
      `line ${line}: ${error.path.replace(/^file\./, '')}: expected ${error.expected}`,
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
    scrutins.map((scrutin) => scrutin.code),
    'file.scrutins',
  );
  for (const [index, { board, lists = [] }] of scrutins.entries()) {
    if (board !== undefined && !boards.some((one) => one.key === board))
      throw new BadField(`file.scrutins[${index}].board`, 'the key of one of the boards');
    twice(
      lists.map((one) => one.key),
      `file.scrutins[${index}].lists`,
    );
  }
}
