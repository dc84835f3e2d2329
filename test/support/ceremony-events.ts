import { randomUUID } from 'node:crypto';
import type { Group } from '../../src/crypto/group.js';
import { rounds } from '../../src/crypto/key-ceremony-messages.js';
import { signedJson, type Signed } from '../../src/crypto/signed-message.js';
import { electionKey, printKeyHolders } from '../../src/crypto/key-holders.js';
import { ceremonyRounds, type BoardEvent } from '../../src/events/board.events.js';
import { completed } from '../unit/crypto/ceremony.js';
import type { MadeKey } from '../unit/crypto/made-election.js';

/** A key with the ceremony that made it. */
export interface CeremonialKey extends MadeKey {
  readonly ceremonyId: string;
  /** `trustees.json`. */
  readonly keyHoldersFile: string;
  readonly publicKey: string;
  readonly group: Group;
  readonly groups: readonly { readonly threshold: number; readonly seats: readonly number[] }[];
  readonly messages: readonly { readonly round: number; readonly seat: number; readonly message: string }[];
}

/** As the rules have it: one of president and secretary, two of four delegates. */
export const boardGroups = [
  { threshold: 1, seats: [1, 2] },
  { threshold: 2, seats: [3, 4, 5, 6] },
];

/** Holds a ceremony for these groups; `ceremonyId` binds its messages. */
export function holdCeremony(group: Group, groups: CeremonialKey['groups'] = boardGroups): CeremonialKey {
  const ceremonyId = randomUUID();
  const made = groups.map(({ threshold, seats }, i) =>
    completed({ group, id: `${ceremonyId}/${i + 1}`, size: seats.length, threshold }),
  );
  const messages = rounds.flatMap((round, number) =>
    made.flatMap(({ board }, i) =>
      (groups[i]?.seats ?? []).map((seat, k) => {
        const message = JSON.stringify(signedJson(board.transcript[round][k] as Signed));
        return { round: number, seat, message };
      }),
    ),
  );
  const holders = made.map((one) => one.group);
  return {
    ...{ ceremonyId, group, groups, messages, holders },
    keyHoldersFile: printKeyHolders(group, holders),
    publicKey: group.print(electionKey(group, holders)),
    shares: made.flatMap(({ shares }) => shares),
  };
}

/** The events of a ceremony, up to its last message. */
export function ceremonyEvents(
  { ceremonyId, group, groups, messages }: CeremonialKey,
  boardId: string,
  at: string,
): BoardEvent[] {
  const common = { boardId, ceremonyId, at };
  const types = {
    certificate: 'KeyHolderCertified',
    commitment: 'KeySharesCommitted',
    opening: 'KeySharesOpened',
    deal: 'KeySharesDealt',
    completion: 'KeyHolderCompleted',
  } as const;
  return [
    {
      type: 'CeremonyStarted',
      data: { ...common, practice: false, group: group.name, groups },
    },
    ...messages.map(({ round, seat, message }) => {
      const name = ceremonyRounds[round] as keyof typeof types;
      return { type: types[name], data: { ...common, seat, [name]: message } } as unknown as BoardEvent;
    }),
  ];
}
