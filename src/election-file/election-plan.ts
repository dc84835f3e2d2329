import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LedgerEvent } from '../events/codec.js';
import type { Decider } from '../ledger/decider.js';
import type { Ledger } from '../ledger/ledger.js';
import { Refusal } from '../ledger/refusal.js';
import { AppointMember, DeclareBoard, type Office } from '../modules/board/board.commands.js';
import { board } from '../modules/board/board.decider.js';
import { DeclareElection, SetCalendar } from '../modules/election/election.commands.js';
import { election } from '../modules/election/election.decider.js';
import type { Candidatures } from '../modules/scrutin/candidatures.js';
import {
  DeclareScrutin,
  DrawListOrder,
  WithdrawCandidateList,
  type ScrutinCommand,
} from '../modules/scrutin/scrutin.commands.js';
import { scrutin } from '../modules/scrutin/scrutin.decider.js';
import { beleniosUuidOf, derivedId } from './derived-ids.js';
import { BadElectionFile, type ElectionFile } from './election-file.js';

/** A command that the ledger does not hold yet, and what it changes in words. */
export interface Change {
  readonly says: string;
  readonly command: object;
}

/** What the plan looks things up with. */
export interface PlanGround {
  readonly ledger: Ledger;
  readonly candidatures: Candidatures;
  /** The staff by their logins. */
  readonly staff: ReadonlyMap<string, string>;
  /** Where paths begin. */
  readonly folder: string;
  readonly now: string;
}

type File = ElectionFile;
type FileScrutin = File['scrutins'][number];
const DOMAIN = 'isoloir/election-file/v1';
const idOf = (electionId: string, key: string) => derivedId(DOMAIN, electionId, key);

/**
 * What has to be done so that the ledger says what the file says, in the order in which it is done. Each command is decided
 * against the ledger by the same rules that will decide it: one that changes nothing is left out, one that is refused stops.
 */
export async function planOf(file: File, ground: PlanGround): Promise<Change[]> {
  const electionId = file.election.id;
  return [
    ...(await electionChanges(file, ground)),
    ...(await boardChanges(file, ground)),
    ...(await Promise.all(file.scrutins.map((one) => scrutinChanges(electionId, one, file, ground)))).flat(),
  ];
}

async function electionChanges({ election: { id, title, preset }, calendar }: File, ground: PlanGround) {
  const trial = await Trial.of(ground, election, `election-${id}`);
  trial.try(`election: ${title} (rules of ${preset})`, new DeclareElection(id, title, preset));
  trial.try('calendar', new SetCalendar(id, calendar));
  return trial.changes;
}

async function boardChanges({ election: { id }, boards = [], scrutins }: File, ground: PlanGround) {
  const changes: Change[] = [];
  for (const { key, title, members = [] } of boards) {
    const boardId = idOf(id, `board/${key}`);
    const trial = await Trial.of(ground, board, `board-${boardId}`);
    trial.try(`board ${key}: ${title}`, new DeclareBoard(boardId, id, title));
    for (const { seat, login, substitute = false, list } of members) {
      const staffId = ground.staff.get(login.trim().toLowerCase());
      if (staffId === undefined)
        throw new BadElectionFile(`board ${key}: nobody of the staff signs in as ${login}`);
      const says = `board ${key}: ${login} is ${substitute ? 'the substitute of ' : ''}seat ${seat}`;
      const listId = list === undefined ? undefined : listOf(id, scrutins, key, list);
      trial.try(says, new AppointMember(boardId, seat, officeOf(seat), staffId, substitute, listId));
    }
    changes.push(...trial.changes);
  }
  return changes;
}

async function scrutinChanges(
  electionId: string,
  one: FileScrutin,
  file: File,
  ground: PlanGround,
): Promise<Change[]> {
  const { code, title, body, seats, held = 'here', group = 'Ed25519', board: key, seed, lists = [] } = one;
  const scrutinId = idOf(electionId, `scrutin/${code}`);
  const boardId = key === undefined ? undefined : idOf(electionId, `board/${key}`);
  const trial = await Trial.of(ground, scrutin, `scrutin-${scrutinId}`);
  const { candidatesDueAt } = file.calendar;
  const attempt = (says: string, command: ScrutinCommand, does: object = command) => {
    trial.try(`scrutin ${code}: ${says}`, { command, election: { candidatesDueAt } }, does);
  };
  const description = { uuid: beleniosUuidOf(scrutinId), group, code, title, body, seats, held, boardId };
  attempt(title, new DeclareScrutin(scrutinId, electionId, description));
  const kept = new Set(lists.map((list) => idOf(electionId, `list/${code}/${list.key}`)));
  const filed = trial.state.phase === 'declared' ? [...trial.state.lists.keys()] : [];
  for (const listId of filed.filter((id) => !kept.has(id)))
    attempt(
      `a list that the file does not name (${listId}) is withdrawn`,
      new WithdrawCandidateList(scrutinId, listId),
    );
  for (const { key: name, logo, statement, ...list } of lists) {
    const listId = idOf(electionId, `list/${code}/${name}`);
    const { candidatures } = ground;
    const papers = candidatures.prepare(scrutinId, listId, list, await fileAt(ground, logo));
    attempt(`list ${list.title}, ${list.candidates.length} candidates`, papers.command, papers);
    const content = await fileAt(ground, statement);
    if (content) {
      const stated = candidatures.prepareStatement(scrutinId, listId, content);
      attempt(`statement of ${list.title}`, stated.command, stated);
    }
  }
  if (seed !== undefined) attempt('the order of the lists is drawn', new DrawListOrder(scrutinId, seed));
  return trial.changes;
}

/** Tries commands on a stream one after the other, without appending anything. */
class Trial<S, C, E extends LedgerEvent> {
  readonly changes: Change[] = [];

  private constructor(
    private readonly decider: Decider<S, C, E>,
    public state: S,
    private readonly now: string,
  ) {}

  static async of<S, C, E extends LedgerEvent>(
    ground: PlanGround,
    decider: Decider<S, C, E>,
    stream: string,
  ): Promise<Trial<S, C, E>> {
    const { state } = await ground.ledger.load(decider, stream);
    return new Trial(decider, state, ground.now);
  }

  /** Keeps the command if it changes something. `does` is what is to be executed, where it is not the command itself. */
  try(says: string, command: C, does: object = command as object): void {
    try {
      const events = this.decider.decide(command, this.state, this.now);
      if (events.length > 0) this.changes.push({ says, command: does });
      this.state = events.reduce<S>((state, event) => this.decider.evolve(state, event), this.state);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, `${says}: ${error.message}`, error.kind);
    }
  }
}

async function fileAt({ folder }: PlanGround, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  return readFile(resolve(folder, path)).catch(() => {
    throw new BadElectionFile(`${path}: cannot be read`);
  });
}

function officeOf(seat: number): Office {
  if (seat === 1) return 'president';
  return seat === 2 ? 'secretary' : 'delegate';
}

/** The list that a delegate stands for: of any scrutin of the board. */
function listOf(
  electionId: string,
  scrutins: readonly FileScrutin[],
  boardKey: string,
  name: string,
): string {
  const of = scrutins.find(
    ({ board: key, lists = [] }) => key === boardKey && lists.some((one) => one.key === name),
  );
  if (!of) throw new BadElectionFile(`board ${boardKey}: no scrutin of it has a list ${name}`);
  return idOf(electionId, `list/${of.code}/${name}`);
}
