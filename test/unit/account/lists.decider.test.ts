import { describe, it } from '@jest/globals';
import type { ElectorEvent } from '../../../src/events/elector.events.js';
import {
  CorrectElector,
  RegisterElector,
  RemoveElector,
} from '../../../src/modules/account/account.commands.js';
import { account } from '../../../src/modules/account/account.decider.js';
import { enrolment, type Enrolment } from '../../../src/modules/account/enrolment.decider.js';
import { specFor } from '../../given.js';

const now = '2022-10-14T10:07:31.250Z';
const given = specFor(account, now);
const electorId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
const electionId = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';
const [csa, cap] = ['0c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e', '1c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e'] as const;
const claimId = '2d8e1b36-6f0d-4b7e-8a3c-5d1e9f7a6b42';
const identity = { version: 'aaaaaaaa-1111-4111-8111-111111111111', sha256: 'a'.repeat(64) };
const another = { version: 'bbbbbbbb-1111-4111-8111-111111111111', sha256: 'b'.repeat(64) };

const registered: ElectorEvent = {
  type: 'ElectorRegistered',
  data: { electorId, electionId, identity, scrutinIds: [csa], at: now },
};
const removed: ElectorEvent = { type: 'ElectorRemoved', data: { electorId, at: now } };

describe('an elector', () => {
  it('is put on the lists of scrutins', () => {
    given()
      .when(new RegisterElector(electorId, electionId, identity, [csa]))
      .then(registered);
  });
  it('is moved to other lists, after a claim or without', () => {
    given(registered)
      .when(new CorrectElector(electorId, identity, [csa, cap], claimId))
      .then({
        type: 'ElectorCorrected',
        data: { electorId, identity, scrutinIds: [csa, cap], claimId, at: now },
      });
  });
  it('is named otherwise, on the same lists', () => {
    given(registered)
      .when(new CorrectElector(electorId, another))
      .then({ type: 'ElectorCorrected', data: { electorId, identity: another, at: now } });
    given(registered)
      .when(new CorrectElector(electorId, another, [csa]))
      .then({ type: 'ElectorCorrected', data: { electorId, identity: another, at: now } });
  });
  it('is corrected once', () => {
    given(registered)
      .when(new CorrectElector(electorId, identity, [csa]))
      .then();
    given(registered, {
      type: 'ElectorCorrected',
      data: { electorId, identity, scrutinIds: [csa, cap], at: now },
    })
      .when(new CorrectElector(electorId, identity, [cap, csa]))
      .then();
  });
  it('may be on no list at all (F94)', () => {
    given(registered)
      .when(new CorrectElector(electorId, identity, []))
      .then({ type: 'ElectorCorrected', data: { electorId, identity, scrutinIds: [], at: now } });
  });
  it('is taken off the lists once, and may come back', () => {
    given(registered).when(new RemoveElector(electorId)).then(removed);
    given(registered)
      .when(new RemoveElector(electorId, claimId))
      .then({ type: 'ElectorRemoved', data: { electorId, claimId, at: now } });
    given(registered, removed).when(new RemoveElector(electorId)).then();
    given(registered, removed)
      .when(new RegisterElector(electorId, electionId, identity, [csa]))
      .then(registered);
  });
  it('must be there to be corrected', () => {
    given().when(new CorrectElector(electorId, identity)).thenRefuses('account.not-registered');
    given(registered, removed)
      .when(new CorrectElector(electorId, identity))
      .thenRefuses('account.not-registered');
  });
});

describe('an enrolment', () => {
  const enrol = specFor(enrolment, now);
  const invitation = { linkId: claimId, expiresAt: '2022-10-15T10:07:31.250Z' };
  const asked: Enrolment = { electorId, electionId, identity, scrutinIds: [csa], invitation };
  const issued: ElectorEvent = {
    type: 'ActivationLinkIssued',
    data: {
      electorId,
      linkId: claimId,
      expiresAt: '2022-10-15T10:08:00.000Z',
      at: '2022-10-14T10:07:00.000Z',
    },
  };
  it('registers and invites at once', () => {
    enrol().when(asked).then(registered, issued);
  });
  it('invites later where the mails are to wait', () => {
    enrol()
      .when({ ...asked, invitation: undefined })
      .then(registered);
  });
  it('leaves who is there as they are', () => {
    enrol(registered).when(asked).then();
  });
});
