import type { ElectorEvent } from '../../events/elector.events.js';
import { never } from '../../events/event.js';
import type { VaultVersion } from '../../events/fields.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type {
  AccountCommand,
  ActivateAccount,
  ChangeContact,
  CorrectElector,
  IssueActivationLink,
  RecordBounce,
  RegisterElector,
  RemoveElector,
  RequestPasswordReset,
  ResetPassword,
} from './account.commands.js';

/** A one-time link that was issued, and what became of it. */
export interface Link {
  readonly purpose: 'activation' | 'reset';
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** 'void': a later link was used, or the address was wrong. */
  readonly fate: 'open' | 'used' | 'void';
  readonly bounced: boolean;
}

/** What is known of the account of one elector. */
export type Account =
  | { readonly phase: 'absent' }
  | {
      readonly phase: 'registered';
      readonly electionId: string;
      readonly identity: VaultVersion;
      /** The scrutins whose lists the elector is on. */
      readonly scrutinIds: readonly string[];
      /** Hashes of password and answer; undefined until the account is activated. */
      readonly secrets: VaultVersion | undefined;
      readonly links: ReadonlyMap<string, Link>;
    };
/** An elector on the lists. */
export type Registered = Extract<Account, { phase: 'registered' }>;

const MINUTE = 60_000;
/** A réassort asked again so soon is the same one: its mail is on the way. Keeps a stranger from filling a mailbox. */
const SAME_REQUEST = 5 * MINUTE;
/** Links to a new password that may be open at a time: as many mails a day, each link of which still serves. */
const OPEN_RESETS = 5;
const DAY = 24 * 60 * MINUTE;

/** The life of one account (stream `elector-<electorId>`). */
export const account: Decider<Account, AccountCommand, ElectorEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    const at = minuteOf(now);
    switch (command.kind) {
      case 'RegisterElector':
        return register(command, state, now);
      case 'CorrectElector':
        return correct(command, registered(state), now);
      case 'RemoveElector':
        return remove(command, state, now);
      case 'IssueActivationLink':
        return issueActivationLink(command, registered(state), at);
      case 'ActivateAccount':
        return activate(command, registered(state), now);
      case 'RequestPasswordReset':
        return requestReset(command, registered(state), at);
      case 'ResetPassword':
        return reset(command, registered(state), now);
      case 'ChangeContact':
        return changeContact(command, registered(state), at);
      case 'RecordBounce':
        return recordBounce(command, registered(state), at);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'ElectorRegistered': {
        const { electionId, identity, scrutinIds = [] } = data;
        return {
          phase: 'registered',
          electionId,
          identity,
          scrutinIds,
          secrets: undefined,
          links: new Map(),
        };
      }
      case 'ElectorCorrected': {
        const before = state as Registered;
        return { ...before, identity: data.identity, scrutinIds: data.scrutinIds ?? before.scrutinIds };
      }
      case 'ContactChanged':
        // Who read the mails at the wrong address may have chosen the password: the account is to be activated again.
        return { ...withoutOpenLinks(state as Registered), identity: data.identity, secrets: undefined };
      case 'ActivationLinkIssued':
      case 'PasswordResetRequested': {
        const purpose = type === 'ActivationLinkIssued' ? 'activation' : 'reset';
        const { linkId, at: issuedAt, expiresAt } = data;
        return withLink(state as Registered, linkId, {
          purpose,
          issuedAt,
          expiresAt,
          fate: 'open',
          bounced: false,
        });
      }
      case 'MailBounced': {
        const link = (state as Registered).links.get(data.linkId) as Link;
        return withLink(state as Registered, data.linkId, { ...link, bounced: true });
      }
      case 'AccountActivated':
      case 'PasswordReset': {
        const before = withoutOpenLinks(state as Registered);
        const link = before.links.get(data.linkId) as Link;
        return { ...withLink(before, data.linkId, { ...link, fate: 'used' }), secrets: data.secrets };
      }
      case 'ElectorRemoved':
        return { phase: 'absent' }; // may be put on the lists again
      case 'NoticeDelivered':
      case 'VotingCodeIssued':
      case 'CodeReassortRequested':
      case 'VotingCodeReassorted':
        return state; // the code is no part of the account
      default:
        return never(type);
    }
  },
};

/** Why a link opens nothing, or undefined when it does (F11, F96). Told to who holds its token, to nobody else. */
export function linkRefusal(link: Link | undefined, now: string): Refusal | undefined {
  if (link === undefined) return new Refusal('account.link-unknown', 'No such link was issued.');
  if (link.fate === 'used') return new Refusal('account.link-used', 'This link was used.');
  if (link.fate === 'void')
    return new Refusal('account.link-void', 'A later link or address replaced this one.');
  if (Date.parse(link.expiresAt) <= Date.parse(now))
    return new Refusal('account.link-expired', 'This link is too old.');
  return undefined;
}

/** The whole minute in which an instant lies. */
export function minuteOf(instant: string): string {
  return `${instant.slice(0, 17)}00.000Z`;
}

function registered(state: Account): Registered {
  if (state.phase === 'registered') return state;
  throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
}

function register(
  { electorId, electionId, identity, scrutinIds }: RegisterElector,
  state: Account,
  now: string,
): readonly ElectorEvent[] {
  if (state.phase === 'absent') {
    const data = { electorId, electionId, identity, ...(scrutinIds && { scrutinIds }), at: now };
    return [{ type: 'ElectorRegistered', data }];
  }
  if (state.electionId === electionId && state.identity.version === identity.version) return [];
  throw new Refusal('account.already-registered', 'An elector of this id is on the lists.');
}

