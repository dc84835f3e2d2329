import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { SessionStore } from '../../http/session-store.js';
import type { Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Identities, type NewIdentity } from '../../vault/identities.js';
import { ChangeContact, CorrectElector, RegisterElector, RemoveElector } from './account.commands.js';

/** What may be corrected of an elector; what is absent stays as it is. */
export interface Correction {
  readonly identity?: Partial<Omit<NewIdentity, 'email'>>;
  /** All of them, where they change. */
  readonly scrutinIds?: readonly string[];
  /** The claim that led to it (F110). */
  readonly claimId?: string;
  /** Who of the staff corrects. */
  readonly by?: string;
}

/** Changes of the electoral lists, one elector at a time: the vault first, then the event that makes it count. */
@Injectable()
export class Electors {
  constructor(
    private readonly identities: Identities,
    private readonly commands: CommandBus,
    private readonly sessions: SessionStore,
  ) {}

  /** Puts an elector on the lists. Refuses an identifier or a NUMEN that is taken. */
  async register(
    electorId: string,
    electionId: string,
    known: NewIdentity,
    scrutinIds?: readonly string[],
  ): Promise<Executed> {
    const version = await this.identities.write(electorId, electionId, known);
    return this.commands.execute<RegisterElector, Executed>(
      new RegisterElector(electorId, electionId, version, scrutinIds),
    );
  }

  /** Corrects names or scrutins, until the lists are closed. The address is changed by two of the staff, elsewhere. */
  async correct(
    electorId: string,
    { identity = {}, scrutinIds, claimId, by }: Correction,
  ): Promise<Executed> {
    const version = await this.identities.amend(electorId, identity);
    return this.commands.execute<CorrectElector, Executed>(
      new CorrectElector(electorId, version, scrutinIds, claimId, by),
    );
  }

  /** Takes an elector off the lists, until they are closed, and ends the elector's sessions. */
  async remove(electorId: string, claimId?: string, by?: string): Promise<Executed> {
    const removed = await this.commands.execute<RemoveElector, Executed>(
      new RemoveElector(electorId, claimId, by),
    );
    await this.sessions.endAllOf(electorId);
    return removed;
  }

  /** Binds another professional address; from the event on, the elector is found by it and by no other. */
  async changeContact(electorId: string, email: string, staffIds: readonly string[]): Promise<Executed> {
    if (!(await this.identities.of(electorId)))
      throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
    const version = await this.identities.amend(electorId, { email });
    return this.commands.execute<ChangeContact, Executed>(new ChangeContact(electorId, version, staffIds));
  }
}
