import { Controller, Get, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { idOfForm } from '../../election-file/derived-ids.js';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, saidOf, type FormError } from '../../http/form-reader.js';
import { ElectionQuery } from '../../http/election-query.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { listElections, presentElection } from '../../projections/elections.projection.js';
import { scrutinsOfElection, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { components } from './election.commands.js';
import { Journal, type NewEntry } from './journal.js';
import { electionWords } from './election.words.js';

class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

const HOME = { label: 'Espace du personnel', href: '/personnel' };
const [LEAST, MOST] = [10, 4_000]; // characters of an entry
/** Entries on the page; older ones are in the ledger. */
const SHOWN = 1_000;
/** The fields of the two forms of the page; each has its own, so that an error leads to the right one. */
const FIELDS = ['scrutinId', 'incident', 'component', 'intervention'];
const KINDS = {
  incident: 'Incident',
  intervention: 'Intervention',
  replacement: 'Remplacement du logiciel',
} as const;
const COMPONENTS: Readonly<Record<string, string>> = {
  server: 'serveur',
  database: 'base de données',
  ledger: 'registre des événements',
  network: 'réseau',
  configuration: 'configuration',
  software: 'logiciel',
};

const CHANGES = {
  added: 'compte créé, avec le rôle',
  granted: 'rôle donné',
  revoked: 'rôle retiré',
  link: 'lien remis, pour choisir mot de passe et application',
  secrets: 'mot de passe et application choisis',
} as const;
const ROLES: Readonly<Record<string, string>> = {
  administrator: 'administration',
  board: 'bureau de vote',
  auditor: 'audit',
  assistance: 'assistance',
};

/** The journal that the minutes repeat (F112, CGFP 571, 577). */
@ApiExcludeController()
@Staff('administrator', 'board', 'auditor')
@Controller('personnel/journal')
export class JournalPages {
  constructor(
    private readonly journal: Journal,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  async list(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { election }: ElectionQuery,
  ): Promise<void> {
    const elections = await listElections(this.database.pool('register'));
    await this.page(
      request,
      response,
      election ?? presentElection(elections, this.clock.now())?.electionId,
      {},
      [],
    );
  }

  @Staff('administrator', 'board')
  @Post(':electionId')
  async enter(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    const register = this.database.pool('register');
    const elections = await listElections(register);
    if (!elections.some((one) => one.electionId === electionId)) throw new NotFoundException();
    const form = new FormReader(request.body);
    const id = idOfForm(form, electionId, ['kind', ...FIELDS]);
    const entry = typedEntry(id, form, await scrutinsOfElection(register, electionId));
    const errors = await outcomeOf(
      form,
      () => this.journal.enter(electionId, staffId, entry),
      (error) => saidOf(error, electionWords),
    );
    if (errors.length === 0) return seeOther(request, response, `/personnel/journal?election=${electionId}`);
    await this.page(request, response, electionId, form.values(['id', ...FIELDS]), errors);
  }

  private async page(
    request: Request,
    response: Response,
    electionId: string | undefined,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const register = this.database.pool('register');
    const entries = electionId === undefined ? [] : await this.journal.of(electionId, SHOWN);
    const scrutins = electionId === undefined ? [] : await scrutinsOfElection(register, electionId);
    const titles = new Map(scrutins.map(({ scrutinId, title }) => [scrutinId, title]));
    const user = signedIn(request);
    const html = render('staff-journal', {
      ...frame(request, 'Espace du personnel', 'Journal des incidents et des interventions', { via: [HOME] }),
      csrf: csrfToken(request),
      ...{ electionId, errors },
      elections: await listElections(register),
      values: { id: randomUUID(), ...values },
      scrutins: [['', 'tous'], ...titles],
      components: components.map((one) => [one, COMPONENTS[one]]),
      longest: MOST,
      mayWrite:
        user?.kind === 'staff' && user.roles.some((role) => role === 'administrator' || role === 'board'),
      staff: (await this.journal.ofStaff()).map(({ kind, who, role, by, approvedBy, at }) => ({
        at: inParis(at),
        who,
        what: role === undefined ? CHANGES[kind] : `${CHANGES[kind]} : ${ROLES[role] ?? role}`,
        by: [by ?? (kind === 'secrets' ? who : 'ligne de commande'), approvedBy]
          .filter((one) => one !== undefined)
          .join(', avec '),
      })),
      entries: entries.map(({ kind, at, scrutinId, component, build, booth, by, text }) => ({
        kind: KINDS[kind],
        about: component === undefined ? titles.get(scrutinId ?? '') : COMPONENTS[component],
        at: inParis(at),
        ...{ build, booth, by: by.join(' et ') },
        text: text ?? '(texte effacé)',
      })),
    });
    await sendPage(request, response, html, errors.length > 0 ? 409 : 200);
  }
}

/** What one of the two forms says. */
function typedEntry(id: string, form: FormReader, scrutins: readonly ScrutinRow[]): NewEntry {
  const kind = form.choice('kind', 'Inscription', ['incident', 'intervention']);
  const text = form.text(kind, kind === 'incident' ? 'Incident' : 'Intervention', MOST);
  if (text !== '' && text.length < LEAST)
    form.wrong(kind, `${kind === 'incident' ? 'Incident' : 'Intervention'} : ${LEAST} caractères au moins.`);
  if (kind === 'intervention')
    return { id, kind, component: form.choice('component', 'Composant', components), text };
  const known = scrutins.map((one) => one.scrutinId);
  const chosen = form.choice('scrutinId', 'Scrutin concerné', ['', ...known]);
  return { id, kind, scrutinId: chosen === '' ? undefined : chosen, text };
}
