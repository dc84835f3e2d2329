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
  readonly scrutinIds?: readonly string[];
  /** The link of the opening mail; undefined where the mails are to leave later. */
  readonly invitation: { readonly linkId: string; readonly expiresAt: string } | undefined;
}

/** Registers and invites at once, by the rules of `account`. Who is there already stays as they are. */
export const enrolment: Decider<Account, Enrolment, ElectorEvent> = {
  initial: account.initial,
  evolve: (state, event) => account.evolve(state, event),

  decide({ electorId, electionId, identity, scrutinIds, invitation }, state, now) {
    if (state.phase !== 'absent') return [];
    const command = new RegisterElector(electorId, electionId, identity, scrutinIds);
    const registered = account.decide(command, state, now);
    if (!invitation) return registered;
    const then = registered.reduce<Account>((before, event) => account.evolve(before, event), state);
    const { linkId, expiresAt } = invitation;
    return [
      ...registered,
      ...account.decide(new IssueActivationLink(electorId, linkId, expiresAt), then, now),
    ];
  },
};
