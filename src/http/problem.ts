import { BadRequestException, HttpException, type ValidationError } from '@nestjs/common';
import { Corruption } from '../events/codec.js';
import { Busy, Conflict, Refusal, TooMany, TooSoon, Unavailable } from '../ledger/refusal.js';
import { isDisconnection } from '../storage/database.js';

/** One field of a request that does not hold what it must. `rule` is what a page finds its French message by. */
export interface WrongField {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** A failure as the caller may know it (RFC 9457), and how loudly it is logged. */
export interface Problem {
  readonly status: number;
  /** What clients and tests match; sentences may change. */
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly fields?: readonly WrongField[];
  /** Seconds after which to ask again. */
  readonly retryAfter?: number;
  /** Place in the line of those who wait. */
  readonly place?: number;
  readonly log: 'nothing' | 'info' | 'warn' | 'error' | 'fatal';
}

/** A request with fields that are wrong, missing or unknown. Never repeats their values. */
export class BadFields extends BadRequestException {
  readonly fields: readonly WrongField[];

  constructor(errors: readonly ValidationError[]) {
    super();
    this.fields = errors.flatMap((error) => wrongFields(error, ''));
  }
}

/** The kinds of failure, one place: nothing else knows what HTTP makes of them (docs/architecture.md). */
export function problemOf(error: unknown): Problem {
  if (error instanceof BadFields) {
    const detail = `Wrong: ${error.fields.map(({ field }) => field).join(', ')}.`;
    return { ...byStatus(400), detail, fields: error.fields };
  }
  if (error instanceof Refusal) {
    const status = error.kind === 'forbidden' ? 403 : 409;
    return { ...byStatus(status), code: error.code, detail: error.message, log: 'info' };
  }
  if (error instanceof Conflict)
    return { ...byStatus(503), code: error.code, detail: 'Ask again.', retryAfter: 1 };
  if (error instanceof Unavailable) {
    const detail = 'What was asked may or may not be done. Asking again is safe.';
    return { ...byStatus(503), code: error.code, detail, retryAfter: 2 };
  }
  if (error instanceof Busy) {
    const { code, place, retryAfter } = error;
    return {
      ...byStatus(503),
      code,
      detail: 'Ask again: the place is kept.',
      place,
      retryAfter,
      log: 'info',
    };
  }
  if (error instanceof TooSoon) {
    const { code, retryAfter } = error;
    return { ...byStatus(429), code, detail: 'Too many failures: ask again later.', retryAfter };
  }
  if (error instanceof TooMany) {
    const { code, retryAfter } = error;
    return { ...byStatus(429), code, detail: 'Ask again: nothing was recorded.', retryAfter };
  }
  if (error instanceof Corruption) return { ...byStatus(500), code: error.code, log: 'fatal' };
  const status = statusOf(error);
  if (status !== undefined) return byStatus(status);
  // An error of the file system has a path; the database has none.
  if (error instanceof Error && isDisconnection(error) && !('path' in error)) {
    return { ...byStatus(503), code: 'database.unavailable', retryAfter: 2, log: 'error' };
  }
  return byStatus(500);
}

/** The status of an error of Nest, or of a body parser, that blames the caller. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

const known = new Map<number, readonly [code: string, title: string]>([
  [400, ['request.invalid', 'The request is malformed']],
  [401, ['request.unauthenticated', 'Nobody is signed in']],
  [403, ['request.forbidden', 'The caller may not do this']],
  [404, ['request.not-found', 'There is nothing at this address']],
  [405, ['request.method-not-allowed', 'This address does not take this method']],
  [409, ['request.conflict', 'The rules refuse this now']],
  [413, ['request.too-large', 'The request is too large']],
  [415, ['request.unsupported-media-type', 'The body is of a kind that is not read here']],
  [429, ['request.too-many', 'Too many requests']],
  [500, ['server.error', 'Something went wrong here']],
  [503, ['server.unavailable', 'The service cannot answer for the moment']],
]);

function byStatus(status: number): Problem {
  const [code, title] = known.get(status) ?? known.get(status < 500 ? 400 : 500) ?? ['', ''];
  const log = status >= 500 ? (status === 503 ? 'warn' : 'error') : 'nothing';
  return { status, code, title, log };
}

function wrongFields(error: ValidationError, parent: string): WrongField[] {
  const field = parent + error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => wrongFields(child, `${field}.`))];
}
