import type { ElectorEvent } from '../../events/elector.events.js';
import type { LedgerEvent } from '../../events/codec.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type { CodeCommand, ReassortVotingCode, RequestCodeReassort, VotingWindow } from './code.commands.js';

/** A link to another code. */
export interface CodeLink {
  readonly expiresAt: string;
  readonly fate: 'open' | 'used' | 'void';
  readonly inPerson: boolean;
  /** The gate key that it brought. */
  readonly gateKey?: string;
}

/** What is known of the voting code of one elector. */
export interface VotingCodeState {
  readonly listed: boolean;
  readonly electionId: string | undefined;
  readonly scrutinIds: readonly string[];
  readonly gateKey: string | undefined;
  readonly links: ReadonlyMap<string, CodeLink>;
}

const MINUTE = 60_000;
const VALID = 60 * MINUTE; // of a link: messages may come late, two minutes were not enough in 2022

/** The voting code of one elector (stream `elector-<electorId>`): asked for again, made anew. */
export const code: Decider<VotingCodeState, CodeCommand, ElectorEvent> = {
  initial: { listed: false, electionId: undefined, scrutinIds: [], gateKey: undefined, links: new Map() },

  decide(command, state, now) {
    if (!state.listed) throw new Refusal('reassort.not-registered', 'No elector of this id is on the lists.');
    switch (command.kind) {
      case 'RequestCodeReassort':
        return request(command, state, now);
      case 'ReassortVotingCode':
        return reassort(command, state, now);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'ElectorRegistered': {
        const { electionId, scrutinIds = [] } = data;
        return { ...state, listed: true, electionId, scrutinIds };
      }
      case 'ElectorCorrected':
        return data.scrutinIds ? { ...state, scrutinIds: data.scrutinIds } : state;
      case 'ElectorRemoved':
        return { ...state, listed: false };
      case 'VotingCodeIssued':
        return { ...state, gateKey: data.gateKey };
      case 'CodeReassortRequested': {
        const { linkId, expiresAt, channel } = data;
        const link: CodeLink = { expiresAt, fate: 'open', inPerson: channel === 'in-person' };
        return { ...state, links: new Map(state.links).set(linkId, link) };
      }
      case 'VotingCodeReassorted': {
        const links = [...state.links].map(([id, link]): [string, CodeLink] => {
          if (id === data.linkId) return [id, { ...link, fate: 'used', gateKey: data.gateKey }];
          return [id, link.fate === 'open' ? { ...link, fate: 'void' } : link];
        });
        return { ...state, gateKey: data.gateKey, links: new Map(links) };
      }
      case 'ContactChanged': // whoever asked may not be the owner: what was sent is void
        return {
          ...state,
          links: new Map([...state.links].map(([id, link]) => [id, voided(link)])),
        };
      case 'ActivationLinkIssued':
      case 'MailBounced':
      case 'AccountActivated':
      case 'PasswordResetRequested':
      case 'PasswordReset':
      case 'NoticeDelivered':
        return state;
      default:
        return never(type);
    }
  },
};

/** The same for what the ledger holds. */
export const codeOf = {
  initial: code.initial,
  evolve: (state: VotingCodeState, event: LedgerEvent) => code.evolve(state, event as ElectorEvent),
};

/** Why a link opens nothing, undefined when it does. */
export function codeLinkRefusal(link: CodeLink | undefined, now: string): Refusal | undefined {
  if (!link) return new Refusal('reassort.link-unknown', 'No such link was sent.');
  if (link.fate === 'used') return new Refusal('reassort.link-used', 'This link was used.');
  if (link.fate === 'void') return new Refusal('reassort.link-void', 'A later link replaced this one.');
  if (Date.parse(link.expiresAt) <= Date.parse(now))
    return new Refusal('reassort.link-expired', 'This link is too old.');
  return undefined;
}

/** Whether codes may be asked for now: from the opening to the closing (F45). */
export function mayRequest(window: VotingWindow | undefined, now: string): boolean {
  return (
    window !== undefined &&
    Date.parse(window.opensAt) <= Date.parse(now) &&
    Date.parse(now) < Date.parse(window.closesAt)
  );
}

function request(
  { electorId, linkId, channel, window, staffIds }: RequestCodeReassort,
  state: VotingCodeState,
  now: string,
): readonly ElectorEvent[] {
  if (state.links.has(linkId)) return [];
  if (!mayRequest(window, now))
    throw new Refusal(
      'reassort.not-open',
      'A voting code is made anew from the opening to the closing only.',
    );
  const two = new Set(staffIds).size === 2 && staffIds?.length === 2;
  if (channel === 'in-person' ? !two : staffIds !== undefined)
    throw new Refusal('reassort.two-people', 'In person it takes the staff and the board.', 'forbidden');
  const data = {
    ...{ electorId, linkId, channel, ...(staffIds && { staffIds }) },
    expiresAt: upToMinute(Date.parse(now) + VALID),
    at: minuteOf(now),
  };
  return [{ type: 'CodeReassortRequested', data }];
}

function reassort(
  { electorId, linkId, gateKey, window }: ReassortVotingCode,
  state: VotingCodeState,
  now: string,
): readonly ElectorEvent[] {
  const link = state.links.get(linkId);
  if (link?.gateKey === gateKey && state.gateKey === gateKey) return []; // sent twice
  const refused = codeLinkRefusal(link, now);
  if (refused) throw refused;
  const end = window && Date.parse(window.closesAt) + window.graceMinutes * MINUTE;
  if (end === undefined || Date.parse(now) >= end)
    throw new Refusal('reassort.too-late', 'Voting is over: no code is made any more.');
  if (gateKey === state.gateKey)
    throw new Refusal('reassort.same-code', 'Another code must be made, not the same one.');
  return [{ type: 'VotingCodeReassorted', data: { electorId, linkId, gateKey, at: minuteOf(now) } }];
}

function voided(link: CodeLink): CodeLink {
  return link.fate === 'open' ? { ...link, fate: 'void' } : link;
}

function minuteOf(instant: string): string {
  return `${instant.slice(0, 17)}00.000Z`;
}

function upToMinute(milliseconds: number): string {
  return new Date(Math.ceil(milliseconds / MINUTE) * MINUTE).toISOString();
}
