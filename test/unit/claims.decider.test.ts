import { describe, it } from '@jest/globals';
import type { ClaimEvent } from '../../src/events/claim.events.js';
import { AnswerClaim, FileClaim } from '../../src/modules/claims/claims.commands.js';
import { claim } from '../../src/modules/claims/claims.decider.js';
import { specFor } from '../given.js';

const at = '2022-10-14T10:00:00.000Z';
const given = specFor(claim, '2022-10-14T10:00:42.123Z');
const [claimId, electionId, electorId, staffId] = [1, 2, 3, 4].map(
  (n) => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
) as [string, string, string, string];
const [text, other] = ['a'.repeat(64), 'b'.repeat(64)];

const filing = (its = text) => new FileClaim(claimId, electionId, electorId, undefined, its);
const filed: ClaimEvent = { type: 'ClaimFiled', data: { claimId, electionId, electorId, text, at } };
const answering = (its = text) => new AnswerClaim(claimId, 'accepted', staffId, its);
const answered: ClaimEvent = {
  type: 'ClaimAnswered',
  data: { claimId, decision: 'accepted', text, staffId, at },
};

describe('a claim (F57, F110)', () => {
  it('is filed once, dated to the minute', () => {
    given().when({ command: filing(), claims: 'open' }).then(filed);
    given(filed).when({ command: filing(), claims: 'open' }).then();
    given(filed)
      .when({ command: filing(other), claims: 'open' })
      .thenRefuses('claim.already-filed');
  });
  it('comes while the lists are shown and open', () => {
    given().when({ command: filing(), claims: 'early' }).thenRefuses('claim.too-early');
    given().when({ command: filing(), claims: 'closed' }).thenRefuses('claim.too-late');
  });
  it('is answered once, also after the lists are closed', () => {
    given().when({ command: answering(), claims: 'closed' }).thenRefuses('claim.not-filed');
    given(filed).when({ command: answering(), claims: 'closed' }).then(answered);
    given(filed, answered).when({ command: answering(), claims: 'closed' }).then();
    given(filed, answered)
      .when({ command: answering(other), claims: 'closed' })
      .thenRefuses('claim.already-answered');
  });
});
