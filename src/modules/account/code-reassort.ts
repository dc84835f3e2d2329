import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { parseElection } from '../../crypto/election.js';
import { parsePublic } from '../../crypto/group.js';
import { Malformed } from '../../crypto/malformed.js';
import { serverGroup } from '../../crypto/server-groups.js';
import { Documents } from '../../documents/documents.js';
import { dayInParis } from '../../http/paris-time.js';
import { Site } from '../../http/site.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { DirectMail } from '../../mail/direct-mail.js';
import { codeLinkLetter } from '../../mail/letters.js';
import { MailNotSent, RecipientRefused } from '../../mail/mailer.js';
import { findElection } from '../../projections/elections.projection.js';
import { talliesByIds, type TallyRow } from '../../projections/tallies.projection.js';
import { SmsNotSent, SmsSender } from '../../sms/sms-sender.js';
import { Database } from '../../storage/database.js';
import { AddedCredentials } from '../../vault/added-credentials.js';
import { CodeAttempts } from '../../vault/code-attempts.js';
import { Identities, type Identity } from '../../vault/identities.js';
import { normaliseIdentifier } from '../../vault/identifier.js';
import { SlowHashes } from '../../vault/slow-hashes.js';
import { Accounts } from './accounts.js';
import { challengeQuestions, normaliseAnswer } from './challenge-questions.js';
import { ReassortVotingCode, RequestCodeReassort, type VotingWindow } from './code.commands.js';
import { codeLinkRefusal, codeOf, mayRequest, type VotingCodeState } from './code.decider.js';
import { evenly } from '../../http/even-pace.js';
import { Links, type LinkName } from './links.js';

/** What is typed on E10. The address is used once and stored nowhere (F50). */
export interface CodeRequest {
  readonly answer: string;
  /** NUMEN, or the first ten digits of the NIR at least (F46). */
  readonly proof: string;
  readonly channel: 'mail' | 'sms';
  readonly address: string;
}

/** What the page of a link needs: which election, and for which scrutins to derive credentials. */
export interface OpenLink {
  readonly electionId: string;
  /** At a desk: the new code is printed and handed over against signature. */
  readonly inPerson: boolean;
  readonly scrutins: readonly { scrutinId: string; uuid: string; group: string }[];
}

const LEAST = 400; // milliseconds that every answer takes at least

/** Réassort of the voting code (E10, F45 to F51; design 4). */
@Injectable()
export class CodeReassort {
  constructor(
    private readonly ledger: Ledger,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly identities: Identities,
    private readonly hashes: SlowHashes,
    private readonly attempts: CodeAttempts,
    private readonly links: Links,
    private readonly mail: DirectMail,
    private readonly sms: SmsSender,
    private readonly added: AddedCredentials,
    private readonly documents: Documents,
    private readonly database: Database,
    private readonly site: Site,
  ) {}

  /** Whether links are sent by SMS here. */
  get bySms(): boolean {
    return this.sms.offered;
  }

  /** The elector's question, undefined when the account is not active (F38); and whether it is the time (F45). */
  async question(electorId: string): Promise<{ label: string | undefined; open: boolean }> {
    const secrets = await this.accounts.secrets(electorId);
    const open = mayRequest(await this.windowOf(await this.state(electorId)), this.clock.now());
    return { label: challengeQuestions.find(({ id }) => id === secrets?.question)?.label, open };
  }

  /** Sends a link to an address that is then forgotten. Whatever was wrong, the refusal and its time are the same. */
  request(electorId: string, typed: CodeRequest): Promise<void> {
    return evenly(() => this.requestNow(electorId, typed), LEAST);
  }

  /** In person: the staff and the board agreed (design 4). The token opens the page at the desk. */
  async requestInPerson(electorId: string, staffIds: readonly string[]): Promise<string> {
    const linkId = randomUUID();
    const window = await this.windowOf(await this.state(electorId));
    await this.commands.execute(new RequestCodeReassort(electorId, linkId, 'in-person', window, staffIds));
    return this.links.token({ electorId, linkId });
  }

