import { Injectable } from '@nestjs/common';
import { Clock } from '../../../ledger/clock.js';
import { scrutinsOfElection } from '../../../projections/scrutins.projection.js';
import { Database } from '../../../storage/database.js';
import { linkExpiry } from '../links.js';
import { BadFile, type FileForm } from './electoral-file.js';
import { ListCorrection } from './list-correction.js';
import { ListImport, type LineFault } from './list-import.js';

/** Fewer electors than this, and a result tells how somebody voted (requirements, DH-3). */
const FEW = 10;

/** What became of a file of electors. */
export interface FileOutcome {
  /** Of its bytes. */
  readonly sha256: string;
  readonly encoding: string;
  readonly separator: string;
  /** Lines that are right. */
  readonly right: number;
  readonly faulty: number;
  readonly faults: readonly LineFault[];
  /** How many electors each scrutin gets of the file. */
  readonly scrutins: readonly { readonly title: string; readonly electors: number; readonly few: boolean }[];
  /** How many electors were put on the lists or corrected; undefined where nothing was written. */
  readonly done: number | undefined;
}

/** Files of electors as forms and programs send them. */
@Injectable()
export class ListFiles {
  constructor(
    private readonly imports: ListImport,
    private readonly corrections: ListCorrection,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Checks a file and, if it is to be written and nothing is wrong with it, writes it. */
  async read(
    electionId: string,
    mode: 'inscription' | 'correction',
    content: Buffer,
    { write, mails }: { readonly write: boolean; readonly mails: boolean },
  ): Promise<FileOutcome> {
    try {
      return mode === 'correction'
        ? await this.correct(electionId, content, write)
        : await this.enrol(electionId, content, write, mails);
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      const faults = [{ line: error.line, reason: error.message }];
      const nothing = { sha256: '', encoding: '?', separator: '?', right: 0, scrutins: [], done: undefined };
      return { ...nothing, faulty: 1, faults };
    }
  }

  private async enrol(
    electionId: string,
    content: Buffer,
    write: boolean,
    mails: boolean,
  ): Promise<FileOutcome> {
    const report = await this.imports.check(content, electionId);
    const { form, electors, faulty, faults } = report;
    const expiresAt = mails ? linkExpiry(this.clock.now()) : undefined;
    const done =
      write && faulty === 0 ? await this.imports.run(content, electionId, report, expiresAt) : undefined;
    const scrutins = await scrutinsOfElection(this.database.pool('register'), electionId);
    const counts = scrutins
      .filter(({ held }) => held === 'here')
      .map(({ scrutinId, title }) => ({ title, electors: report.scrutins.get(scrutinId) ?? 0 }));
    return {
      ...shapeOf(form),
      ...{ right: electors, faulty, faults, done },
      scrutins: counts.map((one) => ({ ...one, few: one.electors < FEW })),
    };
  }

  private async correct(electionId: string, content: Buffer, write: boolean): Promise<FileOutcome> {
    const report = await this.corrections.check(content, electionId);
    const { form, corrections, faults } = report;
    const done = write && faults.length === 0 ? await this.corrections.run(report) : undefined;
    return {
      ...shapeOf(form),
      ...{ right: corrections.length, faulty: faults.length, faults, done, scrutins: [] },
    };
  }
}

function shapeOf({ encoding, separator, sha256 }: FileForm) {
  return {
    sha256: sha256.toString('hex'),
    encoding,
    separator: separator === '\t' ? 'tabulation' : separator,
  };
}
