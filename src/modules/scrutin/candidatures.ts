import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Documents } from '../../documents/documents.js';
import type { Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { candidateBytes, candidateFault, type CandidateDocument } from './candidate-document.js';
import { pdfFault } from './pdf-check.js';
import { pngFault } from './png-check.js';
import { FileCandidateList, FileStatement } from './scrutin.commands.js';
import { safeSvg } from './svg-check.js';

/** The largest logo, in bytes. */
export const LARGEST_LOGO = 300 * 1024;

/** Lists of candidates as they come from people: checked, filed as public documents, and entered in the ledger. */
@Injectable()
export class Candidatures {
  constructor(
    private readonly documents: Documents,
    private readonly commands: CommandBus,
  ) {}

  /** Files a list with its logo (PNG, or SVG made safe). Without a logo it has none, also if it had one. */
  async file(
    scrutinId: string,
    listId: string,
    list: CandidateDocument,
    logo: Buffer | undefined,
  ): Promise<Executed> {
    const command = await this.prepare(scrutinId, listId, list, logo);
    return this.commands.execute<FileCandidateList, Executed>(command);
  }

  /** What filing a list would say, with its documents filed: for those who compare before they do it. */
  async prepare(
    scrutinId: string,
    listId: string,
    list: CandidateDocument,
    logo: Buffer | undefined,
  ): Promise<FileCandidateList> {
    const fault = candidateFault(list);
    if (fault !== undefined) throw new Refusal('candidates.bad-list', fault);
    const safe = logo && safeLogo(logo);
    const content = await this.documents.put(candidateBytes(list), 'application/json', 'public');
    const address = safe && (await this.documents.put(safe.content, safe.mediaType, 'public'));
    return new FileCandidateList(scrutinId, listId, content, address, list.candidates.length);
  }

  /** Files the statement of a list. */
  async state(scrutinId: string, listId: string, statement: Buffer): Promise<Executed> {
    const command = await this.prepareStatement(scrutinId, listId, statement);
    return this.commands.execute<FileStatement, Executed>(command);
  }

  /** See `prepare`. */
  async prepareStatement(scrutinId: string, listId: string, statement: Buffer): Promise<FileStatement> {
    const fault = pdfFault(statement);
    if (fault !== undefined) throw new Refusal('candidates.bad-statement', `Profession de foi : ${fault}.`);
    const address = await this.documents.put(statement, 'application/pdf', 'public');
    return new FileStatement(scrutinId, listId, address);
  }
}

function safeLogo(logo: Buffer): { readonly content: Buffer; readonly mediaType: string } {
  const bad = (fault: string) => new Refusal('candidates.bad-logo', `Logo : ${fault}.`);
  if (logo.length > LARGEST_LOGO) throw bad('le fichier dépasse 300 Ko');
  if (/^\s*<|^\uFEFF/.test(logo.toString('utf8', 0, 100))) {
    const drawn = safeSvg(logo);
    if ('fault' in drawn) throw bad(drawn.fault);
    return { content: drawn.svg, mediaType: 'image/svg+xml' };
  }
  const fault = pngFault(logo);
  if (fault !== undefined) throw bad(fault);
  return { content: logo, mediaType: 'image/png' };
}
