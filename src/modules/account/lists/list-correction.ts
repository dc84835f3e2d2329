import { Injectable } from '@nestjs/common';
import type { Executed } from '../../../ledger/ledger.js';
import { ListFence } from '../../../ledger/list-fence.js';
import { Database } from '../../../storage/database.js';
import { normaliseIdentifier } from '../../../vault/identifier.js';
import { Identities, type NewIdentity } from '../../../vault/identities.js';
import { Electors } from '../electors.js';
import { missingColumns, readCorrection, type CorrectedElector } from './elector-line.js';
import { BadFile, formOf, linesOf, type FileForm, type Source } from './electoral-file.js';
import type { LineFault } from './list-import.js';
import { scrutinCodes } from './scrutin-codes.js';

/** What a dry run of corrections found. */
export interface CorrectionReport {
  readonly form: FileForm;
  readonly corrections: readonly FoundCorrection[];
  /** All that is wrong, in the order of the file. */
  readonly faults: readonly LineFault[];
}

/** A line of corrections and whom it is about. */
export interface FoundCorrection extends CorrectedElector {
  readonly line: number;
  readonly electorId: string;
}

const MOST = 50_000;

/** Corrects electoral lists by a CSV file, until they are closed (F111, CGFP 528): all of it is checked before any of it is done. */
@Injectable()
export class ListCorrection {
  constructor(
    private readonly database: Database,
    private readonly identities: Identities,
    private readonly electors: Electors,
    private readonly fence: ListFence,
  ) {}

  /** The dry run: whom each line corrects, and every line that is wrong. Writes nothing. */
  async check(source: Source, electionId: string): Promise<CorrectionReport> {
    const form = await formOf(source);
    const faults: LineFault[] = [];
    const add = (line: number | undefined, reason: string) => faults.push({ line, reason });
    if ((await this.fence.state(electionId)).closed)
      add(undefined, 'les listes de cette élection sont closes (CGFP R. 211-528)');
    let corrections: FoundCorrection[] = [];
    try {
      corrections = await this.found(source, form, electionId, add);
      await this.reportTaken(electionId, corrections, add);
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      add(error.line, error.message);
    }
    if (corrections.length === 0 && faults.length === 0)
      add(undefined, 'le fichier ne contient aucune correction');
    faults.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
    return { form, corrections, faults };
  }

  /** Makes the corrections of a file without faults. Cut off anywhere, it is done again. Gives how many electors changed. */
  async run({ corrections }: CorrectionReport): Promise<number> {
    let changed = 0;
    for (const { electorId, removed, changes, scrutinIds } of corrections) {
      const { added }: Executed = removed
        ? await this.electors.remove(electorId)
        : await this.electors.correct(electorId, {
            identity: changes,
            ...(scrutinIds !== undefined && { scrutinIds }),
          });
      if (added > 0) changed += 1;
    }
    return changed;
  }

  private async found(
    source: Source,
    form: FileForm,
    electionId: string,
    add: (line: number | undefined, reason: string) => void,
  ): Promise<FoundCorrection[]> {
    const scrutinIdOf = await scrutinCodes(this.database, electionId);
    const corrections: FoundCorrection[] = [];
    const lines = new Map<string, number>();
    let first = true;
    for await (const fileLine of linesOf(source, form)) {
      const { line } = fileLine;
      const missing = first ? missingColumns(fileLine, ['email']) : [];
      first = false;
      for (const reason of missing) add(1, reason);
      if (missing.length > 0) return [];
      const read = readCorrection(fileLine, scrutinIdOf);
      if ('faults' in read) {
        for (const reason of read.faults) add(line, reason);
        continue;
      }
      if (corrections.length === MOST) throw new BadFile(line, `plus de ${MOST} corrections`);
      const { correction } = read;
      const identifier = normaliseIdentifier(correction.email);
      const before = lines.get(identifier);
      const electorId = await this.identities.find(electionId, identifier);
      if (before !== undefined) add(line, `identifiant déjà à la ligne ${before}`);
      else if (electorId === undefined) add(line, 'aucun électeur inscrit n’a cet identifiant');
      else corrections.push({ ...correction, line, electorId });
      lines.set(identifier, line);
    }
    return corrections;
  }

  /** A NUMEN that another elector has, on the lists or in the file. */
  private async reportTaken(
    electionId: string,
    corrections: readonly FoundCorrection[],
    add: (line: number | undefined, reason: string) => void,
  ): Promise<void> {
    const changing = corrections.filter(({ changes }) => changes.numen !== undefined);
    const lines = new Map<string, number>();
    for (const { line, changes } of changing) {
      const before = lines.get(changes.numen ?? '');
      if (before !== undefined) add(line, `NUMEN déjà à la ligne ${before}`);
      lines.set(changes.numen ?? '', line);
    }
    const asked = changing.map(({ electorId, email, changes }) => ({
      electorId,
      identity: { nir: '', ...changes, email } as NewIdentity, // identifier and NUMEN are all that is looked at
    }));
    for (const { index, what } of await this.identities.taken(electionId, asked))
      if (what === 'numen') add(changing[index]?.line, 'NUMEN d’un électeur déjà inscrit');
  }
}
