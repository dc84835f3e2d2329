/** What a holder reads from the portal about the ceremony of a board, in the browser as at the command line. */
import type { GroupName } from './group.js';
import { rounds, type Round } from './key-ceremony-messages.js';
import type { BoardCeremony } from './key-ceremony-seat.js';

/** The names that events and the API have for the rounds, in their order. */
export const roundNames = ['certificate', 'commitment', 'opening', 'deal', 'completion'] as const;
export type RoundName = (typeof roundNames)[number];

/** `ceremony` of `GET /api/boards/:boardId`. */
export interface CeremonyAnswer {
  readonly ceremonyId: string;
  readonly practice: boolean;
  readonly group: GroupName;
  readonly groups: BoardCeremony['groups'];
  readonly phase: 'running' | 'aborted' | 'completed';
  readonly round: RoundName | null;
  readonly silent: readonly number[];
  readonly named: readonly number[];
  readonly reason: 'cheated' | 'absent' | 'given-up' | null;
  readonly said: Readonly<Record<RoundName, Readonly<Record<number, string>>>>;
}

/** The ceremony as `takeTurn` reads it. */
export function ceremonyOf({ ceremonyId, groups, said }: CeremonyAnswer): BoardCeremony {
  const named = rounds.map((round, place) => [round, said[roundNames[place] as RoundName]] as const);
  return { ceremonyId, groups, said: Object.fromEntries(named) as BoardCeremony['said'] };
}

/** What the API calls a round. */
export function roundName(round: Round): RoundName {
  return roundNames[rounds.indexOf(round)] as RoundName;
}
