import { printSizedTally } from '../crypto/archive-events.js';
import { listIdOf } from '../crypto/answers.js';
import { isBound, parseBinding } from '../crypto/decryption-binding.js';
import { parseDecryption } from '../crypto/decryption.js';
import type { Poll } from '../crypto/election.js';
import { holderKeys, type KeyHolders } from '../crypto/key-holders.js';
import { Malformed } from '../crypto/malformed.js';
import { seatSeed } from '../crypto/seat-seed.js';
import { parseTally, printTally, tallyShape, type EncryptedTally } from '../crypto/tally.js';
import { Report } from '../crypto/verify-report.js';
import { verifyDecryption } from '../crypto/verify-tally.js';
import type { EventOf } from '../events/codec.js';
import type { ClaimName, Findings } from './claims.js';

type Box<T> = Extract<EventOf<'box'>, { type: T }>['data'];

interface Placed<T> {
  readonly data: T;
  readonly place: string;
}

/** The tally of one box: added up again, decryptions, result. */
export class CountCheck {
  keyDestroyed = false;
  tally: Placed<Box<'TallyEncrypted'>> | undefined;
  result: Placed<Box<'ResultProclaimed'>> | undefined;
  private decryptions: Placed<Box<'PartialDecryptionFiled'>>[] = [];
  readonly ties: Box<'TieDrawn'>[] = [];
  private sum: EncryptedTally | undefined;
  private count = 0;

  constructor(private readonly found: Findings) {}

