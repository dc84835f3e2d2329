import type { LedgerEvent } from '../events/codec.js';
import type { Decider } from '../ledger/decider.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ListsState } from '../ledger/list-fence.js';
import { Refusal } from '../ledger/refusal.js';
import { AppointMember, DeclareBoard, RenameBoard, type Office } from '../modules/board/board.commands.js';
import { board } from '../modules/board/board.decider.js';
import { DeclareElection, RenameElection, SetCalendar } from '../modules/election/election.commands.js';
import { election } from '../modules/election/election.decider.js';
import type { Candidatures } from '../modules/scrutin/candidatures.js';
import {
  DeclareScrutin,
  DrawListOrder,
  WithdrawCandidateList,
  type ScrutinCommand,
} from '../modules/scrutin/scrutin.commands.js';
import { scrutin } from '../modules/scrutin/scrutin.decider.js';
import { beleniosUuidOf, idOf, scrutinIdOf } from './derived-ids.js';
import { BadElectionFile, type ElectionFile } from './election-file.js';

/** A command that the ledger does not hold yet, and what it changes in words: of the command line, and of the pages. */
export interface Change {
  readonly says: string;
  readonly inFrench: string;
  readonly command: object;
}

/** The rules refuse a change of the file; it says which in words for the pages. */
export class RefusedChange extends Refusal {
  constructor(
    refusal: Refusal,
    says: string,
    readonly inFrench: string,
  ) {
    super(refusal.code, `${says}: ${refusal.message}`, refusal.kind);
  }
}

/** What the plan looks things up with. */
export interface PlanGround {
  readonly ledger: Ledger;
  readonly candidatures: Candidatures;
  /** The staff by their logins. */
  readonly staff: ReadonlyMap<string, string>;
  /** The file at a path, or at the address of a document. */
  readonly paper: (path: string) => Promise<Buffer>;
  /** Whether the lists of the election are closed, and until when candidates are filed. */
  readonly lists: ListsState;
  /** Whether a board has sealed its scrutins. */
  readonly sealed: boolean;
  readonly now: string;
}

type File = ElectionFile;
type FileScrutin = File['scrutins'][number];

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
  const { state } = trial;
  if (state.phase === 'declared' && state.preset === preset) {
    const rename = new RenameElection(id, title, undefined, ground.sealed);
    trial.try([`election: its title is ${title}`, `intitulé de l’élection : « ${title} »`], rename);
  } else {
    const says = [
      `election: ${title} (rules of ${preset})`,
      `élection « ${title} », règles de ${preset}`,
    ] as const;
    trial.try(says, new DeclareElection(id, title, preset));
  }
  if (calendar) trial.try(['calendar', 'calendrier'], new SetCalendar(id, calendar, ground.sealed));
  return trial.changes;
}

