import { describe, it } from '@jest/globals';
import { boxOpening, electionOpening, type Sealed } from '../../../src/modules/board/opening.decider.js';
import { specFor } from '../../given.js';
import { boardId, electionId, sha } from './past.js';

const opensAt = '2022-12-01T07:00:00.000Z';
const closesAt = '2022-12-08T16:00:00.000Z';
const list = { root: sha('1'), count: 12 };
const sealed: Sealed = {
  ...{ scrutinId: '1c3a7b8b-9dcb-465c-abb9-5dd576ab9620', electionId, boardId, seal: sha('2') },
  ...{ electionFile: sha('3'), keyHolders: sha('4'), roll: list, rollFile: sha('5') },
  ...{ credentials: list, credentialsFile: sha('6') },
  ...{ opensAt, closesAt, graceMinutes: 20 },
};
const at = (now: string) => specFor(boxOpening, now);
const opened = (now: string) => ({ type: 'BoxOpened', data: { ...sealed, at: now } }) as const;

describe('a box', () => {
  it('opens at the hour, once', () => {
    at(opensAt)().when({ sealed }).then(opened(opensAt));
    at(opensAt)(opened(opensAt)).when({ sealed }).then();
  });
  it('opens neither before nor when voting is over', () => {
    at('2022-12-01T06:59:59.999Z')().when({ sealed }).thenRefuses('opening.too-early');
    at(closesAt)().when({ sealed }).thenRefuses('opening.too-late');
  });
  it('stays shut where nothing is sealed', () => {
    at(opensAt)().when({ sealed: undefined }).thenRefuses('opening.not-sealed');
  });
});

describe('an election', () => {
  it('is open once', () => {
    const given = specFor(electionOpening, opensAt);
    const event = { type: 'ElectionOpened', data: { electionId, at: opensAt } } as const;
    given().when({ electionId }).then(event);
    given(event).when({ electionId }).then();
  });
});
