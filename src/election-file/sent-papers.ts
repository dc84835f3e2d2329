import { Injectable } from '@nestjs/common';
import { basename } from 'node:path';
import { isScalar, parseDocument, visit } from 'yaml';
import { Documents } from '../documents/documents.js';
import type { Upload } from '../http/uploads.js';
import { BadElectionFile } from './election-file.js';
import { ADDRESS, type PaperReader } from './election-files.js';

/**
 * Logos and statements that come with the file of an election. Between the page that shows what would change and the one
 * that does it they wait as restricted documents, which nothing names and which are swept after a day.
 */
@Injectable()
export class SentPapers {
  constructor(private readonly documents: Documents) {}

  /** The text of the file with the addresses of what came with it in the place of paths. */
  async keep(
    yaml: string,
    uploads: readonly Upload[],
  ): Promise<{ readonly yaml: string; readonly paper: PaperReader }> {
    const paper: PaperReader = (path) =>
      Promise.reject(
        new BadElectionFile(
          `${path}: not among the files sent`,
          `${path} : ce fichier n’est pas parmi les pièces jointes.`,
        ),
      );
    const document = parseDocument(yaml);
    if (uploads.length === 0 || document.errors.length > 0) return { yaml, paper };
    const addresses = new Map<string, string>();
    for (const { name, content } of uploads)
      addresses.set(
        basename(name),
        await this.documents.put(content, 'application/octet-stream', 'restricted'),
      );
    visit(document, {
      Pair(_, { key, value }) {
        if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string') return;
        if ((key.value !== 'logo' && key.value !== 'statement') || ADDRESS.test(value.value)) return;
        const address = addresses.get(basename(value.value));
        if (address !== undefined) value.value = `sha256:${address}`;
      },
    });
    return { yaml: document.toString({ lineWidth: 0 }), paper };
  }
}