  /** The boards of the boxes in which an elector votes. */
  async boardsOf(electorId: string): Promise<ReadonlySet<string>> {
    return new Set((await this.rows(await this.state(electorId))).map(({ boardId }) => boardId));
  }

  /** What a link opens, undefined for none of ours; refuses one that is used, replaced or too old. Changes nothing. */
  async look(token: string): Promise<(OpenLink & LinkName) | undefined> {
    const name = await this.links.open(token);
    if (!name) return undefined;
    const state = await this.state(name.electorId);
    const link = state.links.get(name.linkId);
    if (!state.listed || !link || state.electionId === undefined) return undefined;
    const refused = codeLinkRefusal(link, this.clock.now());
    if (refused) throw refused;
    const { electionId } = state;
    return { ...name, electionId, inPerson: link.inPerson, scrutins: await this.scrutinsOf(state) };
  }

  /**
   * Takes the public halves of another code: the gate key replaces the old one, then one credential is added for each
   * scrutin of the elector, once for the link. Sent twice, it is done once.
   */
  async complete(
    token: string,
    gateKey: string,
    credentials: readonly { scrutinId: string; credential: string }[],
  ): Promise<void> {
    const name = await this.links.open(token);
    if (!name) throw new Refusal('reassort.link-unknown', 'No such link was sent.');
    const { electorId, linkId } = name;
    const state = await this.state(electorId);
    const checked = await this.checked(state, credentials);
    const window = await this.windowOf(state);
    await this.commands.execute(new ReassortVotingCode(electorId, linkId, gateKey, window));
    await this.added.add(linkId, checked);
  }

  private async requestNow(electorId: string, typed: CodeRequest): Promise<void> {
    const state = await this.state(electorId);
    const window = await this.windowOf(state);
    const now = this.clock.now();
    if (!mayRequest(window, now))
      throw new Refusal('reassort.not-open', 'A code is made anew from the opening to the closing only.');
    if (typed.channel === 'sms' && !this.sms.offered)
      throw new Refusal('reassort.no-sms', 'Links are sent by mail only.');
    const identity = await this.identities.of(electorId);
    const to = addressOf(typed, identity?.email);
    const day = dayInParis(new Date(now));
    if (!(await this.attempts.begin(electorId, day)))
      throw new Refusal('reassort.too-many', 'Five attempts were made today.');
    if (!(await this.proves(electorId, identity, typed)))
      throw new Refusal('reassort.wrong', 'Answer and number do not match the account.', 'forbidden');
    const linkId = randomUUID();
    try {
      await this.send(state.electionId ?? '', { electorId, linkId }, typed.channel, to);
    } catch (error) {
      const notSent =
        error instanceof SmsNotSent || error instanceof MailNotSent || error instanceof RecipientRefused;
      if (!notSent) throw error;
      await this.attempts.withdraw(electorId, day);
      throw new Refusal('reassort.not-sent', 'The message could not be sent.');
    }
    await this.commands.execute(new RequestCodeReassort(electorId, linkId, typed.channel, window));
  }

  /** Both proofs are always looked at, so that time does not tell which was wrong. */
  private async proves(
    electorId: string,
    identity: Identity | undefined,
    { answer, proof }: CodeRequest,
  ): Promise<boolean> {
    const secrets = await this.accounts.secrets(electorId);
    const answered = await this.hashes.verify(electorId, secrets?.answer, normaliseAnswer(answer));
    const [numen, nir] = [await this.identities.numenDigest(proof), await this.identities.nirDigest(proof)];
    const isNumen = same(numen, identity?.numen);
    const digits = proof.replaceAll(/\s/g, '').length >= 10;
    const isNir = same(nir, identity?.nir);
    return answered && (isNumen || (isNir && digits));
  }

