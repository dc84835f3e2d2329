import { Injectable } from '@nestjs/common';
import { CountedSoftware } from '../../documents/counted-software.js';
import { Documents } from '../../documents/documents.js';
import { FrozenRegisters } from '../../documents/frozen-registers.js';
import type { Days } from '../../documents/register-document.js';
import { boothHash } from '../../http/booth-file.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { findBoard } from '../../projections/boards.projection.js';
import { findBoxes, type BoxRow } from '../../projections/boxes.projection.js';
import { signaturesOf } from '../../projections/register.projection.js';
import { scrutinsOf, type CandidateListRow, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { VaultKeys } from '../../vault/keys.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import type { BoothListView, BoothScrutinView } from './booth.views.js';
import { SealedScrutins, type Sealed } from './sealed-scrutins.js';
import { voter, type Voter } from '../../vault/voter.js';

/** A scrutin of an elector whose box has been opened. */
export interface OpenedScrutin {
  readonly scrutin: ScrutinRow;
  readonly box: BoxRow;
  readonly sealed: Sealed;
}

/** That an elector has signed in a scrutin: the minute, and once the register key is destroyed the days, if these are told. */
export interface Signed {
  readonly scrutin: ScrutinRow;
  readonly at: Date | undefined;
  readonly days: Days | undefined;
}

/** What an elector sees of scrutins, boxes and register: only what is about this elector, and no ballot. */
@Injectable()
export class VotingSpace {
  private readonly registerKeys: RegisterKeys;
  private readonly contents = new Map<string, Pick<BoothListView, 'affiliation' | 'candidates'>>();

  constructor(
    private readonly ledger: Ledger,
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly registers: FrozenRegisters,
    private readonly seals: SealedScrutins,
    private readonly counted: CountedSoftware,
    private readonly clock: Clock,
    vaultKeys: VaultKeys,
  ) {
    this.registerKeys = new RegisterKeys(vaultKeys);
  }

  /** Who votes, and where; undefined when the elector is on no list. */
  async voter(electorId: string): Promise<Voter | undefined> {
    return (await this.ledger.load(voter, `elector-${electorId}`)).state;
  }

  /** The elector's scrutins that are or were open here, in the order of their declaration. */
  async opened({ scrutinIds }: Pick<Voter, 'scrutinIds'>): Promise<OpenedScrutin[]> {
    const register = this.database.pool('register');
    const boxes = await findBoxes(register, scrutinIds);
    const scrutins = await scrutinsOf(register, scrutinIds);
    const opened: OpenedScrutin[] = [];
    for (const scrutin of scrutins) {
      const box = boxes.find(({ scrutinId }) => scrutinId === scrutin.scrutinId);
      const sealed = box && (await this.seals.of(box));
      if (box && sealed) opened.push({ scrutin, box, sealed });
    }
    return opened;
  }

  /** Whether any scrutin that is held here calls this elector to vote (F94). */
  async called({ scrutinIds }: Pick<Voter, 'scrutinIds'>): Promise<boolean> {
    const scrutins = await scrutinsOf(this.database.pool('register'), scrutinIds);
    return scrutins.some(({ held }) => held === 'here');
  }

  /** The hash of the script that counts for all these boards, if this server serves it; undefined: no vote is made here. */
  async countingBooth(boardIds: readonly string[]): Promise<string | undefined> {
    const served = boothHash();
    for (const boardId of new Set(boardIds)) {
      const board = await findBoard(this.database.pool('register'), boardId);
      if (!board || (await this.counted.of(board))?.booth !== served) return undefined;
    }
    return served;
  }

  /** In which of their scrutins an elector has signed, at any time (F81, F82). */
  async signed(electorId: string, opened: readonly Pick<OpenedScrutin, 'scrutin'>[]): Promise<Signed[]> {
    const tags = await Promise.all(opened.map(({ scrutin }) => this.tag(scrutin.scrutinId, electorId)));
    const known = tags.filter((tag) => tag !== undefined);
    const signatures = await signaturesOf(this.database.pool('register'), known);
    const all = opened.map(async ({ scrutin }, i): Promise<Signed[]> => {
      const { scrutinId } = scrutin;
      if (!tags[i]) {
        const found = (await this.registers.of(scrutinId))?.find(electorId);
        return found ? [{ scrutin, at: undefined, days: found.days }] : [];
      }
      const found = signatures.find((one) => one.scrutinId === scrutinId);
      return found ? [{ scrutin, at: found.at, days: undefined }] : [];
    });
    return (await Promise.all(all)).flat();
  }

  /** What the booth shows. `signedInAt`: who was signed in before the closing has the grace period (CGFP 563). */
  async states(electorId: string, who: Voter, signedInAt: string | undefined): Promise<BoothScrutinView[]> {
    const opened = await this.opened(who);
    const signed = await this.signed(electorId, opened);
    return Promise.all(
      opened.map(async ({ scrutin, box }) => ({
        scrutinId: scrutin.scrutinId,
        phase: this.phase(box, signedInAt),
        closesAt: box.closesAt.toISOString(),
        signed: signed.some((one) => one.scrutin === scrutin),
        signedAt: signed.find((one) => one.scrutin === scrutin)?.at?.toISOString() ?? null,
        lists: await Promise.all(scrutin.lists.map((list) => this.list(list))),
      })),
    );
  }

  /** Where a box stands for somebody who signed in at that minute; the box itself decides when the ballot comes. */
  phase(
    { phase, closesAt, graceMinutes }: BoxRow,
    signedInAt: string | undefined,
  ): BoothScrutinView['phase'] {
    const now = Date.parse(this.clock.now());
    const closes = closesAt.getTime();
    const late = now >= closes && !(Date.parse(signedInAt ?? '') < closes);
    if (late || now >= closes + graceMinutes * 60_000) return 'closed';
    return phase === 'open' || phase === 'suspended' ? phase : 'closed';
  }

  /** Undefined once the register key is destroyed: from then on the register that the freeze left says who has signed. */
  private async tag(
    scrutinId: string,
    electorId: string,
  ): Promise<{ scrutinId: string; tag: string } | undefined> {
    try {
      return { scrutinId, tag: await this.registerKeys.tagOf(scrutinId, electorId) };
    } catch (error) {
      if (error instanceof NoRegisterKey) return undefined;
      throw error;
    }
  }

  /** A list with what its public document says of it: affiliation and candidates. */
  private async list({ listId, content, logo, statement }: CandidateListRow): Promise<BoothListView> {
    let read = this.contents.get(content);
    if (!read) {
      const document = await this.documents.get(content);
      read = readContent(document?.content.toString('utf8') ?? '{}');
      if (document) this.contents.set(content, read); // its address is its hash: it never changes
    }
    return { listId, logo: logo ?? null, statement: statement ?? null, ...read };
  }
}

/** What src/modules/scrutin files as the document of a list. */
interface ListContent {
  readonly affiliation?: string;
  readonly candidates?: readonly {
    readonly firstName: string;
    readonly lastName: string;
    readonly about?: string;
    readonly substitute?: boolean;
  }[];
}

function readContent(text: string): Pick<BoothListView, 'affiliation' | 'candidates'> {
  const { affiliation, candidates = [] } = JSON.parse(text) as ListContent;
  return {
    affiliation: affiliation ?? null,
    candidates: candidates.map(({ firstName, lastName, about, substitute }) =>
      [`${firstName} ${lastName}`, about, substitute && 'suppléant'].filter(Boolean).join(', '),
    ),
  };
}
