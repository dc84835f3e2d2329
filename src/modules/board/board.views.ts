import { ApiProperty } from '@nestjs/swagger';
import { ceremonyRounds } from '../../events/board.events.js';
import { isSealed, presentRound, silentIn, type Board, type RunningCeremony } from './board.state.decider.js';

/** What the API says of boards. */

class SeatView {
  @ApiProperty()
  seat!: number;
  @ApiProperty({ enum: ['president', 'secretary', 'delegate'] })
  office!: string;
  @ApiProperty({ format: 'uuid', nullable: true, type: String, description: 'Who sits there now.' })
  holder!: string | null;
  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  titular!: string | null;
  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  substitute!: string | null;
}

class GroupView {
  @ApiProperty()
  threshold!: number;
  @ApiProperty({ type: [Number] })
  seats!: readonly number[];
}

export class CeremonyView {
  @ApiProperty({ format: 'uuid' })
  ceremonyId!: string;
  @ApiProperty()
  practice!: boolean;
  @ApiProperty({ enum: ['Ed25519', 'BELENIOS-2048'] })
  group!: string;
  @ApiProperty({ type: [GroupView] })
  groups!: readonly GroupView[];
  @ApiProperty({ enum: ['running', 'aborted', 'completed'] })
  phase!: string;
  @ApiProperty({ enum: ceremonyRounds, nullable: true, description: 'Null once all have spoken in all.' })
  round!: string | null;
  @ApiProperty({ type: [Number], description: 'Who has not spoken in this round.' })
  silent!: readonly number[];
  @ApiProperty({ type: [Number], description: 'Who is named, when it was aborted.' })
  named!: readonly number[];
  @ApiProperty({ nullable: true, type: String, enum: ['cheated', 'absent', 'given-up'] })
  reason!: string | null;
  @ApiProperty({ description: 'What was said: by round, then by seat.' })
  said!: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

class KeyView {
  @ApiProperty({ description: 'Address of `trustees.json`.' })
  keyHolders!: string;
  @ApiProperty()
  publicKey!: string;
  @ApiProperty({ type: [Number], description: 'The seat of each owner of the file, in its order.' })
  owners!: readonly number[];
}

class RehearsalView {
  @ApiProperty({ format: 'uuid' })
  rehearsalId!: string;
  @ApiProperty()
  tally!: string;
  @ApiProperty({
    type: [Number],
    description: 'What it encrypts: with the key, the tally can be made again.',
  })
  votes!: readonly number[];
  @ApiProperty({ type: [Number] })
  decrypted!: readonly number[];
  @ApiProperty({ description: 'A quorum found the votes.' })
  done!: boolean;
}

class SealingView {
  @ApiProperty({ description: 'Address of the document of all that counts.' })
  seal!: string;
  @ApiProperty({ type: [String], description: 'Who approved it.' })
  approvedBy!: readonly string[];
  @ApiProperty({ enum: ['proposed', 'sealed', 'broken'] })
  phase!: string;
}

export class BoardView {
  @ApiProperty({ format: 'uuid' })
  boardId!: string;
  @ApiProperty({ format: 'uuid' })
  electionId!: string;
  @ApiProperty()
  title!: string;
  @ApiProperty({ type: [SeatView] })
  seats!: readonly SeatView[];
  @ApiProperty({ type: CeremonyView, nullable: true })
  ceremony!: CeremonyView | null;
  @ApiProperty({ type: KeyView, nullable: true })
  key!: KeyView | null;
  @ApiProperty({ type: RehearsalView, nullable: true })
  rehearsal!: RehearsalView | null;
  @ApiProperty({ type: SealingView, nullable: true })
  sealing!: SealingView | null;
}

/** A board as programs see it. */
export function boardView(board: Board): BoardView {
  const { boardId, electionId, title, seats, ceremony, key, rehearsal, sealing } = board;
  return {
    boardId,
    electionId,
    title,
    seats: [...seats]
      .sort(([one], [other]) => one - other)
      .map(([seat, { office, holder, titular, substitute }]) => ({
        seat,
        office,
        holder: holder ?? null,
        titular: titular ?? null,
        substitute: substitute ?? null,
      })),
    ceremony: ceremony ? ceremonyView(ceremony) : null,
    key: key ? { keyHolders: key.keyHolders, publicKey: key.publicKey, owners: key.owners } : null,
    rehearsal: rehearsal
      ? {
          rehearsalId: rehearsal.rehearsalId,
          tally: rehearsal.tally,
          votes: rehearsal.votes,
          decrypted: [...rehearsal.decryptions.keys()],
          done: rehearsal.done,
        }
      : null,
    sealing: sealing
      ? {
          seal: sealing.proposed.seal,
          approvedBy: [...sealing.approvals.keys()],
          phase: sealing.broken ? 'broken' : isSealed(board) ? 'sealed' : 'proposed',
        }
      : null,
  };
}

function ceremonyView(ceremony: RunningCeremony): CeremonyView {
  const { ceremonyId, practice, group, groups, ended, aborted, said } = ceremony;
  const round = presentRound(ceremony);
  return {
    ceremonyId,
    practice,
    group,
    groups,
    phase: ended ?? 'running',
    round: round ?? null,
    silent: round ? silentIn(ceremony, round) : [],
    named: aborted?.seats ?? [],
    reason: aborted?.reason ?? null,
    said: Object.fromEntries(ceremonyRounds.map((one) => [one, Object.fromEntries(said[one])])),
  };
}