async function boardChanges({ election: { id }, boards = [], scrutins }: File, ground: PlanGround) {
  const changes: Change[] = [];
  for (const { key, id: known, title, members = [] } of boards) {
    const boardId = known ?? idOf(id, `board/${key}`);
    const trial = await Trial.of(ground, board, `board-${boardId}`);
    const declared = trial.state?.electionId === id;
    const named = declared ? new RenameBoard(boardId, title) : new DeclareBoard(boardId, id, title);
    trial.try([`board ${key}: ${title}`, `bureau « ${title} »`], named);
    for (const { seat, login, substitute = false, list } of members) {
      const staffId = ground.staff.get(login.trim().toLowerCase());
      if (staffId === undefined)
        throw new BadElectionFile(
          `board ${key}: nobody of the staff signs in as ${login}`,
          `Bureau ${key} : personne du personnel ne se connecte sous le nom ${login}.`,
        );
      const says = [
        `board ${key}: ${login} is ${substitute ? 'the substitute of ' : ''}seat ${seat}`,
        `bureau « ${title} » : ${login}, ${substitute ? 'suppléant du siège' : 'siège'} ${seat}`,
      ] as const;
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
  const scrutinId = scrutinIdOfFile(electionId, one);
  const boardId = boardOf(electionId, key, file);
  const trial = await Trial.of(ground, scrutin, `scrutin-${scrutinId}`);
  const { candidatesDueAt } = file.calendar ?? ground.lists;
  const attempt = (says: string, inFrench: string, command: ScrutinCommand, does: object = command) => {
    const words = [`scrutin ${code ?? scrutinId}: ${says}`, `scrutin « ${title} » : ${inFrench}`] as const;
    trial.try(words, { command, election: { candidatesDueAt } }, does);
    // The order may be drawn after the lists are closed; nothing else changes (CGFP 528).
    if (ground.lists.closed && command.kind !== 'DrawListOrder' && trial.changes.at(-1)?.command === does)
      throw new RefusedChange(
        new Refusal('lists.closed', 'The lists of this election are closed (CGFP 528).'),
        ...words,
      );
  };
  const uuid = one.uuid ?? beleniosUuidOf(scrutinId);
  const description = { uuid, group, code, title, body, seats, held, boardId };
  const declared = `${body}, ${seats} sièges${held === 'here' ? '' : ', voté ailleurs'}`;
  attempt(title, declared, new DeclareScrutin(scrutinId, electionId, description));
  const kept = new Set(lists.map((list) => listIdOf(electionId, one, list)));
  const filed = trial.state.phase === 'declared' ? [...trial.state.lists.keys()] : [];
  for (const listId of filed.filter((id) => !kept.has(id)))
    attempt(
      `a list that the file does not name (${listId}) is withdrawn`,
      `une liste que le fichier ne nomme pas est retirée pour de bon (${listId})`,
      new WithdrawCandidateList(scrutinId, listId),
    );
  for (const { key: name, id, logo, statement, ...list } of lists) {
    const listId = listIdOf(electionId, one, { key: name, id });
    const { candidatures, paper } = ground;
    const drawing = logo === undefined ? undefined : await paper(logo);
    const papers = candidatures.prepare(scrutinId, listId, list, drawing);
    const { length } = list.candidates;
    const named = length === 0 ? 'sur sigle' : `${length} ${length === 1 ? 'candidat' : 'candidats'}`;
    const said = `liste « ${list.title} », ${named}`;
    attempt(`list ${list.title}, ${length} candidates`, said, papers.command, papers);
    if (statement !== undefined) {
      const stated = candidatures.prepareStatement(scrutinId, listId, await paper(statement));
      const of = `profession de foi de « ${list.title} »`;
      attempt(`statement of ${list.title}`, of, stated.command, stated);
    }
  }
  if (seed !== undefined)
    attempt(
      'the order of the lists is drawn',
      'l’ordre des listes est tiré au sort',
      new DrawListOrder(scrutinId, seed),
    );
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
  try([says, inFrench]: readonly [string, string], command: C, does: object = command as object): void {
    try {
      const events = this.decider.decide(command, this.state, this.now);
      if (events.length > 0) this.changes.push({ says, inFrench, command: does });
      this.state = events.reduce<S>((state, event) => this.decider.evolve(state, event), this.state);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new RefusedChange(error, says, inFrench);
    }
  }
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
  const list = of?.lists?.find((one) => one.key === name);
  if (!of || !list)
    throw new BadElectionFile(
      `board ${boardKey}: no scrutin of it has a list ${name}`,
      `Bureau ${boardKey} : aucun de ses scrutins n’a de liste ${name}.`,
    );
  return listIdOf(electionId, of, list);
}

function scrutinIdOfFile(electionId: string, { id, code = '' }: FileScrutin): string {
  return id ?? scrutinIdOf(electionId, code);
}

function listIdOf(
  electionId: string,
  { id: scrutinId, code = scrutinId ?? '' }: FileScrutin,
  { key, id }: { readonly key: string; readonly id?: string | undefined },
): string {
  return id ?? idOf(electionId, `list/${code}/${key}`);
}

function boardOf(electionId: string, key: string | undefined, { boards = [] }: File): string | undefined {
  if (key === undefined) return undefined;
  return boards.find((one) => one.key === key)?.id ?? idOf(electionId, `board/${key}`);
}
