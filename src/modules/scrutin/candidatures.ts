import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createHash } from 'node:crypto';
import { placesOf } from '../../crypto/elected.js';
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

/** A command with the documents that it names, to be filed before it. */
export interface Papers<C extends FileCandidateList | FileStatement = FileCandidateList | FileStatement> {
  readonly command: C;
  readonly documents: readonly Paper[];
}
interface Paper {
  readonly content: Buffer;
  readonly mediaType: string;
}

/** Lists of candidates as they come from people: checked, filed as public documents, and entered in the ledger. */
@Injectable()
export class Candidatures {
  constructor(
    private readonly documents: Documents,
    private readonly commands: CommandBus,
  ) {}

  /** Files a list with its logo (PNG, or SVG made safe). Without a logo it has none, also if it had one. */
  file(
    scrutinId: string,
    listId: string,
    list: CandidateDocument,
    logo: Buffer | undefined,
  ): Promise<Executed> {
    return this.enter(this.prepare(scrutinId, listId, list, logo));
  }

  /** Files the statement of a list. */
  state(scrutinId: string, listId: string, statement: Buffer): Promise<Executed> {
    return this.enter(this.prepareStatement(scrutinId, listId, statement));
  }

  /** Files the documents, then executes the command that names them. */
  async enter({ command, documents }: Papers): Promise<Executed> {
    for (const { content, mediaType } of documents) await this.documents.put(content, mediaType, 'public');
    return this.commands.execute<FileCandidateList | FileStatement, Executed>(command);
  }

  /** What filing a list says, with what is wrong refused; nothing is written. */
  prepare(
    scrutinId: string,
    listId: string,
    list: CandidateDocument,
    logo: Buffer | undefined,
  ): Papers<FileCandidateList> {
    const fault = candidateFault(list);
    if (fault !== undefined) throw new Refusal('candidates.bad-list', fault);
    const content: Paper = { content: candidateBytes(list), mediaType: 'application/json' };
    const safe = logo && safeLogo(logo);
    const command = new FileCandidateList(
      scrutinId,
      listId,
      addressOf(content),
      safe && addressOf(safe),
      placesOf(list.candidates),
    );
    return { command, documents: safe ? [content, safe] : [content] };
  }

  /** See `prepare`. */
  prepareStatement(scrutinId: string, listId: string, statement: Buffer): Papers<FileStatement> {
    const fault = pdfFault(statement);
    if (fault !== undefined) throw new Refusal('candidates.bad-statement', `Profession de foi : ${fault}.`);
    const paper: Paper = { content: statement, mediaType: 'application/pdf' };
    return { command: new FileStatement(scrutinId, listId, addressOf(paper)), documents: [paper] };
  }
}

/** The address that the documents give it. */
function addressOf({ content }: Paper): string {
  return createHash('sha256').update(content).digest('hex');
}

function safeLogo(logo: Buffer): Paper {
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
