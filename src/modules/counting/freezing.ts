import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ballotReference } from '../../crypto/ballot.js';
import { minBatch } from '../../events/box.events.js';
import { fileOfLines, rootOfLines, sortedLines } from '../../crypto/line-list.js';
import { parseElection } from '../../crypto/election.js';
import { serverGroup } from '../../crypto/server-groups.js';
import { Documents } from '../../documents/documents.js';
import { printRegister, type Signed } from '../../documents/register-document.js';
import { dayInParis } from '../../http/paris-time.js';
import { Clock } from '../../ledger/clock.js';
import { EventStore } from '../../ledger/event-store.js';
import { Refusal } from '../../ledger/refusal.js';
import { countReassorts } from '../../projections/reassorts.projection.js';
import { talliesIn } from '../../projections/tallies.projection.js';
import { Projections } from '../../projections/projections.js';
import { Database } from '../../storage/database.js';
import { AddedCredentials } from '../../vault/added-credentials.js';
import { RegisterKeys } from '../../vault/register-keys.js';
import { UnitSums } from '../../vault/units.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { FreezeBox, type BoxCounts } from './counting.commands.js';
import { freezesAt, type Counted } from './counting.decider.js';
import { ElectorNames } from './elector-names.js';
import { Disputed, Rechecking } from './rechecking.js';

const TRIES = 5;
const PATIENCE = 10_000; // milliseconds for a read model to catch up

interface Held {
  readonly counts: BoxCounts;
  readonly thinBatches: number;
  readonly references: readonly string[];
  /** tag -> day of the signature, in Paris */
  readonly signatures: ReadonlyMap<string, string>;
}

/** The end of a vote: box, register and counter are frozen together, by whichever instance comes first (CGFP 572). */
@Injectable()
export class Freezing {
  constructor(
    private readonly commands: CommandBus,
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly names: ElectorNames,
    private readonly documents: Documents,
    private readonly registerKeys: RegisterKeys,
    private readonly added: AddedCredentials,
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly rechecking: Rechecking,
  ) {}

  /** Freezes every box whose time has come. One that cannot be frozen stops no other; what it was is thrown at the end. */
  async freezeDue(signal?: AbortSignal): Promise<void> {
    const disputed: string[] = [];
    const failures: unknown[] = [];
    let refused = 0;
    for (const { scrutinId, closesAt, graceMinutes } of await talliesIn(this.database.pool('register'), [
      'open',
    ])) {
      if (signal?.aborted) return;
      // A box is read from its start only when it is due by the read model, which is never later than the box.
      const due = freezesAt({ closesAt: closesAt.toISOString(), opened: { graceMinutes } });
      if (Date.parse(this.clock.now()) < due) continue;
      await this.freezeIfDue(scrutinId).catch((error: unknown) => {
        if (!(error instanceof Disputed)) failures.push(error);
        else {
          refused += error.refused;
          disputed.push(...error.references);
        }
      });
    }
    if (refused > 0) throw new Disputed(refused, disputed); // the scheduler and readiness say so
    if (failures.length > 0) throw failures[0];
  }

  private async freezeIfDue(scrutinId: string): Promise<void> {
    const box = await this.boxes.of(scrutinId);
    if (box.phase === 'open' && Date.parse(this.clock.now()) >= freezesAt(box)) await this.freeze(scrutinId);
  }

