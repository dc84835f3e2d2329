import { groupCeremony, groupTranscript, type BoardCeremony } from '../../crypto/key-ceremony-seat.js';
import { assembleGroup } from '../../crypto/key-ceremony.js';
import { judgeComplaint, readTranscript } from '../../crypto/key-ceremony-check.js';
import { rounds, type Round } from '../../crypto/key-ceremony-messages.js';
import { checkKeyHolders } from '../../crypto/key-holders-check.js';
import { electionKey, printKeyHolders } from '../../crypto/key-holders.js';
import type { Group } from '../../crypto/group.js';
import type { Signed } from '../../crypto/signed-message.js';
import { ceremonyRounds } from '../../events/board.events.js';
import type { CeremonyRound } from './board.commands.js';
import type { RunningCeremony } from './board.state.decider.js';

/** The name that the cryptography has for a round. */
export function roundNamed(round: CeremonyRound): Round {
  return rounds[ceremonyRounds.indexOf(round)] as Round;
}

/** What was said, as holders and judges read it. */
export function boardCeremony({ ceremonyId, groups, said }: RunningCeremony): BoardCeremony {
  const texts = ceremonyRounds.map((round) => [roundNamed(round), Object.fromEntries(said[round])] as const);
  return { ceremonyId, groups, said: Object.fromEntries(texts) as BoardCeremony['said'] };
}

/** The seats that cheated in the rounds that are over, up to `last` (K1, K2, K5). */
export function faultySeats(group: Group, running: RunningCeremony, last: CeremonyRound): number[] {
  const ceremony = boardCeremony(running);
  return ceremony.groups.flatMap(({ seats }, place) => {
    const transcript = groupTranscript(group, ceremony, place, roundNamed(last));
    const { faults } = readTranscript(groupCeremony(group, ceremony, place), transcript);
    return faults.map(({ holder }) => seats[holder - 1] as number);
  });
}

/** Who cheated, when a seat complains of a share: the dealer, or the seat itself (K5). */
export function guiltyOf(group: Group, running: RunningCeremony, seat: number, complaint: Signed): number[] {
  const ceremony = boardCeremony(running);
  const place = ceremony.groups.findIndex(({ seats }) => seats.includes(seat));
  const seats = ceremony.groups[place]?.seats;
  if (!seats) return [];
  const transcript = groupTranscript(group, ceremony, place, 'deals');
  const accuser = seats.indexOf(seat) + 1;
  return judgeComplaint(groupCeremony(group, ceremony, place), transcript, accuser, complaint).map(
    ({ holder }) => seats[holder - 1] as number,
  );
}

/** The key that a sound ceremony made, with its file of key holders; or the seats that the file condemns (K7). */
export function assembleKey(
  group: Group,
  running: RunningCeremony,
): { file: string; owners: number[]; publicKey: string } | { faulty: number[] } {
  const ceremony = boardCeremony(running);
  const owners = ceremony.groups.flatMap(({ seats }) => seats);
  const holders = ceremony.groups.map((_, place) =>
    assembleGroup(groupCeremony(group, ceremony, place), groupTranscript(group, ceremony, place)),
  );
  const faults = checkKeyHolders(group, holders);
  if (faults.length > 0) return { faulty: faults.map(({ holder }) => owners[holder - 1] as number) };
  const publicKey = group.print(electionKey(group, holders));
  return { file: printKeyHolders(group, holders), owners, publicKey };
}
