import { describe, it } from '@jest/globals';
import type { AssistanceEvent } from '../../src/events/assistance.events.js';
import { AnswerAssistance, RequestAssistance } from '../../src/modules/assistance/assistance.commands.js';
import { assistance } from '../../src/modules/assistance/assistance.decider.js';
import { specFor } from '../given.js';

const given = specFor(assistance, '2022-12-01T07:00:31.417Z');
const at = '2022-12-01T07:00:00.000Z'; // to the minute
const assistanceId = 'a1f3a2b4-1111-4aaa-8aaa-000000000001';
const electorId = 'b1f3a2b4-2222-4bbb-8bbb-000000000002';
const staffId = 'c1f3a2b4-3333-4ccc-8ccc-000000000003';
const [question, answer, other] = ['ab'.repeat(32), 'cd'.repeat(32), 'ef'.repeat(32)];

const asked: AssistanceEvent = {
  type: 'AssistanceRequested',
  data: { assistanceId, electorId, text: question, at },
};
const answered: AssistanceEvent = {
  type: 'AssistanceAnswered',
  data: { assistanceId, staffId, text: answer, at },
};

describe('a request for assistance', () => {
  it('is made by an elector, or by who is not signed in', () => {
    given()
      .when(new RequestAssistance(assistanceId, electorId, question))
      .then(asked);
    given()
      .when(new RequestAssistance(assistanceId, undefined, question))
      .then({ type: 'AssistanceRequested', data: { assistanceId, text: question, at } });
  });
  it('is made once', () => {
    given(asked)
      .when(new RequestAssistance(assistanceId, electorId, question))
      .then();
    given(asked, answered)
      .when(new RequestAssistance(assistanceId, electorId, question))
      .then();
    given(asked)
      .when(new RequestAssistance(assistanceId, electorId, other))
      .thenRefuses('assistance.already-requested');
  });
  it('is answered once', () => {
    given(asked)
      .when(new AnswerAssistance(assistanceId, staffId, answer))
      .then(answered);
    given(asked, answered)
      .when(new AnswerAssistance(assistanceId, staffId, answer))
      .then();
    given(asked, answered)
      .when(new AnswerAssistance(assistanceId, staffId, other))
      .thenRefuses('assistance.already-answered');
  });
  it('is not answered before it is made', () => {
    given()
      .when(new AnswerAssistance(assistanceId, staffId, answer))
      .thenRefuses('assistance.not-requested');
  });
});
