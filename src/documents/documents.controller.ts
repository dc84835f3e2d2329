import { Controller, Get, NotFoundException, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { Response } from 'express';
import { Public } from '../http/access.guard.js';
import { Documents } from './documents.js';

class DocumentParams {
  @Matches(/^[0-9a-f]{64}$/)
  sha256!: string;
}

/** What a browser shows in its window. Anything else is kept as a file, for it could be a page with scripts. */
const SHOWN = new Map([
  ['application/pdf', 'pdf'],
  ['image/png', 'png'],
]);

/** Public documents: candidate lists, statements, logos, minutes. A restricted one is as unknown as one that is not there. */
@ApiExcludeController()
@Controller('documents')
export class DocumentsController {
  constructor(private readonly documents: Documents) {}

  @Public()
  @Get(':sha256')
  async get(
    @Param() { sha256 }: DocumentParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const document = await this.documents.get(sha256);
    if (!document?.public) throw new NotFoundException();
    const shown = SHOWN.get(document.mediaType);
    response.set({
      'Cache-Control': 'public, max-age=31536000, immutable', // the address is the hash of the content
      'X-Content-Type-Options': 'nosniff',
      // A sandbox would stop the browser's own PDF viewer, and a PDF has no script that it would run in a page.
      'Content-Security-Policy': `default-src 'none'${shown === 'pdf' ? '' : '; sandbox'}`,
    });
    return new StreamableFile(document.content, {
      type: document.mediaType,
      length: document.content.length,
      disposition: shown ? `inline; filename="${sha256}.${shown}"` : `attachment; filename="${sha256}"`,
    });
  }
}
