import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { frame, nameOf, type Frame, type Step } from '../../http/frame.js';
import { csrfToken } from '../../http/sessions.js';
import { findElection, listElections, type ElectionRow } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';

/** What every page with a form needs around it. */
export type FormFrame = Frame & { readonly csrf: string; readonly elections: readonly ElectionRow[] };

/** Frames of the pages of the account: the election's name, the way there, the token of the forms. */
@Injectable()
export class PageFrames {
  constructor(private readonly database: Database) {}

  async of(
    request: Request,
    title: string,
    {
      via,
      scripts,
      electionId,
    }: { via?: readonly Step[]; scripts?: readonly string[]; electionId?: string } = {},
  ): Promise<FormFrame> {
    const register = this.database.pool('register');
    const one = electionId === undefined ? undefined : await findElection(register, electionId);
    const elections = one ? [one] : await listElections(register);
    const options = { ...(via && { via }), ...(scripts && { scripts }) };
    return { ...frame(request, nameOf(elections), title, options), csrf: csrfToken(request), elections };
  }
}
