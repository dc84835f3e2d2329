import type { EventOf } from '../events/codec.js';
import type { Json } from '../crypto/canonical-json.js';

/** A line of the journal, as minutes have it. */
export interface JournalLine {
  /** The scrutin that it concerns; all of the election when absent. */
  readonly scrutinId: string | undefined;
  readonly at: string;
  readonly line: { readonly [field: string]: Json };
}

/** What minutes take from the board and the election, as the ledger had it when they were first signed. */
export interface Standing {
  readonly title: string;
  readonly listsClosedAt: string | undefined;
  readonly journal: readonly JournalLine[];
  readonly board: {
    readonly title: string;
    readonly seats: ReadonlyMap<number, { readonly staffId: string; readonly office: string }>;
    readonly approvedBy: readonly string[];
  };
}

/** The stream of an election: its title, when its lists were closed, who touched what and what happened. */
export class ElectionJournal {
  title = '';
  listsClosedAt: string | undefined;
  readonly lines: JournalLine[] = [];

  event({ type, data }: EventOf<'election'>): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- minutes tell nothing of the others
    switch (type) {
      case 'ElectionDeclared':
      case 'ElectionRenamed':
        this.title = data.title;
        return;
      case 'ListsClosed':
        this.listsClosedAt = data.at;
        return;
      case 'IncidentLogged': {
        const { scrutinId, at, staffId, text } = data;
        this.lines.push({ scrutinId, at, line: { type, at, staffId, text } });
        return;
      }
      case 'InterventionLogged': {
        const { at, staffId, text, component } = data;
        this.lines.push({ scrutinId: undefined, at, line: { type, at, staffId, text, component } });
        return;
      }
      case 'BuildReplaced': {
        const { at, reason, build, booth } = data;
        const decidedBy = data.decidedBy.map((one) => ({ ...one }));
        this.lines.push({
          scrutinId: undefined,
          at,
          line: { type, at, text: reason, build, booth, decidedBy },
        });
        return;
      }
      default:
        return;
    }
  }
}
