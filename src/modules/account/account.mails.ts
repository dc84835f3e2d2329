import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { LedgerEvent } from '../../events/codec.js';
import { decode } from '../../events/codec.js';
import type { ElectorEvent } from '../../events/elector.events.js';
import type { VaultVersion } from '../../events/fields.js';
import { Clock } from '../../ledger/clock.js';
import { EventStore } from '../../ledger/event-store.js';
import { Ledger } from '../../ledger/ledger.js';
import {
  activationReminderLetter,
  codeChangedLetter,
  contactChangedLetter,
  openingLetter,
  reassortLetter,
} from '../../mail/letters.js';
import { RecipientRefused, type Addressed, type Letter, type Mailer } from '../../mail/mailer.js';
import type { Recorded } from '../../projections/projection.js';
import type { Reaction } from '../../projections/reaction.js';
import { Vault } from '../../vault/vault.js';
import { RecordBounce } from './account.commands.js';
import { account, linkRefusal, type Registered } from './account.decider.js';
import type { Identity } from '../../vault/identities.js';
import { Links } from './links.js';
import { Occasions } from './occasions.js';

/** The names of the reactions that send mails: a registry, an outbox and an operator know them by it. */
export const accountReactions = ['opening-mail', 'reassort-mail', 'contact-mail', 'code-mail'] as const;

/** What leaves, and where it leads. */
export interface Outgoing {
  readonly mailer: Pick<Mailer, 'send'>;
  /** Where people reach the portal, without a slash at the end. */
  readonly portal: string;
  readonly perSecond: number;
}

type LinkEvent = Extract<ElectorEvent, { type: 'ActivationLinkIssued' | 'PasswordResetRequested' }>;

const AT_ONCE = 8;

/** The path of a one-time link. A GET of it changes nothing (F96). */
export function linkPath(token: string): string {
  return `/lien/${token}`;
}

/**
 * The mails that events ask for, each once (F10, F34). Address and token are put together at the time of sending, from the
 * vault: no event, outbox or log holds either.
 */
@Injectable()
export class AccountMails {
  constructor(
    private readonly ledger: Ledger,
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly occasions: Occasions,
    private readonly vault: Vault,
    private readonly links: Links,
    private readonly commands: CommandBus,
  ) {}

  reactions(outgoing: Outgoing): readonly Reaction[] {
    const { perSecond } = outgoing;
    const linkMail = (name: string, type: LinkEvent['type'], letter: typeof openingLetter): Reaction => ({
      name,
      perSecond,
      atOnce: AT_ONCE,
      wants: (event) => event.type === type,
      perform: ({ event }, key) => this.sendLink(asked(event), letter, key, outgoing),
    });
    return [
      linkMail('opening-mail', 'ActivationLinkIssued', openingLetter),
      linkMail('reassort-mail', 'PasswordResetRequested', reassortLetter),
      {
        name: 'contact-mail',
        perSecond,
        wants: (event) => event.type === 'ContactChanged',
        perform: (recorded, key) => this.tellFormerAddress(recorded, key, outgoing),
      },
      {
        name: 'code-mail',
        perSecond,
        atOnce: AT_ONCE,
        wants: (event) => event.type === 'VotingCodeReassorted',
        perform: ({ stream }, key) => this.tellOfNewCode(stream, key, outgoing),
      },
    ];
  }

  /** Sends a link, unless it opens nothing any more. A mailbox that refuses it for good is taken note of (F13). */
  private async sendLink(
    { data: { electorId, linkId } }: LinkEvent,
    letter: typeof openingLetter,
    key: string,
    { mailer, portal }: Outgoing,
  ): Promise<void> {
    const { state } = await this.ledger.load(account, `elector-${electorId}`);
    if (state.phase === 'absent' || linkRefusal(state.links.get(linkId), this.clock.now())) return;
    const to = await this.address(state.identity);
    if (to === undefined) return; // erased meanwhile
    const link = portal + linkPath(await this.links.token({ electorId, linkId }));
    const occasion = await this.occasions.of(state.electionId, portal);
    const write = letter === openingLetter && isLater(state, linkId) ? activationReminderLetter : letter;
    const reason = await refusalOf(mailer, write(occasion, link), { to, key, linkId });
    if (reason !== undefined) await this.commands.execute(new RecordBounce(electorId, linkId, reason));
  }

  /** Writes to the address that counted before the change. That it refuses the mail is no news: it was wrong. */
  private async tellFormerAddress(
    { stream, revision }: Recorded,
    key: string,
    { mailer, portal }: Outgoing,
  ): Promise<void> {
    let before = account.initial;
    for await (const { type, data } of this.store.readStream(stream, { limit: revision })) {
      before = account.evolve(before, decode(type, data) as ElectorEvent);
    }
    if (before.phase === 'absent') return;
    const to = await this.address(before.identity);
    if (to === undefined) return;
    const letter = contactChangedLetter(await this.occasions.of(before.electionId, portal));
    await refusalOf(mailer, letter, { to, key });
  }

  /** Writes to the professional address that a code was made anew, whoever did it. */
  private async tellOfNewCode(stream: string, key: string, { mailer, portal }: Outgoing): Promise<void> {
    const { state } = await this.ledger.load(account, stream);
    const to = state.phase === 'absent' ? undefined : await this.address(state.identity);
    if (state.phase === 'absent' || to === undefined) return;
    await refusalOf(mailer, codeChangedLetter(await this.occasions.of(state.electionId, portal)), {
      to,
      key,
    });
  }

  private async address(identity: VaultVersion): Promise<string | undefined> {
    return ((await this.vault.read('identity', identity)) as Identity | undefined)?.email;
  }
}

/** Sends; the code with which the mailbox refused for good, undefined when it did not. */
async function refusalOf(
  mailer: Pick<Mailer, 'send'>,
  letter: Letter,
  addressed: Addressed,
): Promise<string | undefined> {
  try {
    await mailer.send(letter, addressed);
    return undefined;
  } catch (error) {
    if (error instanceof RecipientRefused) return error.reason;
    throw error;
  }
}

/** Whether an opening link was sent to this address before that nobody has used. Links to another address are void. */
function isLater({ links }: Registered, linkId: string): boolean {
  const known = [...links].filter(([, { purpose, fate }]) => purpose === 'activation' && fate === 'open');
  return known[0]?.[0] !== linkId;
}

function asked(event: LedgerEvent): LinkEvent {
  return event as LinkEvent; // `wants` saw to it
}
