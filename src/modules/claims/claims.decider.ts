import type { ClaimEvent } from '../../events/claim.events.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type { AnswerClaim, Claimed, FileClaim } from './claims.commands.js';

/** What is known of one claim. */
export type Claim =
  | { readonly phase: 'absent' }
  | { readonly phase: 'filed'; readonly text: string }
  | { readonly phase: 'answered'; readonly text: string; readonly decision: string; readonly answer: string };

/** One claim and what was decided on it (stream `claim-<id>`). */
export const claim: Decider<Claim, Claimed, ClaimEvent> = {
  initial: { phase: 'absent' },

  decide({ command, claims }, state, now) {
    const at = `${now.slice(0, 17)}00.000Z`; // what electors do is dated to the minute (design 3, point 8)
    switch (command.kind) {
      case 'FileClaim':
        return file(command, claims, state, at);
      case 'AnswerClaim':
        return answer(command, state, at);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'ClaimFiled':
        return { phase: 'filed', text: data.text };
      case 'ClaimAnswered': {
        const text = state.phase === 'absent' ? '' : state.text;
        return { phase: 'answered', text, decision: data.decision, answer: data.text };
      }
      default:
        return never(type);
    }
  },
};

function file(
  { claimId, electionId, electorId, scrutinId, text }: FileClaim,
  claims: Claimed['claims'],
  state: Claim,
  at: string,
): readonly ClaimEvent[] {
  if (state.phase !== 'absent') {
    if (state.text === text) return [];
    throw new Refusal('claim.already-filed', 'A claim of this id was filed with another text.');
  }
  if (claims === 'early') throw new Refusal('claim.too-early', 'The lists are not shown yet.');
  if (claims === 'closed') throw new Refusal('claim.too-late', 'The lists are closed (CGFP 528).');
  const about = scrutinId === undefined ? {} : { scrutinId };
  return [{ type: 'ClaimFiled', data: { claimId, electionId, electorId, ...about, text, at } }];
}

function answer(
  { claimId, decision, staffId, text }: AnswerClaim,
  state: Claim,
  at: string,
): readonly ClaimEvent[] {
  if (state.phase === 'absent') throw new Refusal('claim.not-filed', 'No such claim was filed.');
  if (state.phase === 'filed')
    return [{ type: 'ClaimAnswered', data: { claimId, decision, text, staffId, at } }];
  if (state.answer === text && state.decision === decision) return [];
  throw new Refusal('claim.already-answered', 'This claim was answered.');
}