  /** Freezes one box. Looks again when votes came in while it was looked at. */
  async freeze(scrutinId: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const box = await this.boxes.of(scrutinId);
      if (box.phase !== 'open') return;
      if (Date.parse(this.clock.now()) < freezesAt(box))
        throw new Refusal('counting.too-early', 'The box is frozen a minute after the end of grace.');
      const held = await this.look(scrutinId, box);
      await this.rechecking.require(scrutinId); // after the look: of what it saw, nothing is left out
      const frozen = await this.describe(scrutinId, box, held);
      try {
        await this.commands.execute(new FreezeBox(scrutinId, held.counts, frozen));
        return;
      } catch (error) {
        const again = error instanceof Refusal && error.code === 'counting.moved-on';
        if (!again || tries === TRIES) throw error;
      }
    }
  }

  private async look(scrutinId: string, { opened }: Counted): Promise<Held> {
    const election = parseElection(await this.boards.text(opened.electionFile));
    const group = await serverGroup(election.group);
    const references: string[] = [];
    const signatures = new Map<string, string>();
    const counts = { ballots: 0, signatures: 0, batches: 0 };
    let thinBatches = 0;
    for await (const event of this.boxes.events(scrutinId)) {
      if (event.type !== 'VotesCast') continue;
      const { ballots, signatures: tags, at } = event.data;
      const day = dayInParis(new Date(at));
      for (const text of ballots) references.push(ballotReference(group, text));
      for (const tag of tags) signatures.set(tag, day);
      counts.ballots += ballots.length;
      counts.signatures += tags.length;
      counts.batches += 1;
      if (ballots.length < minBatch) thinBatches += 1;
    }
    return { counts, thinBatches, references, signatures };
  }

  private async describe(scrutinId: string, box: Counted, held: Held): Promise<FreezeBox['frozen']> {
    const { opened } = box;
    const { signed, units } = await this.signed(scrutinId, held.signatures);
    const register = printRegister(scrutinId, signed);
    const turnout = JSON.stringify({ scrutinId, cells: units.cells() });
    const sealed = (await this.boards.text(opened.credentialsFile)).split('\n').filter((line) => line !== '');
    const credentials = sortedLines(new Set([...sealed, ...(await this.added.all(scrutinId))]));
    await this.publish(opened.rollFile);
    return {
      thinBatches: held.thinBatches,
      boxRoot: rootOfLines(sortedLines(held.references)),
      registerRoot: rootOfLines(sortedLines(held.signatures.keys())),
      register: await this.documents.put(Buffer.from(register), 'application/json', 'restricted'),
      turnout: await this.documents.put(Buffer.from(turnout), 'application/json', 'restricted'),
      credentials: { root: rootOfLines(credentials), count: credentials.length },
      credentialsFile: await this.documents.put(
        Buffer.from(fileOfLines(credentials)),
        'text/plain',
        'public', // also the roll, from the freeze on (design 6)
      ),
      reassorts: await this.reassorts(scrutinId),
    };
  }

  /** Who signed, and how many by unit: tags are made again from the electors of the scrutin, while the key lives. */
  private async signed(
    scrutinId: string,
    signatures: ReadonlyMap<string, string>,
  ): Promise<{ signed: Signed[]; units: UnitSums }> {
    const signed: Signed[] = [];
    const units = new UnitSums();
    for await (const ids of this.names.ofScrutin(scrutinId)) {
      const tags = await this.registerKeys.tagsOf(scrutinId, ids);
      const known = await this.names.of(ids);
      for (const [i, electorId] of ids.entries()) {
        const identity = known.get(electorId);
        const day = signatures.get(tags[i] as string);
        units.add(identity, day !== undefined);
        const { lastName = '', firstName = '' } = identity ?? {};
        if (day !== undefined) signed.push({ electorId, day, lastName, firstName });
      }
    }
    return { signed, units };
  }

  /** Réassorts that were completed; the read model must have seen the last one. */
  private async reassorts(scrutinId: string): Promise<number> {
    const head = await this.store.head();
    if (!(await this.projections.waitFor('reassorts', head, PATIENCE)))
      throw new Error('the read model of réassorts is behind: the freeze is tried again');
    const counted = await countReassorts(this.database.pool('register'), [scrutinId]);
    return counted.get(scrutinId)?.completed ?? 0;
  }

  private async publish(sha256: string): Promise<void> {
    const document = await this.documents.get(sha256);
    if (document && !document.public)
      await this.documents.put(document.content, document.mediaType, 'public');
  }
}
