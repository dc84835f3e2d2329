import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.js';
import type { VaultVersion } from '../events/fields.js';
import type { Ledger } from '../ledger/ledger.js';
import { Refusal } from '../ledger/refusal.js';
import type { Database } from '../storage/database.js';
import { counting, type Counting } from './counting-identity.js';
import type { Digests } from './digests.js';
import { Directory } from './directory.js';
import { Holdings, type Asked, type Held } from './holdings.js';
import { normaliseIdentifier } from './identifier.js';
import { nameKey } from './name-key.js';
import type { Vault } from './vault.js';

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
  /** The code of the unit, by which notices are put together (an UAI: `0750656G`). */
  readonly unitCode?: string;
  /** How the notice is to come (F40), and where to if it comes by post. */
  readonly delivery?: 'hand' | 'post' | 'registered';
  readonly address?: string;
  /** Keyed digests in hex: of the NUMEN, and of the first ten digits of the NIR (F46). */
  readonly numen: string;
  readonly nir: string;
}

/** An identity as it comes from a list: with NUMEN and NIR in clear, which are stored as digests only. */
export type NewIdentity = Omit<Identity, 'electionId'>;

/** Who holds an identifier or a NUMEN that somebody else asks for: an index into what was asked. */
export interface Taken {
  readonly index: number;
  readonly what: Held;
}

/**
 * Who the electors are, and who has which identifier and NUMEN. The only reader and writer of identities. What is written
 * counts once an event names it; who appends that event is the module of accounts.
 */
export class Identities {
  private readonly holdings: Holdings;

  constructor(
    private readonly vault: Vault,
    private readonly digests: Digests,
    private readonly database: Database,
    private readonly ledger: Ledger,
  ) {
    this.holdings = new Holdings(database, (...asked) => this.present(...asked));
  }

  /** Takes identifier and NUMEN for an elector and writes the identity. Refuses what another elector has. */
  async write(electorId: string, electionId: string, known: NewIdentity): Promise<VaultVersion> {
    const versions = await this.writeMany(electionId, new Map([[electorId, known]]));
    return versions.get(electorId) as VaultVersion;
  }

  /** The same for many electors of one election: all of them or none. */
  async writeMany(
    electionId: string,
    electors: ReadonlyMap<string, NewIdentity>,
  ): Promise<ReadonlyMap<string, VaultVersion>> {
    const known = [...electors].map(([electorId, identity]) => ({ electorId, identity }));
    const kept = await this.kept(electionId, known);
    const [taken] = await each(kept, (what, rows) => this.holdings.take(electionId, what, rows));
    if (taken?.what === 'identifier')
      throw new Refusal('account.identifier-taken', 'Another elector has this identifier.');
    if (taken) throw new Refusal('account.numen-taken', 'Another elector has this NUMEN.');
    return this.writeAll(kept);
  }

  /** Another identity of an elector: what is not given stays as it is. The version that counts, if nothing changes. */
  async amend(electorId: string, change: Partial<NewIdentity>): Promise<VaultVersion> {
    const present = await this.countingOf(electorId);
    const before = present && (await this.read(present.identity));
    if (!before) throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
    const after: Identity = {
      ...before,
      ...change,
      email: normaliseIdentifier(change.email ?? before.email),
      numen: change.numen === undefined ? before.numen : await this.numenDigest(change.numen),
      nir: change.nir === undefined ? before.nir : await this.nirDigest(change.nir),
    };
    if (canonicalJson({ ...before }) === canonicalJson({ ...after })) return present.identity;
    await this.holdings
      .take(after.electionId, 'identifier', [
        [electorId, await this.identifierDigest(after.electionId, after.email)],
      ])
      .then(refuseTaken('account.identifier-taken'));
    await this.holdings
      .take(after.electionId, 'numen', [[electorId, Buffer.from(after.numen, 'hex')]])
      .then(refuseTaken('account.numen-taken'));
    const versions = await this.writeAll([{ electorId, identity: after }]);
    return versions.get(electorId) as VaultVersion;
  }

