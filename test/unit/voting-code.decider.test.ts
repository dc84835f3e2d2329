import { describe, it } from '@jest/globals';
import type { ElectorEvent } from '../../src/events/elector.events.js';
import { IssueVotingCode, RecordDelivery } from '../../src/modules/notices/notices.commands.js';
import { votingCode } from '../../src/modules/notices/voting-code.decider.js';
import { specFor } from '../given.js';

const given = specFor(votingCode, '2022-11-07T09:12:31.417Z');
const at = '2022-11-07T09:12:00.000Z'; // to the minute
const electorId = 'b1f3a2b4-2222-4bbb-8bbb-000000000002';
const staffId = 'c1f3a2b4-3333-4ccc-8ccc-000000000003';
const [csa, cap] = ['d1f3a2b4-4444-4ddd-8ddd-000000000004', 'd1f3a2b4-4444-4ddd-8ddd-000000000005'];
const [key, other] = ['ab'.repeat(32), 'cd'.repeat(32)];
const identity = { version: 'e1f3a2b4-5555-4eee-8eee-000000000006', sha256: '00'.repeat(32) };

const registered: ElectorEvent = {
  type: 'ElectorRegistered',
  data: { electorId, electionId: csa, identity, scrutinIds: [csa], at: '2022-09-01T00:00:00.000Z' },
};
const corrected: ElectorEvent = {
  type: 'ElectorCorrected',
  data: { electorId, identity, scrutinIds: [csa, cap], at: '2022-10-15T00:00:00.000Z' },
};
const removed: ElectorEvent = { type: 'ElectorRemoved', data: { electorId, at: '2022-10-15T00:00:00.000Z' } };
const issued: ElectorEvent = { type: 'VotingCodeIssued', data: { electorId, gateKey: key, at } };
const reissued: ElectorEvent = { type: 'VotingCodeIssued', data: { electorId, gateKey: other, at } };
const reassorted: ElectorEvent = {
  type: 'VotingCodeReassorted',
  data: { electorId, linkId: identity.version, gateKey: other, at },
};
const delivered: ElectorEvent = {
  type: 'NoticeDelivered',
  data: { electorId, channel: 'hand', staffId, at },
};
const issue = (gateKey: string, scrutinIds = [csa], replaces?: string) =>
  new IssueVotingCode(electorId, gateKey, scrutinIds, replaces);

describe('a voting code', () => {
  it('is issued to an elector on the lists, once', () => {
    given(registered).when(issue(key)).then(issued);
    given(registered, issued).when(issue(key)).then();
    given().when(issue(key)).thenRefuses('voting-code.not-registered');
    given(registered, removed).when(issue(key)).thenRefuses('voting-code.not-registered');
  });
  it('is not issued twice with another key', () => {
    given(registered, issued).when(issue(other)).thenRefuses('voting-code.already-issued');
    given(registered, issued)
      .when(issue(other, [csa], 'ef'.repeat(32)))
      .thenRefuses('voting-code.already-issued');
    given(registered)
      .when(issue(other, [csa], key))
      .thenRefuses('voting-code.already-issued');
  });
  it('takes the place of the code that its maker was told of', () => {
    given(registered, issued, corrected)
      .when(issue(other, [csa, cap], key))
      .then(reissued);
    given(registered, issued, reissued)
      .when(issue(key, [csa], key))
      .thenRefuses('voting-code.already-issued');
  });
  it('serves every scrutin of the elector', () => {
    given(registered, corrected).when(issue(key)).thenRefuses('voting-code.scrutins-changed');
    given(registered, corrected)
      .when(issue(key, [cap, csa]))
      .then(issued);
    given(registered)
      .when(issue(key, [cap, csa]))
      .then(issued); // one scrutin less: nothing is missing
  });
  it('never takes the place of a réassort', () => {
    given(registered, issued, reassorted)
      .when(issue(key, [csa], other))
      .thenRefuses('voting-code.reassorted');
  });
});

describe('the delivery of a notice', () => {
  const record = (channel: 'hand' | 'post' = 'hand') => new RecordDelivery(electorId, channel, staffId);
  it('is recorded once there is a notice', () => {
    given(registered, issued).when(record()).then(delivered);
    given(registered).when(record()).thenRefuses('notice.not-made');
    given().when(record()).thenRefuses('voting-code.not-registered');
  });
  it('is recorded once', () => {
    given(registered, issued, delivered).when(record()).then();
    given(registered, issued, delivered).when(record('post')).thenRefuses('notice.already-delivered');
  });
  it('is recorded again for the notice of another code', () => {
    given(registered, issued, delivered, reissued).when(record()).then(delivered);
  });
});
