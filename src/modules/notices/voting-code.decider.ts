import type { ElectorEvent } from '../../events/elector.events.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type { IssueVotingCode, NoticesCommand, RecordDelivery } from './notices.commands.js';

/** What is known of one elector's voting code and notice. */
export type VotingCodeState =
  | { readonly phase: 'absent' | 'removed' }
  | {
      readonly phase: 'registered';
      readonly scrutinIds: readonly string[];
      /** Undefined until a code is issued. */
      readonly gateKey: string | undefined;
      /** A réassort took the place of the code on the notice. */
      readonly reassorted: boolean;
      /** How the notice of the present code was delivered. */
      readonly delivered: RecordDelivery['channel'] | undefined;
    };
type Registered = Extract<VotingCodeState, { phase: 'registered' }>;

/** The code of one elector until the vote opens (stream `elector-<electorId>`); réassorts are the counting module's. */
export const votingCode: Decider<VotingCodeState, NoticesCommand, ElectorEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    const at = `${now.slice(0, 17)}00.000Z`; // what concerns electors is dated to the minute (design 3, point 8)
    switch (command.kind) {
      case 'IssueVotingCode':
        return issue(command, registered(state), at);
      case 'RecordDelivery':
        return recordDelivery(command, registered(state), at);
      default:
        return never(command);
    }
  },

  evolve(state, event) {
    const { type, data } = event;
    switch (type) {
      case 'ElectorRegistered':
        return {
          phase: 'registered',
          scrutinIds: data.scrutinIds ?? [],
          gateKey: undefined,
          reassorted: false,
          delivered: undefined,
        };
      case 'ElectorCorrected':
        return data.scrutinIds ? changed(state, { scrutinIds: data.scrutinIds }) : state;
      case 'ElectorRemoved':
        return { phase: 'removed' };
      case 'VotingCodeIssued':
        return changed(state, { gateKey: data.gateKey, delivered: undefined });
      case 'VotingCodeReassorted':
        return changed(state, { gateKey: data.gateKey, reassorted: true });
      case 'NoticeDelivered':
        return changed(state, { delivered: data.channel });
      case 'ContactChanged':
      case 'ActivationLinkIssued':
      case 'MailBounced':
      case 'AccountActivated':
      case 'PasswordResetRequested':
      case 'PasswordReset':
      case 'CodeReassortRequested':
        return state;
      default:
        return never(type);
    }
  },
};

function registered(state: VotingCodeState): Registered {
  if (state.phase === 'registered') return state;
  throw new Refusal('voting-code.not-registered', 'No elector of this id is on the lists.');
}

function changed(state: VotingCodeState, change: Partial<Omit<Registered, 'phase'>>): VotingCodeState {
  return state.phase === 'registered' ? { ...state, ...change } : state;
}

/** Once, or in the place of the very code that the maker of notices was told of: two files cannot both count. */
function issue(
  { electorId, gateKey, scrutinIds, replaces }: IssueVotingCode,
  state: Registered,
  at: string,
): readonly ElectorEvent[] {
  if (state.gateKey === gateKey) return [];
  if (state.reassorted)
    throw new Refusal('voting-code.reassorted', 'A réassort took the place of the code on a notice.');
  if (state.gateKey !== replaces)
    throw new Refusal('voting-code.already-issued', 'Another code was issued to this elector.');
  if (state.scrutinIds.some((scrutinId) => !scrutinIds.includes(scrutinId)))
    throw new Refusal(
      'voting-code.scrutins-changed',
      'The elector has a scrutin that this code does not serve.',
    );
  return [{ type: 'VotingCodeIssued', data: { electorId, gateKey, at } }];
}

function recordDelivery(
  { electorId, channel, staffId }: RecordDelivery,
  state: Registered,
  at: string,
): readonly ElectorEvent[] {
  if (state.delivered !== undefined) {
    if (state.delivered === channel) return [];
    throw new Refusal('notice.already-delivered', 'The notice was delivered another way.');
  }
  if (state.gateKey === undefined)
    throw new Refusal(
      'notice.not-made',
      'No code was issued to this elector: there is no notice to deliver.',
    );
  return [{ type: 'NoticeDelivered', data: { electorId, channel, staffId, at } }];
}
