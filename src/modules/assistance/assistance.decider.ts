import type { AssistanceEvent } from '../../events/assistance.events.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type { AnswerAssistance, AssistanceCommand, RequestAssistance } from './assistance.commands.js';

/** What is known of one request for assistance. */
export type Assistance =
  | { readonly phase: 'absent' }
  | { readonly phase: 'requested'; readonly text: string }
  | { readonly phase: 'answered'; readonly text: string; readonly answer: string };

/** One request for assistance and its answer (stream `assistance-<id>`). */
export const assistance: Decider<Assistance, AssistanceCommand, AssistanceEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    const at = `${now.slice(0, 17)}00.000Z`; // what electors do is dated to the minute (design 3, point 8)
    switch (command.kind) {
      case 'RequestAssistance':
        return request(command, state, at);
      case 'AnswerAssistance':
        return answer(command, state, at);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'AssistanceRequested':
        return { phase: 'requested', text: data.text };
      case 'AssistanceAnswered':
        return { phase: 'answered', text: state.phase === 'absent' ? '' : state.text, answer: data.text };
      default:
        return never(type);
    }
  },
};

function request(
  { assistanceId, electorId, text }: RequestAssistance,
  state: Assistance,
  at: string,
): readonly AssistanceEvent[] {
  if (state.phase === 'absent') {
    const who = electorId === undefined ? {} : { electorId };
    return [{ type: 'AssistanceRequested', data: { assistanceId, ...who, text, at } }];
  }
  if (state.text === text) return [];
  throw new Refusal('assistance.already-requested', 'A request of this id was made with another text.');
}

function answer(
  { assistanceId, staffId, text }: AnswerAssistance,
  state: Assistance,
  at: string,
): readonly AssistanceEvent[] {
  if (state.phase === 'absent') throw new Refusal('assistance.not-requested', 'No such request was made.');
  if (state.phase === 'requested')
    return [{ type: 'AssistanceAnswered', data: { assistanceId, staffId, text, at } }];
  if (state.answer === text) return [];
  throw new Refusal('assistance.already-answered', 'This request was answered.');
}
