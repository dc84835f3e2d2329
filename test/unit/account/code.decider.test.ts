import { randomUUID } from 'node:crypto';
import { describe, it } from '@jest/globals';
import type { ElectorEvent } from '../../../src/events/elector.events.js';
import { ReassortVotingCode, RequestCodeReassort } from '../../../src/modules/account/code.commands.js';
import { code } from '../../../src/modules/account/code.decider.js';
import { specFor } from '../../given.js';

const window = {
  opensAt: '2022-12-01T07:00:00.000Z',
  closesAt: '2022-12-08T16:00:00.000Z',
  graceMinutes: 20,
};
const at = (now: string) => specFor(code, now);
const now = '2022-12-02T10:00:30.000Z';
const [electorId, electionId, scrutinId] = [randomUUID(), randomUUID(), randomUUID()];
const [linkId, other] = [randomUUID(), randomUUID()];
const [staff, member] = [randomUUID(), randomUUID()];
const key = (digit: string) => digit.repeat(64);

const registered: ElectorEvent = {
  type: 'ElectorRegistered',
  data: {
    ...{ electorId, electionId, scrutinIds: [scrutinId], at: '2022-10-01T00:00:00.000Z' },
    identity: { version: randomUUID(), sha256: key('0') },
  },
};
const issued: ElectorEvent = {
  type: 'VotingCodeIssued',
  data: { electorId, gateKey: key('a'), at: '2022-11-01T00:00:00.000Z' },
};
const requested = (id = linkId, expiresAt = '2022-12-02T11:01:00.000Z'): ElectorEvent => ({
  type: 'CodeReassortRequested',
  data: { electorId, linkId: id, channel: 'mail', expiresAt, at: '2022-12-02T10:00:00.000Z' },
});
const reassorted = (id = linkId, gateKey = key('b')): ElectorEvent => ({
  type: 'VotingCodeReassorted',
  data: { electorId, linkId: id, gateKey, at: '2022-12-02T10:00:00.000Z' },
});
const ask = new RequestCodeReassort(electorId, linkId, 'mail', window);
const make = (gateKey = key('b'), id = linkId) => new ReassortVotingCode(electorId, id, gateKey, window);

describe('a voting code that is asked for again', () => {
  it('has a link that is good for an hour (F49)', () => {
    at(now)(registered, issued).when(ask).then(requested());
    at(now)(registered, issued, requested()).when(ask).then();
  });
  it('is asked for from the opening to the closing only (F45, F92)', () => {
    at('2022-12-01T06:59:59.999Z')(registered).when(ask).thenRefuses('reassort.not-open');
    at('2022-12-08T16:00:00.000Z')(registered).when(ask).thenRefuses('reassort.not-open');
    at('2022-12-08T15:59:59.000Z')(registered)
      .when(ask)
      .then({
        type: 'CodeReassortRequested',
        data: {
          ...{ electorId, linkId, channel: 'mail', at: '2022-12-08T15:59:00.000Z' },
          expiresAt: '2022-12-08T17:00:00.000Z',
        },
      });
    at(now)(registered)
      .when(new RequestCodeReassort(electorId, linkId, 'mail', undefined))
      .thenRefuses('reassort.not-open');
    at(now)().when(ask).thenRefuses('reassort.not-registered');
  });
  it('takes two people where it is made in person', () => {
    const inPerson = (staffIds?: string[]) =>
      new RequestCodeReassort(electorId, linkId, 'in-person', window, staffIds);
    at(now)(registered).when(inPerson()).thenRefuses('reassort.two-people');
    at(now)(registered)
      .when(inPerson([staff, staff]))
      .thenRefuses('reassort.two-people');
    at(now)(registered)
      .when(new RequestCodeReassort(electorId, linkId, 'sms', window, [staff, member]))
      .thenRefuses('reassort.two-people');
    at(now)(registered)
      .when(inPerson([staff, member]))
      .then({
        type: 'CodeReassortRequested',
        data: {
          ...{ electorId, linkId, channel: 'in-person', staffIds: [staff, member] },
          ...{ expiresAt: '2022-12-02T11:01:00.000Z', at: '2022-12-02T10:00:00.000Z' },
        },
      });
  });
});

describe('a link to another code', () => {
  it('brings one code, once (F51)', () => {
    at(now)(registered, issued, requested()).when(make()).then(reassorted());
    at(now)(registered, issued, requested(), reassorted()).when(make()).then();
    at(now)(registered, issued, requested(), reassorted())
      .when(make(key('c')))
      .thenRefuses('reassort.link-used');
    at(now)(registered, issued, requested(), requested(other), reassorted())
      .when(make(key('c'), other))
      .thenRefuses('reassort.link-void');
    at(now)(registered, issued).when(make()).thenRefuses('reassort.link-unknown');
    at(now)(registered, issued, requested())
      .when(make(key('a')))
      .thenRefuses('reassort.same-code');
  });
  it('is good for its hour, and until the end of grace', () => {
    at('2022-12-02T11:00:59.999Z')(registered, issued, requested())
      .when(make())
      .then({
        type: 'VotingCodeReassorted',
        data: { electorId, linkId, gateKey: key('b'), at: '2022-12-02T11:00:00.000Z' },
      });
    at('2022-12-02T11:01:00.000Z')(registered, issued, requested())
      .when(make())
      .thenRefuses('reassort.link-expired');
    const late = requested(linkId, '2022-12-08T17:00:00.000Z');
    at('2022-12-08T16:19:59.999Z')(registered, issued, late)
      .when(make())
      .then({
        type: 'VotingCodeReassorted',
        data: { electorId, linkId, gateKey: key('b'), at: '2022-12-08T16:19:00.000Z' },
      });
    at('2022-12-08T16:20:00.000Z')(registered, issued, late).when(make()).thenRefuses('reassort.too-late');
  });
});