  /** Which of these electors ask for what another elector has; nothing is written. */
  async taken(
    electionId: string,
    electors: readonly { electorId: string; identity: NewIdentity }[],
  ): Promise<Taken[]> {
    return each(await this.kept(electionId, electors), (what, rows) =>
      this.holdings.heldByOthers(electionId, what, rows),
    );
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

  /** Who this elector is; undefined when there is none, or the identity is erased. */
  async of(electorId: string): Promise<Identity | undefined> {
    return this.read((await this.countingOf(electorId))?.identity ?? nothing());
  }

  /** The identity of this version; undefined once erased. */
  async read(version: VaultVersion): Promise<Identity | undefined> {
    return (await this.vault.read('identity', version)) as Identity | undefined;
  }

  /** The elector whose present identifier this is. */
  async find(electionId: string, typed: string): Promise<string | undefined> {
    return this.findByDigest(electionId, await this.identifierDigest(electionId, typed));
  }

  /** The same by the digest. It looks at as much for an identifier that nobody has (F88). */
  async findByDigest(electionId: string, digest: Buffer): Promise<string | undefined> {
    const electorId = (await this.holdings.holder(electionId, digest)) ?? randomUUID();
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
    return (await this.digests.of('numen', plain(typed))).toString('hex');
  }

  /** The digest of the first ten digits of a NIR, in hex (F46). */
  async nirDigest(typed: string): Promise<string> {
    return (await this.digests.of('nir', firstTen(typed))).toString('hex');
  }

  /** The digest of the identifier or the NUMEN that an elector of this election has now. */
  private async present(electorId: string, electionId: string, what: Held): Promise<Buffer | undefined> {
    const identity = await this.of(electorId);
    if (identity?.electionId !== electionId) return undefined;
    return what === 'numen'
      ? Buffer.from(identity.numen, 'hex')
      : this.identifierDigest(electionId, identity.email);
  }

  private async countingOf(electorId: string): Promise<Counting> {
    return (await this.ledger.load(counting, `elector-${electorId}`)).state;
  }

  /** Identities as they are kept: the identifier in its one form, NUMEN and NIR as digests. */
  private async kept(
    electionId: string,
    electors: readonly { electorId: string; identity: NewIdentity }[],
  ): Promise<Kept[]> {
    const identifierOf = await this.digests.with('identifier');
    const numenOf = await this.digests.with('numen');
    const nirOf = await this.digests.with('nir');
    return electors.map(({ electorId, identity }) => {
      const email = normaliseIdentifier(identity.email);
      const numen = numenOf(plain(identity.numen));
      const nir = nirOf(firstTen(identity.nir)).toString('hex');
      return {
        electorId,
        identity: { ...identity, electionId, email, numen: numen.toString('hex'), nir },
        identifier: identifierOf(electionId, email),
        numen,
      };
    });
  }

  /** Versions, and their names for the electoral lists. */
  private async writeAll(
    electors: readonly { electorId: string; identity: Identity }[],
  ): Promise<ReadonlyMap<string, VaultVersion>> {
    const versions = await this.vault.writeMany(
      'identity',
      electors.map(({ identity }) => ({ ...identity })),
    );
    await new Directory(this.database).enter(
      electors.map(({ electorId, identity }, index) => ({
        version: (versions[index] as VaultVersion).version,
        electionId: identity.electionId,
        electorId,
        name: nameKey(identity.lastName, identity.firstName),
        unit: nameKey(identity.unit),
      })),
    );
    return new Map(versions.map((version, index) => [electors[index]?.electorId as string, version]));
  }
}

/** An identity as it is kept, with the digests of what nobody else may have. */
interface Kept {
  readonly electorId: string;
  readonly identity: Identity;
  readonly identifier: Buffer;
  readonly numen: Buffer;
}

/** Asks for identifiers and NUMENs, before the events that make them count. */
async function each(
  kept: readonly Kept[],
  ask: (what: Held, rows: readonly Asked[]) => Promise<readonly number[]>,
): Promise<Taken[]> {
  const identifiers = await ask(
    'identifier',
    kept.map(({ electorId, identifier }) => [electorId, identifier]),
  );
  const numens = await ask(
    'numen',
    kept.map(({ electorId, numen }) => [electorId, numen]),
  );
  return [
    ...identifiers.map((index) => ({ index, what: 'identifier' as const })),
    ...numens.map((index) => ({ index, what: 'numen' as const })),
  ];
}

function refuseTaken(code: 'account.identifier-taken' | 'account.numen-taken') {
  return (places: readonly number[]) => {
    if (places.length > 0) throw new Refusal(code, 'Another elector has it.');
  };
}

function plain(typed: string): string {
  return typed.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
}

function firstTen(nir: string): string {
  return plain(nir).slice(0, 10);
}

/** Names no version: to read it costs what reading one costs. */
export function nothing(): VaultVersion {
  return { version: randomUUID(), sha256: '0'.repeat(64) };
}
