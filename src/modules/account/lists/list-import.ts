import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../../../storage/database.js';
import { normaliseIdentifier } from '../../../vault/identifier.js';
import { Identities } from '../../../vault/identities.js';
import { Enrolments } from '../enrolments.js';
import { missingColumns, readLine, type ListedElector } from './elector-line.js';
import { BadFile, formOf, linesOf, type FileForm, type Source } from './electoral-file.js';
import { FirstLines } from './first-lines.js';
import { knownImport, planOf, type ImportPlan } from './import-plan.js';
import { scrutinCodes } from './scrutin-codes.js';

/** What is wrong with a line; `line` is undefined where it is the whole file. */
export interface LineFault {
  readonly line: number | undefined;
  readonly reason: string;
}

/** What a dry run found. */
export interface FileReport {
  readonly form: FileForm;
  /** Electors in the file. */
  readonly electors: number;
  /** The first of them, in the order of the file. */
  readonly faults: readonly LineFault[];
  /** How many there are in all. */
  readonly faulty: number;
  /** How many electors each scrutin gets, by its id. */
  readonly scrutins: ReadonlyMap<string, number>;
  /** The file was read before, to its end. */
  readonly finished: boolean;
}

interface Entry extends ListedElector {
  readonly line: number;
}

const BATCH = 1_000;
const MOST_FAULTS = 10_000;
type Progress = (electors: number) => void;

/** Reads electoral lists as CSV (F101): first all of it without writing anything, then, if nothing is wrong, into the lists. */
@Injectable()
export class ListImport {
  constructor(
    private readonly database: Database,
    private readonly identities: Identities,
    private readonly enrolments: Enrolments,
  ) {}

  /** The dry run: every line that is wrong, by its number and with the reason. Writes nothing. */
  async check(path: Source, electionId: string, progress: Progress = () => undefined): Promise<FileReport> {
    const form = await formOf(path);
    const faults: LineFault[] = [];
    let [faulty, electors] = [0, 0];
    const add = (line: number | undefined, reason: string) => {
      faulty += 1;
      if (faults.length < MOST_FAULTS) faults.push({ line, reason });
    };
    const known = await knownImport(this.database, electionId, form.sha256);
    const seen = { identifiant: new FirstLines(), NUMEN: new FirstLines() };
    const scrutins = new Map<string, number>();
    try {
      for await (const batch of this.batches(path, form, electionId, add)) {
        for (const { line, known: identity, scrutinIds } of batch) {
          once(seen.identifiant, 'identifiant', normaliseIdentifier(identity.email), line, add);
          once(seen.NUMEN, 'NUMEN', identity.numen, line, add);
          for (const id of scrutinIds) scrutins.set(id, (scrutins.get(id) ?? 0) + 1);
        }
        // What a file that was begun holds already is its own.
        if (known === undefined) await this.reportTaken(electionId, batch, add);
        electors += batch.length;
        progress(electors);
      }
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      add(error.line, error.message);
    }
    if (electors === 0 && faulty === 0) add(undefined, 'le fichier ne contient aucun électeur');
    faults.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
    return { form, electors, faults, faulty, scrutins, finished: known === 'finished' };
  }

  /**
   * Puts the electors of a file that was checked on the lists. Cut off anywhere, it goes on where it was; done again, it does
   * nothing. `expiresAt` is how long the opening links hold; without it the opening mails wait. Gives how many are new.
   */
  async run(
    path: Source,
    electionId: string,
    { form, electors }: FileReport,
    expiresAt: string | undefined,
    progress: Progress = () => undefined,
  ): Promise<number> {
    const plan = await planOf(this.database, electionId, form.sha256, electors);
    if (plan === 'finished') return 0;
    const refuse = (line: number | undefined, reason: string) => {
      throw new BadFile(line, reason);
    };
    let [read, added] = [0, 0];
    let [before, last] = [Promise.resolve(), Promise.resolve(0)];
    try {
      for await (const batch of this.batches(path, form, electionId, refuse)) {
        read += batch.length;
        const done = read;
        const known = done <= plan.done;
        const enrolled = known ? Promise.resolve(0) : this.enrol(electionId, batch, plan, expiresAt);
        last = enrolled;
        last.catch(() => undefined); // it is asked below
        await before; // two at once, so that one is read while the other is written
        before = enrolled.then(async (count) => {
          added += count;
          if (!known) await plan.reached(done);
          progress(done);
        });
      }
      await before;
    } finally {
      await Promise.allSettled([before, last]);
    }
    await plan.finish();
    return added;
  }

  private enrol(
    electionId: string,
    batch: readonly Entry[],
    plan: ImportPlan,
    expiresAt: string | undefined,
  ): Promise<number> {
    const newcomers = batch.map(({ line, known, scrutinIds }) => ({
      electorId: plan.electorIdOf(line),
      known,
      scrutinIds,
      invitation: expiresAt === undefined ? undefined : { linkId: randomUUID(), expiresAt },
    }));
    return this.enrolments.enrol(electionId, newcomers);
  }

  /** The electors of a file, a thousand at a time; what is wrong with a line is told. */
  private async *batches(
    path: Source,
    form: FileForm,
    electionId: string,
    add: (line: number | undefined, reason: string) => void,
  ): AsyncGenerator<readonly Entry[]> {
    const scrutinIdOf = await scrutinCodes(this.database, electionId);
    let batch: Entry[] = [];
    let first = true;
    for await (const fileLine of linesOf(path, form)) {
      if (first) {
        const missing = missingColumns(fileLine);
        for (const reason of missing) add(1, reason);
        if (missing.length > 0) return;
        first = false;
      }
      const read = readLine(fileLine, scrutinIdOf);
      if ('faults' in read) for (const reason of read.faults) add(fileLine.line, reason);
      else batch.push({ line: fileLine.line, ...read.elector });
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }

  private async reportTaken(
    electionId: string,
    batch: readonly Entry[],
    add: (line: number | undefined, reason: string) => void,
  ): Promise<void> {
    const asked = batch.map(({ known }) => ({ electorId: randomUUID(), identity: known }));
    for (const { index, what } of await this.identities.taken(electionId, asked)) {
      const name = what === 'numen' ? 'NUMEN' : 'identifiant';
      add(batch[index]?.line, `${name} d’un électeur déjà inscrit`);
    }
  }
}

function once(
  seen: FirstLines,
  name: string,
  value: string,
  line: number,
  add: (line: number, reason: string) => void,
): void {
  const first = seen.seen(value, line);
  if (first !== undefined) add(line, `${name} déjà à la ligne ${first}`);
}
