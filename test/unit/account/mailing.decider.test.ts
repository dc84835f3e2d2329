import { describe, expect, it } from '@jest/globals';
import type { MailingEvent } from '../../../src/events/mailing.events.js';
import {
  EndMailing,
  NoteMailingTest,
  OrderMailing,
  StopMailing,
  type MailingCommand,
} from '../../../src/modules/account/mailings/mailing.commands.js';
import { mailing, type MailingRequest } from '../../../src/modules/account/mailings/mailing.decider.js';
import { specFor } from '../../given.js';

const now = '2022-11-28T08:01:02.003Z';
const electionId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
const one = '0c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
const other = '2d8e1b36-6f0d-4b7e-8a3c-5d1e9f7a6b42';
const staffId = '15622065-43da-4641-a3c2-1bd524674f0a';

const given = specFor(mailing, now);
const ask = (command: MailingCommand, abstainersMayBeReminded = false): MailingRequest => ({
  command,
  abstainersMayBeReminded,
});
const ordered: Extract<MailingEvent, { type: 'MailingOrdered' }> = {
  type: 'MailingOrdered',
  data: { electionId, mailingId: one, kind: 'opening', perMinute: 600, staffId, at: now },
};
const stopped: MailingEvent = {
  type: 'MailingStopped',
  data: { electionId, mailingId: one, staffId, at: now },
};
const ended: MailingEvent = { type: 'MailingEnded', data: { electionId, mailingId: one, mails: 7, at: now } };
const order = (mailingId: string, kind: 'opening' | 'not-voted' = 'opening') =>
  new OrderMailing(electionId, mailingId, kind, 600, staffId);

describe('a mailing', () => {
  it('is ordered, and ordered again under its id it is the same one', () => {
    given()
      .when(ask(order(one)))
      .then(ordered);
    given(ordered)
      .when(ask(order(one)))
      .then();
  });
  it('waits for the end of another one', () => {
    given(ordered)
      .when(ask(order(other)))
      .thenRefuses('mailing.under-way');
    for (const over of [stopped, ended])
      given(ordered, over)
        .when(ask(order(other)))
        .then({ ...ordered, data: { ...ordered.data, mailingId: other } });
  });
  it('goes to those who have not voted only where the organiser allows it', () => {
    given()
      .when(ask(order(one, 'not-voted')))
      .thenRefuses('mailing.not-allowed');
    given()
      .when(ask(order(one, 'not-voted'), true))
      .then({ ...ordered, data: { ...ordered.data, kind: 'not-voted' } });
  });
  it('is stopped once, by somebody; one that nobody ordered is not', () => {
    const stop = ask(new StopMailing(electionId, one, staffId));
    given(ordered).when(stop).then(stopped);
    given(ordered, stopped).when(stop).then();
    given(ordered, ended).when(stop).then();
    given().when(stop).thenRefuses('mailing.unknown');
  });
  it('ends with the last elector, unless it was stopped', () => {
    const end = ask(new EndMailing(electionId, one, 7));
    given(ordered).when(end).then(ended);
    given(ordered, stopped).when(end).then();
    given(ordered, ended).when(end).then();
  });
  it('is tried at any time, and the event says by whom, to the minute, and not where', () => {
    const test: MailingEvent = {
      type: 'MailingTested',
      data: { electionId, kind: 'opening', staffId, at: '2022-11-28T08:01:00.000Z' },
    };
    given(ordered)
      .when(ask(new NoteMailingTest(electionId, 'opening', staffId)))
      .then(test);
    expect(mailing.evolve(mailing.initial, test)).toBe(mailing.initial);
  });
});
