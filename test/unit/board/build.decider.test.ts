import { describe, it } from '@jest/globals';
import { buildReplacement } from '../../../src/modules/board/build.decider.js';
import { specFor } from '../../given.js';
import { boardId, electionId, sha } from './past.js';

const now = '2022-12-02T09:00:00.000Z';
const given = specFor(buildReplacement, now);
const [one, other] = ['15622065-43da-4641-a3c2-1bd524674f0a', '2d0f6f0e-93a6-4a6c-8a1e-5f9f2b9be7c4'];
const president = { boardId, seat: 1, staffId: one };
const delegate = { boardId, seat: 4, staffId: other };
const replacement = {
  ...{ electionId, replacementId: '9b1f3f5e-6a0d-4c8e-8f5d-3d2b1a0c9e8f' },
  ...{ build: sha('1'), booth: sha('2'), reason: sha('3') },
  decidedBy: [president, delegate],
};
const command = { replacement, sealed: true, running: true };
const replaced = { type: 'BuildReplaced', data: { ...replacement, at: now } } as const;

describe('the software of an election', () => {
  it('is replaced by two members, and by the same decision once', () => {
    given().when(command).then(replaced);
    given({ type: 'ElectionOpened', data: { electionId, at: now } })
      .when(command)
      .then(replaced);
    given(replaced).when(command).then();
  });

  it('is not replaced by one person, in whatever seats, nor without a president', () => {
    const by = (...decidedBy: readonly (typeof president)[]) => ({
      ...command,
      replacement: { ...replacement, decidedBy },
    });
    given()
      .when(by(president, { ...delegate, staffId: one }))
      .thenRefuses('build.two-members');
    given()
      .when(by(delegate, { ...delegate, seat: 2, staffId: one }))
      .thenRefuses('build.no-president');
  });

  it('is not replaced where nothing is sealed or all is proclaimed, nor by what no server runs', () => {
    given()
      .when({ ...command, sealed: false })
      .thenRefuses('build.not-sealed');
    given()
      .when({ ...command, running: false })
      .thenRefuses('build.not-running');
  });
});
