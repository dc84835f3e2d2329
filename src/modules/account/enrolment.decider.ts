import type { ElectorEvent } from '../../events/elector.events.js';
import type { VaultVersion } from '../../events/fields.js';
import type { Decider } from '../../ledger/decider.js';
import { IssueActivationLink, RegisterElector } from './account.commands.js';
import { account, type Account } from './account.decider.js';

/** An elector put on the lists together with the opening mail: one append instead of two, for lists of a million. */
export interface Enrolment {
  readonly electorId: string;
  readonly electionId: string;
  readonly identity: VaultVersion;
  readonly linkId: string;
  readonly expiresAt: string;
}

/** Registers and invites at once, by the rules of `account`. Who is there already stays as they are. */
export const enrolment: Decider<Account, Enrolment, ElectorEvent> = {
  initial: account.initial,
  evolve: (state, event) => account.evolve(state, event),

  decide({ electorId, electionId, identity, linkId, expiresAt }, state, now) {
    if (state.phase !== 'absent') return [];
    const registered = account.decide(new RegisterElector(electorId, electionId, identity), state, now);
    const then = registered.reduce<Account>((before, event) => account.evolve(before, event), state);
    return [
      ...registered,
      ...account.decide(new IssueActivationLink(electorId, linkId, expiresAt), then, now),
    ];
  },
};
