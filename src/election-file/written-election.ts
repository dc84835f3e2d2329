import { Injectable } from '@nestjs/common';
import { stringify } from 'yaml';
import { Documents } from '../documents/documents.js';
import { fromParisField, inParisField } from '../http/paris-time.js';
import { Ledger } from '../ledger/ledger.js';
import { board as boardDecider } from '../modules/board/board.decider.js';
import { declared } from '../modules/board/board.state.decider.js';
import { candidatesOf } from '../modules/scrutin/candidate-document.js';
import { StaffAccounts } from '../modules/staff/staff-accounts.js';
import { listBoards, type BoardRow } from '../projections/boards.projection.js';
import { findElection, type ElectionRow } from '../projections/elections.projection.js';
import { scrutinsOfElection, type ScrutinRow } from '../projections/scrutins.projection.js';
import { Database } from '../storage/database.js';
import { beleniosUuidOf, scrutinIdOf } from './derived-ids.js';

/** What is written instead of ids: keys of boards and of lists. */
interface Keys {
  readonly boards: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, string>;
}

/** The present election as a file: applying it changes nothing. Ids are said where they do not follow from a code. */
@Injectable()
export class WrittenElection {
  constructor(
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly ledger: Ledger,
    private readonly staff: StaffAccounts,
  ) {}

  /** YAML; undefined when there is no such election. */
  async of(electionId: string): Promise<string | undefined> {
    const register = this.database.pool('register');
    const election = await findElection(register, electionId);
    if (!election) return undefined;
    const boards = (await listBoards(register)).filter((one) => one.electionId === electionId);
    const scrutins = await scrutinsOfElection(register, electionId);
    const keys = keysOf(boards, scrutins);
    const logins = new Map((await this.staff.list()).map(({ staffId, login }) => [staffId, login]));
    const written = {
      election: { id: electionId, title: election.title, preset: election.preset },
      ...(election.calendar && { calendar: calendarOf(election.calendar) }),
      ...(boards.length > 0 && {
        boards: await Promise.all(boards.map((one) => this.board(one, keys, logins))),
      }),
      scrutins: await Promise.all(scrutins.map((one) => this.scrutin(one, keys))),
    };
    const head = `# ${election.title}\n# Les heures sont celles de Paris. Appliqué tel quel, ce fichier ne change rien.\n`;
    return head + stringify(written, { lineWidth: 0 });
  }

  private async board({ boardId, title }: BoardRow, keys: Keys, logins: ReadonlyMap<string, string>) {
    const { seats } = declared((await this.ledger.load(boardDecider, `board-${boardId}`)).state);
    const members = [...seats]
      .sort(([one], [other]) => one - other)
      .flatMap(([seat, { titular, substitute, listId }]) => {
        const list = keys.lists.get(listId ?? '');
        return [
          ...(titular === undefined ? [] : [{ seat, login: logins.get(titular), ...(list && { list }) }]),
          ...(substitute === undefined ? [] : [{ seat, login: logins.get(substitute), substitute: true }]),
        ];
      })
      .filter(({ login }) => login !== undefined);
    return { key: keys.boards.get(boardId), id: boardId, title, ...(members.length > 0 && { members }) };
  }

  private async scrutin(row: ScrutinRow, keys: Keys) {
    const { scrutinId, electionId, uuid, group, code, title, body, seats, held, boardId, seed } = row;
    return {
      ...(code !== undefined && { code }),
      ...((code === undefined || scrutinIdOf(electionId, code) !== scrutinId) && { id: scrutinId }),
      ...(uuid !== beleniosUuidOf(scrutinId) && { uuid }),
      ...{ title, body, seats },
      ...(held === 'elsewhere' && { held }),
      ...(group !== 'Ed25519' && { group }),
      ...(boardId !== undefined && { board: keys.boards.get(boardId) }),
      ...(seed !== undefined && { seed }),
      ...(row.lists.length > 0 && {
        lists: await Promise.all(row.lists.map((list) => this.list(list, keys))),
      }),
    };
  }

  private async list({ listId, content, logo, statement }: ScrutinRow['lists'][number], keys: Keys) {
    const document = await this.documents.get(content);
    if (!document) throw new Error(`the document of list ${listId} was erased`);
    const { title, affiliation, candidates, joint } = candidatesOf(document.content);
    return {
      ...{ key: keys.lists.get(listId), id: listId, title },
      ...(affiliation !== undefined && { affiliation }),
      ...(logo !== undefined && { logo: `sha256:${logo}` }),
      ...(statement !== undefined && { statement: `sha256:${statement}` }),
      candidates,
      ...(joint && { joint }),
    };
  }
}

function keysOf(boards: readonly BoardRow[], scrutins: readonly ScrutinRow[]): Keys {
  const lists = scrutins.flatMap((scrutin) => scrutin.lists);
  return {
    boards: new Map(boards.map(({ boardId }, place) => [boardId, `bureau-${place + 1}`])),
    lists: new Map(lists.map(({ listId }, place) => [listId, `liste-${place + 1}`])),
  };
}

function calendarOf({ graceMinutes, ...times }: NonNullable<ElectionRow['calendar']>) {
  const written = Object.entries(times).flatMap(([moment, at]) => (at ? [[moment, timeOf(at)]] : []));
  return { ...(Object.fromEntries(written) as Record<string, string>), graceMinutes };
}

/** `2022-12-01 08:00`, or the instant where that would be another one: an hour that happens twice, a second. */
function timeOf(at: Date): string {
  const field = inParisField(at);
  return fromParisField(field).getTime() === at.getTime() ? field.replace('T', ' ') : at.toISOString();
}
