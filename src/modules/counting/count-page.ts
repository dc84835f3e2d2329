import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import type { FormError } from '../../http/form-reader.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { countReassorts, isUnusual } from '../../projections/reassorts.projection.js';
import { talliesOf, type TallyPhase } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { Transparency } from '../../transparency/transparency.js';
import { memberOf } from './board-fold.js';
import { Boards } from './boards.js';
import { CountViews } from './count-views.js';
import type { Member } from './counting.commands.js';
import { Discrepancies, type Discrepancy } from './discrepancies.js';
import { agree } from './discrepancy.decider.js';
import { explain } from './discrepancy-wording.js';
import { Minutes } from './minutes.js';
import { people, person } from './minutes-wording.js';
import type { Settled } from './reconciling.js';

export const LONGEST = 4_000; // characters of an observation, or of what is stated of a discrepancy

/** What each phase is called. */
export const steps: Readonly<Record<TallyPhase, string>> = {
  open: 'Vote en cours ou délai de grâce',
  frozen: 'Urne gelée, à rapprocher',
  reconciled: 'Clé du registre détruite, addition des bulletins en cours',
  encrypted: 'À déchiffrer par le bureau',
  proclaimed: 'Résultat proclamé',
};

const WAITING = 'En attente des témoins du journal de transparence, puis à déchiffrer par le bureau';

/** What the page says of what was just done. */
export interface Said {
  readonly compared?: readonly Settled[];
  readonly errors?: readonly FormError[];
  /** What is wrong with what was to be stated. */
  readonly discrepancyErrors?: readonly FormError[];
  /** What was typed. */
  readonly values?: Readonly<Record<string, string>>;
  readonly signed?: boolean;
}

/** « Dépouillement » of one board, as one of its members sees it. */
@Injectable()
export class CountPage {
  constructor(
    private readonly views: CountViews,
    private readonly boards: Boards,
    private readonly minutes: Minutes,
    private readonly discrepancies: Discrepancies,
    private readonly database: Database,
    private readonly transparency: Transparency,
  ) {}

  /** Refuses everybody who is no member. */
  async html(request: Request, boardId: string, staffId: string, said: Said = {}): Promise<string> {
    const { compared, values, ...rest } = said;
    const { seat, board: itself } = await this.boards.memberOf(boardId, staffId);
    const { title: board, open, scrutins } = await this.views.count(boardId);
    const register = this.database.pool('register');
    const rows = await talliesOf(register, { boardId });
    const reassorts = await countReassorts(
      register,
      rows.map(({ scrutinId }) => scrutinId),
    );
    const titleOf = (id: string) => scrutins.find(({ scrutinId }) => scrutinId === id)?.title ?? '';
    const me = memberOf(itself, staffId);
    const discrepancies = (await this.discrepancies.of(boardId)).map((one) => ({
      ...shown(one, me),
      title: titleOf(one.scrutinId),
    }));
    return render('count', {
      ...frame(request, 'Espace du personnel', 'Dépouillement', { scripts: ['decrypt'] }),
      ...{ csrf: csrfToken(request), boardId, seat, board, open, electionId: itself.electionId },
      alarm: this.transparency.integrity.alarm,
      disputes: await this.views.disputes(boardId),
      scrutins: scrutins.map((one) => ({
        ...one,
        step: one.phase === 'encrypted' && !one.witnessed ? WAITING : steps[one.phase],
        reassorts: reassorts.get(one.scrutinId)?.completed ?? 0,
        inPerson: reassorts.get(one.scrutinId)?.inPerson ?? 0,
        unusual: isUnusual(
          reassorts.get(one.scrutinId)?.completed ?? 0,
          rows.find(({ scrutinId }) => scrutinId === one.scrutinId)?.roll ?? 0,
        ),
        seats: one.seatsDecrypted.join(', '),
      })),
      compared: compared?.map((one) => ({ ...one, title: titleOf(one.scrutinId), agrees: agree(one) })),
      discrepancies,
      statable: discrepancies.filter(({ hopeless, stated }) => !hopeless && !stated),
      ...rest,
      longest: LONGEST,
      values: { id: randomUUID(), ...values },
      observable: await this.observable(scrutins),
      toSign: scrutins.filter(({ phase }) => phase === 'proclaimed'),
      toReconcile: scrutins.some(({ phase }) => phase === 'frozen'),
      toDecrypt: scrutins.some(({ phase }) => phase === 'encrypted'),
    });
  }

  /** The scrutins whose minutes nobody has signed, and what was written in them. */
  async observable(scrutins: readonly { readonly scrutinId: string; readonly title: string }[]) {
    const open = await Promise.all(
      scrutins.map(async ({ scrutinId, title }) => ({
        ...{ scrutinId, title },
        ...(await this.minutes.observationsOf(scrutinId)),
      })),
    );
    return open.filter(({ signed }) => !signed);
  }
}

/** A discrepancy in words, and what this member may do about it. */
function shown({ asked, stated, ...one }: Discrepancy, me: Member | undefined) {
  const presides = [asked?.by, me].some((member) => member !== undefined && member.office !== 'delegate');
  return {
    ...one,
    hopeless: !one.rootAgrees || !one.keyAgrees,
    reasons: explain(one),
    asked: asked && {
      ...{ requestId: asked.requestId, text: asked.text, at: inParis(asked.askedAt) },
      by: person(asked.by ?? {}),
      own: asked.by?.staffId === me?.staffId,
      presides,
    },
    stated: stated && { text: stated.text, by: people(stated.by), at: inParis(new Date(stated.at)) },
  };
}