  private async send(electionId: string, name: LinkName, channel: 'mail' | 'sms', to: string): Promise<void> {
    const link = `${this.site.url}/reassort/${await this.links.token(name)}`;
    if (channel === 'sms') {
      await this.sms.send(
        to,
        `Élections professionnelles : votre lien, valable une heure, pour obtenir un nouveau code de vote : ${link}`,
      );
      return;
    }
    const election = await findElection(this.database.pool('register'), electionId);
    const occasion = {
      title: election?.title ?? 'Élections professionnelles',
      opens: election?.calendar?.votingOpensAt,
      closes: election?.calendar?.votingClosesAt,
      portal: `${this.site.url}/`,
    };
    await this.mail.send(codeLinkLetter(occasion, link), { to, key: name.linkId });
  }

  /** One credential for each scrutin, each a public key of the scrutin's group. */
  private async checked(
    state: VotingCodeState,
    credentials: readonly { scrutinId: string; credential: string }[],
  ): Promise<ReadonlyMap<string, string>> {
    const scrutins = await this.scrutinsOf(state);
    const given = new Map(credentials.map(({ scrutinId, credential }) => [scrutinId, credential]));
    const complete = scrutins.every(({ scrutinId }) => given.has(scrutinId));
    if (!complete || given.size !== scrutins.length || credentials.length !== given.size)
      throw new Refusal('reassort.credentials', 'One credential is needed for each scrutin of the elector.');
    for (const { scrutinId, group } of scrutins) {
      try {
        parsePublic(await serverGroup(group), given.get(scrutinId) ?? '', 'credential');
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        throw new Refusal('reassort.credentials', `The credential of ${scrutinId} is no public key.`);
      }
    }
    return given;
  }

  private async scrutinsOf(state: VotingCodeState) {
    const rows = await this.rows(state);
    return Promise.all(
      rows.map(async ({ scrutinId, electionFile }) => {
        const document = await this.documents.get(electionFile);
        const { uuid, group } = parseElection(document?.content.toString('utf8') ?? '');
        return { scrutinId, uuid, group };
      }),
    );
  }

  /** The widest window of the elector's boxes: one may have been extended. */
  private async windowOf(state: VotingCodeState): Promise<VotingWindow | undefined> {
    const rows = await this.rows(state);
    const [first] = rows;
    if (!first) return undefined;
    const last = rows.reduce((a, b) => (a.closesAt > b.closesAt ? a : b));
    const opens = rows.reduce((a, b) => (a.opensAt < b.opensAt ? a : b));
    return {
      opensAt: opens.opensAt.toISOString(),
      closesAt: last.closesAt.toISOString(),
      graceMinutes: last.graceMinutes,
    };
  }

  private rows({ scrutinIds }: VotingCodeState): Promise<TallyRow[]> {
    return talliesByIds(this.database.pool('register'), scrutinIds);
  }

  private async state(electorId: string): Promise<VotingCodeState> {
    return (await this.ledger.load(codeOf, `elector-${electorId}`)).state;
  }
}

/** A mobile number as +33…, or a personal mail address. Refuses what is neither, and the professional address (F48). */
function addressOf({ channel, address }: CodeRequest, professional: string | undefined): string {
  if (channel === 'sms') {
    const digits = address.replaceAll(/[\s.\-()]/g, '').replace(/^00/, '+');
    const number = /^0[67]\d{8}$/.test(digits) ? `+33${digits.slice(1)}` : digits;
    if (!/^\+[1-9]\d{7,14}$/.test(number))
      throw new Refusal('reassort.telephone', 'This is no mobile number.');
    return number;
  }
  const typed = address.normalize('NFC').trim();
  if (!/^[^\s@<>,;:"]{1,64}@[^\s@<>,;:"]{3,255}$/.test(typed))
    throw new Refusal('reassort.email', 'This is no mail address.');
  if (professional !== undefined && normaliseIdentifier(typed) === professional)
    throw new Refusal('reassort.professional', 'The address must differ from the professional one.');
  return typed;
}

function same(one: string, other: string | undefined): boolean {
  const digest = Buffer.from(one, 'hex');
  const known = Buffer.from(other ?? '', 'hex');
  const equal = timingSafeEqual(digest, known.length === digest.length ? known : Buffer.alloc(digest.length));
  return equal && known.length === digest.length;
}
