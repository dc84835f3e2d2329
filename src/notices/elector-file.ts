/**
 * The file from which notices are made: `isoloir electors export` writes it, `isoloir notices make` reads it on a machine
 * without a network. JSON lines in UTF-8: a header, one line for each elector in the order of their ids, an end that counts
 * them, so that a copy that was cut off is noticed. docs/notices.md describes it.
 */
import {
  BadField,
  instant,
  integer,
  list,
  oneOf,
  optional,
  pattern,
  record,
  text,
  uuid,
  type Field,
} from '../events/fields.js';
import { beleniosUuid, ed25519Key } from '../events/identifiers.js';

/** What a line of a file must say, and does not. `line` counts from 1. */
export class BadLine extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(`line ${line}: ${reason}`);
    this.name = 'BadLine';
  }
}

/** A line of an address, or of what the notice shows of an elector; the paper has room for so much. */
const printed = text(120);

const header = record({
  isoloir: oneOf('electors/v1'),
  electionId: uuid,
  title: text(200),
  portal: pattern('an https address', /^https?:\/\/[!-~]{1,200}$/),
  portalOpensAt: instant,
  votingOpensAt: instant,
  votingClosesAt: instant,
  scrutins: list(
    record({
      scrutinId: uuid,
      uuid: beleniosUuid,
      group: oneOf('Ed25519', 'BELENIOS-2048'),
      title: text(200),
    }),
    1,
    1_000,
  ),
});
/** The first line: the election and its scrutins, by their place in the list. */
export type ElectorFileHeader = ReturnType<typeof header.parse>;

const elector = record({
  electorId: uuid,
  lastName: printed,
  firstName: printed,
  corps: printed,
  academy: printed,
  unit: text(200),
  /** By which way the notice goes. */
  channel: oneOf('hand', 'post', 'registered'),
  /** Lines of the postal address; none when the notice is handed over. */
  address: list(printed, 0, 7),
  /** What the organiser has printed on the notice to tell people apart (F42). */
  identification: list(printed, 0, 4),
  /** Places of the elector's scrutins in the header's list. */
  scrutins: list(integer(0, 999), 1, 100),
  /** The gate key that the new code takes the place of, when there was a code before. */
  replaces: optional(ed25519Key),
});
/** One elector: to whom a notice goes, and for which scrutins. */
export type NoticeElector = ReturnType<typeof elector.parse>;

const end = record({ end: record({ electors: integer(0, 100_000_000) }) });

/** Reads the first line. Throws `BadLine`. */
export function readHeader(json: string): ElectorFileHeader {
  return parsedLine(header, json, 1);
}

/** Reads the line of an elector. Throws `BadLine`, which names the field and never the value. */
export function readElector(json: string, at: number, scrutins: number): NoticeElector {
  const read = parsedLine(elector, json, at);
  if (read.scrutins.some((index) => index >= scrutins))
    throw new BadLine(at, 'scrutins: there is no such scrutin');
  if (new Set(read.scrutins).size !== read.scrutins.length)
    throw new BadLine(at, 'scrutins: one is there twice');
  if (read.channel !== 'hand' && read.address.length === 0)
    throw new BadLine(at, `address: expected lines, since the notice goes by ${read.channel}`);
  return read;
}

/** Whether a line is the last one; its number of electors. */
export function readEnd(json: string, at: number): number | undefined {
  return json.startsWith('{"end"') ? parsedLine(end, json, at).end.electors : undefined;
}

/** The line of a header, an elector or the end. */
export function lineOf(value: ElectorFileHeader | NoticeElector | { end: { electors: number } }): string {
  return `${JSON.stringify(value)}\n`;
}

/** A line of JSON that a field describes. Throws `BadLine`, which names the field and never the value. */
export function parsedLine<T>(field: Field<T>, json: string, at: number): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new BadLine(at, 'not JSON');
  }
  try {
    return field.parse(value, '');
  } catch (error) {
    if (error instanceof BadField)
      throw new BadLine(at, `${error.path.slice(1)}: expected ${error.expected}`);
    throw error;
  }
}
