import { BadRequestException, PayloadTooLargeException } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { signedIn } from './visitor.js';

/** The largest file of a form, in bytes. */
export const LARGEST_FILE = 6 * 1024 * 1024;
/** The largest form with all its files. */
const LARGEST_FORM = 64 * 1024 * 1024;

/** A file as a form sent it. */
export interface Upload {
  readonly name: string;
  readonly content: Buffer;
}

const parse = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: LARGEST_FILE, files: 100, fields: 2_000, fieldSize: 1024 * 1024 },
  defParamCharset: 'utf8',
}).any();

/**
 * Reads forms that carry files, before the check of their token. Only those of signed-in staff: what anybody else sends is
 * not read, and so has no token.
 */
export function readUploads(request: Request, response: Response, next: NextFunction): void {
  if (!request.is('multipart/form-data') || signedIn(request)?.kind !== 'staff') {
    next();
    return;
  }
  if (Number(request.headers['content-length'] ?? LARGEST_FORM + 1) > LARGEST_FORM) {
    next(new PayloadTooLargeException());
    return;
  }
  parse(request, response, (error: unknown) => {
    if (error === undefined || error === null) {
      request.body = { ...(request.body as object) }; // it had no prototype
      next();
    } else if (error instanceof MulterError && error.code.startsWith('LIMIT')) {
      next(new PayloadTooLargeException());
    } else {
      next(new BadRequestException());
    }
  });
}

/** The files that a form sent under a name; a field that was left empty is no file. */
export function uploadsOf({ files }: Request, field: string): Upload[] {
  if (!Array.isArray(files)) return [];
  return files
    .filter(({ fieldname, size, originalname }) => fieldname === field && (size > 0 || originalname !== ''))
    .map(({ originalname, buffer }) => ({ name: originalname, content: buffer }));
}

/** The only file of a name. */
export function uploadOf(request: Request, field: string): Buffer | undefined {
  return uploadsOf(request, field)[0]?.content;
}