  event(event: EventOf<'box'>, place: string): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events are the box’s
    switch (event.type) {
      case 'RegisterKeyDestroyed':
        this.keyDestroyed = true;
        return;
      case 'TallyEncrypted':
        this.tally = { data: event.data, place };
        return;
      case 'PartialDecryptionFiled': {
        const name = 'register-key-was-destroyed-before-decryption';
        this.found.require(name, this.keyDestroyed, place, 'decrypts while tags lead to electors');
        this.decryptions.push({ data: event.data, place });
        return;
      }
      case 'PartialDecryptionRejected':
        if (event.data.reason === 'disagrees') this.withdraw(event.data.seat);
        return;
      case 'ResultProclaimed':
        this.result = { data: event.data, place };
        return;
      case 'TieDrawn':
        this.ties.push(event.data);
        return;
      default:
        return;
    }
  }

  /** Adds the product of some ballots, as a thread gave it. */
  add({ group, election }: Poll, sum: string, ballots: number): void {
    const more = parseTally(group, tallyShape(election), sum);
    this.count += ballots;
    this.sum = this.sum
      ? this.sum.map((question, i) =>
          question.map(({ alpha, beta }, k) => {
            const { alpha: a, beta: b } = more[i]?.[k] as (typeof question)[number];
            return { alpha: group.mul(alpha, a), beta: group.mul(beta, b) };
          }),
        )
      : more;
  }

  /** Decryptions of a scrutin's archive: of each part as many as it needs, lowest places first (docs/protocol.md, T7). */
  quorum(holders: KeyHolders): { owner: number; decryption: string }[] {
    const keys = holderKeys(holders);
    const latest = new Map(this.decryptions.map(({ data }) => [data.owner, data.decryption]));
    const sorted = [...latest]
      .map(([owner, decryption]) => ({ owner, decryption }))
      .sort((a, b) => a.owner - b.owner);
    return holders
      .flatMap((content, part) =>
        sorted
          .filter(({ owner }) => keys[owner - 1]?.part === part)
          .slice(0, content.kind === 'Single' ? 1 : content.threshold),
      )
      .sort((a, b) => a.owner - b.owner);
  }

  /** What seats are drawn from (docs/protocol.md, S2); undefined without a quorum of readable decryptions. */
  seatSeed({ group, election }: Poll, holders: KeyHolders | undefined, boxRoot: string): string | undefined {
    if (!holders) return undefined;
    try {
      const decryptions = this.quorum(holders).map(({ owner, decryption }) => ({
        owner,
        decryption: parseDecryption(group, tallyShape(election), decryption),
      }));
      return seatSeed(group, holders, decryptions, boxRoot);
    } catch (error) {
      if (error instanceof Malformed || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** The sum of the ballots that could be read, and their number. */
  summed({ group, election }: Poll): { ballots: number; tally: string } {
    const none = tallyShape(election).map((choices) =>
      Array.from({ length: choices }, () => ({ alpha: group.identity, beta: group.identity })),
    );
    return { ballots: this.count, tally: printTally(group, this.sum ?? none) };
  }

  end(poll: Poll, holders: KeyHolders | undefined, owners: readonly number[] | undefined): void {
    const tally = this.verifyTally(poll);
    if (tally && holders) this.verifyDecryptions(poll, holders, tally, owners);
    this.verifyVotes(poll);
  }

  private verifyTally(poll: Poll): EncryptedTally | undefined {
    const { group, election } = poll;
    const { found, tally } = this;
    if (!tally) return undefined;
    const name = 'encrypted-tally-is-the-sum-of-the-ballots';
    const { ballots, tally: text } = tally.data;
    found.require(
      name,
      ballots === this.count,
      tally.place,
      `says ${ballots} ballots, ${this.count} were cast`,
    );
    const same = this.summed(poll).tally === text;
    found.require(name, same, tally.place, 'is not the product of the ballots');
    try {
      return parseTally(group, tallyShape(election), text);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      found.fail(name, tally.place, error.message);
      return undefined;
    }
  }

  private verifyDecryptions(
    poll: Poll,
    holders: KeyHolders,
    tally: EncryptedTally,
    owners: readonly number[] | undefined,
  ): void {
    const { found, result } = this;
    for (const { data, place } of this.decryptions)
      this.verifyBinding(poll, holders, tally, data, place, owners);
    const report = new Report();
    const text = (this.tally as Placed<Box<'TallyEncrypted'>>).data.tally;
    const sized = printSizedTally(this.count, BigInt(this.count), '');
    verifyDecryption(
      poll,
      holders,
      {
        setup: undefined,
        ballots: [],
        tally: { sized: { place: 'tally', text: sized }, tally: { place: 'tally', text } },
        decryptions: this.decryptions.map(({ data, place }) => ({
          owned: { place, text: JSON.stringify({ owner: data.owner, payload: '' }) },
          decryption: { place, text: data.decryption },
        })),
        result: result && { place: result.place, text: result.data.result },
      },
      BigInt(this.count),
      report,
    );
    const names = [
      'partial-decryptions-are-proved',
      'key-holders-reach-their-quorum',
      'result-is-what-was-decrypted',
    ] as const;
    for (const check of report.checks()) {
      const name = names.find((one): one is (typeof names)[number] => one === check.name) satisfies
        ClaimName | undefined;
      if (name === undefined || check.verdict === 'unchecked') continue;
      if (name === 'key-holders-reach-their-quorum' && !result) continue; // not yet
      found.checked(name, name === 'partial-decryptions-are-proved' ? this.decryptions.length : 1);
      for (const { place, reason } of check.findings) found.fail(name, `${this.where()} ${place}`, reason);
    }
    if (
      result &&
      report
        .checks()
        .some(({ name, verdict }) => name === 'result-is-what-was-decrypted' && verdict === 'unchecked')
    ) {
      found.fail('result-is-what-was-decrypted', result.place, 'no quorum of valid decryptions gives it');
    }
  }

  private verifyBinding(
    { group, election }: Poll,
    holders: KeyHolders,
    tally: EncryptedTally,
    { owner, seat, decryption, binding }: Box<'PartialDecryptionFiled'>,
    place: string,
    owners: readonly number[] | undefined,
  ): void {
    const { found } = this;
    const name = 'partial-decryptions-are-proved';
    const sits = owners === undefined || owners[owner - 1] === seat;
    found.require(name, sits, place, `seat ${seat} does not hold the key ${owner}`);
    const key = holderKeys(holders)[owner - 1];
    if (!key) {
      found.fail(name, place, `there is no key ${owner}`);
      return;
    }
    try {
      const parsed = parseDecryption(group, tallyShape(election), decryption);
      const bound = isBound(group, election, tally, key.publicKey, parsed, parseBinding(group, binding));
      found.require(name, bound, place, 'its binding proof does not hold');
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      found.fail(name, place, error.message);
    }
  }

  /** The numbers of the result, which the decryptions must give, in the order of the answers. */
  numbers(): readonly number[] {
    try {
      return (JSON.parse(this.result?.data.result ?? '') as { result: number[][] }).result[0] ?? [];
    } catch {
      return []; // reported under the result itself
    }
  }

  /** The votes of each list, as proclaimed, are the numbers of the result in the order of the answers. */
  private verifyVotes({ election }: Poll): void {
    const { found, result } = this;
    if (!result) return;
    const name = 'votes-are-those-of-the-result';
    const numbers = this.numbers();
    const answers = election.questions[0]?.answers ?? [];
    const proclaimed = new Map(result.data.votes.map(({ listId, votes }) => [listId, votes]));
    proclaimed.set('blank', result.data.blank);
    for (const [i, answer] of answers.entries()) {
      const listId = listIdOf(answer) ?? '';
      const says = proclaimed.get(listId);
      found.require(
        name,
        says === numbers[i],
        result.place,
        `${answer}: ${says ?? 'no'} votes, ${numbers[i] ?? 'none'} were decrypted`,
      );
      proclaimed.delete(listId);
    }
    found.require(name, proclaimed.size === 0, result.place, 'proclaims votes of a list that does not stand');
  }

  /** A decryption that others contradict counts no more (docs/protocol.md, T5). */
  private withdraw(seat: number): void {
    this.decryptions = this.decryptions.filter(({ data }) => data.seat !== seat);
  }

  private where(): string {
    return this.tally?.place ?? '';
  }
}
