import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { Json } from '../../crypto/canonical-json.js';
import type { VaultVersion } from '../../events/fields.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Database } from '../../storage/database.js';
import { Digests } from '../../vault/digests.js';
import { Vault } from '../../vault/vault.js';
import { ChangeContact, RegisterElector } from './account.commands.js';
import { account } from './account.decider.js';
import { normaliseIdentifier } from './identifier.js';

/** Who an elector is: kind `identity` of the vault, never in an event. */
export interface Identity {
  readonly electionId: string;
  /** The professional address, which is the identifier (F16), as `normaliseIdentifier` writes it. */
  readonly email: string;
  readonly lastName: string;
  readonly firstName: string;
  /** `1975-06-30` */
  readonly birthDate: string;
  readonly corps: string;
  readonly academy: string;
  readonly unit: string;
  /** Keyed digests in hex: of the NUMEN, and of the first ten digits of the NIR (F46). */
  readonly numen: string;
  readonly nir: string;
}

/** An identity as it comes from a list: with NUMEN and NIR in clear, which are stored as digests only. */
export type NewIdentity = Omit<Identity, 'electionId'>;

/** Who the electors are, and who has which identifier. The only reader and writer of identities. */
@Injectable()
export class Identities {
  constructor(
    private readonly vault: Vault,
    private readonly digests: Digests,
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly commands: CommandBus,
  ) {}

  /** Puts an elector on the lists: vault row, identifier, event, in this order. Refuses an identifier that is taken. */
  async register(electorId: string, electionId: string, known: NewIdentity): Promise<Executed> {
    const identity = await this.identityFor(electionId, known);
    await this.take(electionId, identity.email, electorId);
    const version = await this.vault.write('identity', { ...identity });
    return this.commands.execute<RegisterElector, Executed>(
      new RegisterElector(electorId, electionId, version),
    );
  }

  /**
   * Puts many electors on the lists of one election: one write to the vault for all of them, then `record` appends the events
   * of each. Refuses all of them when somebody else holds an identifier of theirs.
   */
  async registerMany(
    electionId: string,
    electors: ReadonlyMap<string, NewIdentity>,
    record: (electorId: string, identity: VaultVersion) => Promise<unknown>,
  ): Promise<void> {
    const ids = [...electors.keys()];
    const identities = await Promise.all(
      [...electors.values()].map((known) => this.identityFor(electionId, known)),
    );
    const digests = await Promise.all(
      identities.map(({ email }) => this.identifierDigest(electionId, email)),
    );
    const { rowCount } = await this.database.pool('vault').query(
      `insert into vault.identifiers as i (election_id, digest, elector_id)
         select $1, digest, elector_id from unnest($2::bytea[], $3::uuid[]) as r(digest, elector_id)
         on conflict (election_id, digest) do update set taken_at = now() where i.elector_id = excluded.elector_id`,
      [electionId, digests, ids],
    );
    if (rowCount !== ids.length)
      throw new Refusal('account.identifier-taken', 'Another elector has one of these identifiers.');
    const versions = await this.vault.writeMany(
      'identity',
      identities.map((identity) => ({ ...identity })),
    );
    await Promise.all(versions.map((version, index) => record(ids[index] as string, version)));
  }

  /** Those of these electors who hold an identifier, and so may be on the lists. */
  async holding(electorIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ elector_id: string }>(
        'select distinct elector_id from vault.identifiers where elector_id = any ($1)',
        [electorIds],
      );
    return new Set(rows.map(({ elector_id }) => elector_id));
  }

  /** Binds another professional address; from the event on, the elector is found by it and by no other. */
  async changeContact(electorId: string, email: string, staffIds: readonly string[]): Promise<Executed> {
    const before = await this.of(electorId);
    if (!before) throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
    const after: Identity = { ...before, email: normaliseIdentifier(email) };
    await this.take(after.electionId, after.email, electorId);
    const version = await this.vault.write('identity', { ...after });
    return this.commands.execute<ChangeContact, Executed>(new ChangeContact(electorId, version, staffIds));
  }

  /** Who this elector is; undefined when there is none, or the identity is erased. */
  async of(electorId: string): Promise<Identity | undefined> {
    const { state } = await this.ledger.load(account, `elector-${electorId}`);
    const named = state.phase === 'absent' ? nothing() : state.identity;
    return identityOf(await this.vault.read('identity', named));
  }

  /** The elector whose present identifier this is. */
  async find(electionId: string, typed: string): Promise<string | undefined> {
    return this.findByDigest(electionId, await this.identifierDigest(electionId, typed));
  }

  /** The same by the digest. It looks at as much for an identifier that nobody has (F88). */
  async findByDigest(electionId: string, digest: Buffer): Promise<string | undefined> {
    const electorId = (await this.holder(electionId, digest)) ?? randomUUID();
    const identity = await this.of(electorId);
    const email = identity?.electionId === electionId ? identity.email : '';
    const present = await this.identifierDigest(electionId, email);
    return identity && present.equals(digest) ? electorId : undefined;
  }

  /** The keyed digest under which an identifier is looked up, and by which its failures are counted. */
  identifierDigest(electionId: string, typed: string): Promise<Buffer> {
    return this.digests.of('identifier', electionId, normaliseIdentifier(typed));
  }

  /** The digest of a NUMEN, in hex: upper case, without spaces. */
  async numenDigest(typed: string): Promise<string> {
    const digest = await this.digests.of(
      'numen',
      typed.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase(),
    );
    return digest.toString('hex');
  }

  /** The digest of the first ten digits of a NIR, in hex (F46). */
  async nirDigest(typed: string): Promise<string> {
    const digest = await this.digests.of(
      'nir',
      typed.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase().slice(0, 10),
    );
    return digest.toString('hex');
  }

  /** An identity as it is kept: the identifier in its one form, NUMEN and NIR as digests. */
  private async identityFor(electionId: string, known: NewIdentity): Promise<Identity> {
    return {
      ...known,
      electionId,
      email: normaliseIdentifier(known.email),
      numen: await this.numenDigest(known.numen),
      nir: await this.nirDigest(known.nir),
    };
  }

  /** The elector who took an identifier, which need not be the present one. */
  private async holder(electionId: string, digest: Buffer): Promise<string | undefined> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ elector_id: string }>(
        'select elector_id from vault.identifiers where election_id = $1 and digest = $2',
        [electionId, digest],
      );
    return rows[0]?.elector_id;
  }

  /**
   * Takes an identifier for an elector, before the event that makes it count. A row of another elector that does not count
   * was left by a crash or a change of address; it is taken over once it is too old to be in the making.
   */
  private async take(electionId: string, email: string, electorId: string): Promise<void> {
    const digest = await this.identifierDigest(electionId, email);
    const present = await this.find(electionId, email);
    if (present === electorId) return;
    const { rowCount } = await this.database.pool('vault').query(
      `insert into vault.identifiers as i (election_id, digest, elector_id) values ($1, $2, $3)
       on conflict (election_id, digest) do update set elector_id = excluded.elector_id, taken_at = now()
         where i.elector_id = excluded.elector_id or not $4 and i.taken_at < now() - interval '1 minute'`,
      [electionId, digest, electorId, present !== undefined],
    );
    if (rowCount === 0) throw new Refusal('account.identifier-taken', 'Another elector has this identifier.');
  }
}

/** Names no version: to read it costs what reading one costs. */
export function nothing(): VaultVersion {
  return { version: randomUUID(), sha256: '0'.repeat(64) };
}

/** The identity that a vault row holds. */
export function identityOf(value: Json | undefined): Identity | undefined {
  return value as Identity | undefined;
}