function correct(
  { electorId, identity, scrutinIds, claimId, by }: CorrectElector,
  state: Registered,
  now: string,
): readonly ElectorEvent[] {
  const moved = scrutinIds !== undefined && !sameIds(scrutinIds, state.scrutinIds);
  if (state.identity.version === identity.version && !moved) return [];
  const data = {
    electorId,
    identity,
    ...(moved && { scrutinIds }),
    ...(claimId !== undefined && { claimId }),
    ...(by !== undefined && { staffId: by }),
    at: now,
  };
  return [{ type: 'ElectorCorrected', data }];
}

function remove(
  { electorId, claimId, by }: RemoveElector,
  state: Account,
  now: string,
): readonly ElectorEvent[] {
  if (state.phase === 'absent') return [];
  const why = { ...(claimId !== undefined && { claimId }), ...(by !== undefined && { staffId: by }) };
  return [{ type: 'ElectorRemoved', data: { electorId, ...why, at: now } }];
}

function sameIds(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id));
}

function issueActivationLink(
  { electorId, linkId, expiresAt, by }: IssueActivationLink,
  state: Registered,
  at: string,
): readonly ElectorEvent[] {
  if (state.links.get(linkId)?.purpose === 'activation') return [];
  if (state.secrets) throw new Refusal('account.already-active', 'This account is active.');
  const expires = expiry(state, linkId, expiresAt, at);
  const data = { electorId, linkId, expiresAt: expires, ...(by !== undefined && { staffId: by }), at };
  return [{ type: 'ActivationLinkIssued', data }];
}

function requestReset(
  { electorId, linkId, expiresAt, by }: RequestPasswordReset,
  state: Registered,
  at: string,
): readonly ElectorEvent[] {
  if (state.links.get(linkId)?.purpose === 'reset') return [];
  const ages = [...state.links.values()]
    .filter(({ purpose, fate, bounced }) => purpose === 'reset' && fate === 'open' && !bounced)
    .map(({ issuedAt }) => Date.parse(at) - Date.parse(issuedAt));
  const today = ages.filter((age) => age < DAY).length;
  if (ages.some((age) => age < SAME_REQUEST) || (by === undefined && today >= OPEN_RESETS)) return [];
  const expires = expiry(state, linkId, expiresAt, at);
  const data = { electorId, linkId, expiresAt: expires, ...(by !== undefined && { staffId: by }), at };
  return [{ type: 'PasswordResetRequested', data }];
}

/** The last minute of a new link, never before what was asked. */
function expiry(state: Registered, linkId: string, expiresAt: string, at: string): string {
  if (state.links.has(linkId)) throw new Refusal('account.link-known', 'A link of this id was issued.');
  if (Date.parse(expiresAt) <= Date.parse(at))
    throw new Refusal('account.link-expired', 'The link would be too old.');
  return minuteOf(new Date(Date.parse(expiresAt) + MINUTE - 1).toISOString());
}

function activate(
  { electorId, linkId, secrets }: ActivateAccount,
  state: Registered,
  now: string,
): readonly ElectorEvent[] {
  if (state.secrets?.version === secrets.version) return [];
  if (state.secrets && state.links.get(linkId)?.fate !== 'used')
    throw new Refusal('account.already-active', 'This account is active.');
  const refused = linkRefusal(state.links.get(linkId), now);
  if (refused) throw refused;
  return [{ type: 'AccountActivated', data: { electorId, linkId, secrets, at: minuteOf(now) } }];
}

function reset(
  { electorId, linkId, secrets }: ResetPassword,
  state: Registered,
  now: string,
): readonly ElectorEvent[] {
  if (!state.secrets) throw new Refusal('account.not-active', 'This account was never activated.');
  if (state.secrets.version === secrets.version) return [];
  const refused = linkRefusal(state.links.get(linkId), now);
  if (refused) throw refused;
  return [{ type: 'PasswordReset', data: { electorId, linkId, secrets, at: minuteOf(now) } }];
}

function changeContact(
  { electorId, identity, staffIds }: ChangeContact,
  state: Registered,
  at: string,
): readonly ElectorEvent[] {
  if (state.identity.version === identity.version) return [];
  if (new Set(staffIds).size !== 2 || staffIds.length !== 2)
    throw new Refusal(
      'account.two-staff',
      'Two different members of the staff must ask for it.',
      'forbidden',
    );
  return [{ type: 'ContactChanged', data: { electorId, identity, staffIds, at } }];
}

function recordBounce(
  { electorId, linkId, reason }: RecordBounce,
  state: Registered,
  at: string,
): readonly ElectorEvent[] {
  const link = state.links.get(linkId);
  if (!link) throw new Refusal('account.link-unknown', 'No such link was issued.');
  const data = { electorId, linkId, ...(reason !== undefined && { reason }), at };
  return link.bounced ? [] : [{ type: 'MailBounced', data }];
}

function withLink(state: Registered, linkId: string, link: Link): Registered {
  return { ...state, links: new Map(state.links).set(linkId, link) };
}

function withoutOpenLinks(state: Registered): Registered {
  const links = [...state.links].map(
    ([id, link]) => [id, link.fate === 'open' ? { ...link, fate: 'void' as const } : link] as const,
  );
  return { ...state, links: new Map(links) };
}
