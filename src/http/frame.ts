import type { Request } from 'express';
import { hourInParis } from './paris-time.js';
import type { SessionStore } from './session-store.js';
import { csrfToken } from './sessions.js';
import { stationOf, type Station } from './station.js';
import { signedIn } from './visitor.js';

/** A step of the way to a page; the page itself comes last and leads nowhere. */
export interface Step {
  readonly label: string;
  readonly href?: string;
}

/** What every page needs around its content (views/layout.eta). */
export interface Frame {
  /** The election's name, at the top of every page. */
  readonly name: string;
  /** What the page is: its heading, and the beginning of the browser's title. */
  readonly title: string;
  readonly trail: readonly Step[];
  /** Who is signed in sees « Déconnexion » (F66); nobody is otherwise. */
  readonly account?: AccountFrame | undefined;
  readonly scripts: readonly string[];
  /** On a workstation where electors vote one after the other (F117). */
  readonly station?: Station | undefined;
}

/** What the frame shows of a session: the way out, and until when it lasts. */
export interface AccountFrame {
  readonly csrf: string;
  readonly home: string;
  /** Where one signs in again. */
  readonly door: string;
  readonly ends: { readonly at: number; readonly now: number; readonly said: string };
}

const PORTAL = 'Portail Élections';

/** The election's name, or the portal's where several elections are held. */
export function nameOf(elections: readonly { readonly title: string }[]): string {
  const [first] = elections;
  return first && elections.length === 1 ? first.title : PORTAL;
}

/** The frame of a page, with the way to it from the home page. */
export function frame(
  request: Request,
  name: string,
  title: string,
  { via = [], scripts = [] }: { via?: readonly Step[]; scripts?: readonly string[] } = {},
): Frame {
  const account = accountOf(request);
  const station = stationOf(request);
  return {
    name,
    title,
    trail: [{ label: 'Accueil', href: '/' }, ...via, { label: title }],
    account,
    scripts: [...scripts, ...(account ? ['session'] : []), ...(station ? ['station'] : [])],
    station,
  };
}

function accountOf(request: Request): AccountFrame | undefined {
  const user = signedIn(request);
  if (!user) return undefined;
  const { at, now } = (request.sessionStore as unknown as SessionStore).ends(request.session);
  return {
    csrf: csrfToken(request),
    ...(user.kind === 'elector'
      ? { home: '/espace', door: '/connexion?session=terminee' }
      : { home: '/personnel', door: '/personnel/connexion' }),
    ends: { at: at.getTime(), now: now.getTime(), said: hourInParis(at) },
  };
}

/** The way to the pages where administrators set elections up. */
export const stepsToElections: readonly Step[] = [
  { label: 'Espace du personnel', href: '/personnel' },
  { label: 'Élections', href: '/personnel/elections' },
];

/** The way to the pages of one election among them. */
export function stepsToElection({ electionId, title }: { electionId: string; title: string }): Step[] {
  return [...stepsToElections, { label: title, href: `/personnel/elections/${electionId}` }];
}
