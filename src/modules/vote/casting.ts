import { Injectable } from '@nestjs/common';
import { acknowledgementMessage } from '../../crypto/acknowledgement.js';
import { sha256Base64 } from '../../crypto/digest.js';
import { ballotClaims, type BallotClaims } from '../../events/ballot-claims.js';
import { BadFields } from '../../http/problem.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal, TooMany } from '../../ledger/refusal.js';
import { AcknowledgementKey } from '../../vault/acknowledgement-key.js';
import { AddedCredentials } from '../../vault/added-credentials.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { passedGate, voter } from '../../vault/voter.js';
import { ballotBox, depositsOf, type Vote } from './ballot-box.decider.js';
import { BoxReader } from './box-reader.js';
import type { Deposit, OpenedBox } from './box-state.decider.js';
import type { WaitingVote } from './box-writer.js';
import { BoxWriters } from './box-writers.js';
import { SealedLists } from './sealed-lists.js';
import { VerificationLine } from './verification-line.js';
import type { CastVote } from './vote.commands.js';

/** What the elector's browser is told; it checks each word (docs/protocol.md, A1 and A2). */
export interface Receipt {
  readonly reference: string;
  readonly batch: number;
  /** The minute of the vote, an instant in UTC. */
  readonly at: string;
  /** Ed25519, 128 hex digits. */
  readonly acknowledgement: string;
}

const AT_ONCE = 3; // requests of one elector in one scrutin: two tabs and an impatient click

/** Casts votes: every check in its order, nothing written before all hold (design 3, points 1 to 6). */
@Injectable()
export class Casting {
  /** How many requests of an elector are under way, by scrutin and tag. In memory only. */
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly reader: BoxReader,
    private readonly lists: SealedLists,
    private readonly registerKeys: RegisterKeys,
    private readonly added: AddedCredentials,
    private readonly key: AcknowledgementKey,
    private readonly line: VerificationLine,
    private readonly writers: BoxWriters,
  ) {}

  async cast(command: CastVote): Promise<Receipt> {
    const receivedAt = this.clock.now();
    if (command.gate === undefined) throw gateClosed();
    const [tag, gateOf] = await Promise.all([this.tagOf(command), this.gateOf(command)]);
    const { scrutinId, ballot, signedInAt } = command;
    const vote: WaitingVote = {
      ...{ tag, ballot, receivedAt, signedInAt },
      ...{ reference: sha256Base64(ballot), ...claimsOf(ballot) },
    };
    return this.onceAtATime(`${scrutinId} ${tag}`, async () => {
      const { box, deposit } = await this.standing(scrutinId, vote, gateOf);
      if (deposit) return this.receipt(box, vote, deposit);
      await this.verify(box, vote);
      return this.receipt(box, vote, await this.writers.add(scrutinId, vote));
    });
  }

  /** The election whose gate was passed with the code that counts now; a réassort may have replaced it since. */
  private async gateOf({ electorId, gate }: CastVote): Promise<string | undefined> {
    const { state } = await this.ledger.load(voter, `elector-${electorId}`);
    return passedGate(gate, state) ? state?.electionId : undefined;
  }

  private async tagOf({ scrutinId, electorId }: CastVote): Promise<string> {
    try {
      return await this.registerKeys.tagOf(scrutinId, electorId);
    } catch (error) {
      if (error instanceof NoRegisterKey) throw notOpen();
      throw error;
    }
  }

  /**
   * Whether this vote may be cast, as far as box and register say it before it is verified. The index alone lets it go on;
   * what the index refuses is asked of the stream too. Gives the place of a vote that was cast before.
   */
  private async standing(
    scrutinId: string,
    vote: WaitingVote,
    gateOf: string | undefined,
  ): Promise<{ box: OpenedBox; deposit: Deposit | undefined }> {
    const unverified = { ...vote, alphas: [] };
    const { since, used } = await this.reader.lookAt(scrutinId, unverified);
    const [before] = used;
    if (!before) throw new TypeError('the index left the vote out');
    const known: Vote = { ...unverified, before };
    const judged = (state: typeof since.state) =>
      ballotBox.decideBatch([known], state, vote.receivedAt).outcomes[0];
    const box =
      judged(since.state) === 'accepted'
        ? since.state
        : (await this.ledger.load(ballotBox, `box-${scrutinId}`, since)).state;
    if (box.phase === 'absent') throw notOpen();
    if (box.electionId !== gateOf) throw gateClosed();
    await this.requireOnRoll(box, vote.tag);
    const outcome = judged(box);
    if (outcome instanceof Refusal) throw outcome;
    return { box, deposit: outcome === 'already-done' ? depositsOf([known], box, [])[0] : undefined };
  }

  /** The right to vote is membership of the sealed roll (design 3, point 3). */
  private async requireOnRoll({ files }: OpenedBox, tag: string): Promise<void> {
    const roll = await this.lists.list(files.rollFile, files.roll);
    if (!roll.has(tag))
      throw new Refusal('vote.not-on-roll', 'This elector has no vote in this scrutin.', 'forbidden');
  }

  /** Credential of the scrutin, then signature, then proofs: each costs more than the one before. */
  private async verify({ files, scrutinId }: OpenedBox, vote: WaitingVote): Promise<void> {
    const sealed = await this.lists.list(files.credentialsFile, files.credentials);
    if (!sealed.has(vote.credential) && !(await this.added.has(scrutinId, vote.credential)))
      throw new Refusal(
        'vote.credential-unknown',
        'The ballot is not signed with a voting code of this scrutin.',
        'forbidden',
      );
    const verdict = await this.line.check(scrutinId, await this.lists.text(files.electionFile), vote.ballot);
    if (!verdict.valid) throw badBallot(verdict.path, verdict.reason);
    if (verdict.credential !== vote.credential || verdict.reference !== vote.reference)
      throw badBallot('$', 'can be read in two ways');
  }

  private async receipt(
    { electionId, scrutinId }: OpenedBox,
    { reference }: WaitingVote,
    { batch, at }: Deposit,
  ): Promise<Receipt> {
    const message = acknowledgementMessage({ electionId, scrutinId, reference, batch });
    return { reference, batch, at, acknowledgement: await this.key.sign(message) };
  }

  private async onceAtATime<T>(who: string, work: () => Promise<T>): Promise<T> {
    const count = this.underWay.get(who) ?? 0;
    if (count >= AT_ONCE) throw new TooMany(1);
    this.underWay.set(who, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.underWay.get(who) ?? 1) - 1;
      if (left > 0) this.underWay.set(who, left);
      else this.underWay.delete(who);
    }
  }
}

/** What a text says of itself; the worker checks it. Throws `BadFields` when it names no credential. */
function claimsOf(ballot: string): BallotClaims {
  let claims: BallotClaims | undefined;
  try {
    claims = ballotClaims(ballot);
  } catch {
    throw badBallot('$', 'not JSON');
  }
  if (!claims) throw badBallot('$.credential', 'not a string');
  return claims;
}

/** 400, naming the field of the ballot: `ballot.answers[0].overall_proof`. */
function badBallot(path: string, reason: string): BadFields {
  const property = `ballot${path.startsWith('$') ? path.slice(1) : `.${path}`}`;
  return new BadFields([{ property, constraints: { ballot: reason } }]);
}

function gateClosed(): Refusal {
  return new Refusal('vote.gate-closed', 'Pass the gate with the voting code first.', 'forbidden');
}

function notOpen(): Refusal {
  return new Refusal('vote.not-open', 'Voting in this scrutin is not open.');
}
