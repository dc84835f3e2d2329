import type { Request } from 'express';

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
}

/** What the frame shows of a session. */
export interface AccountFrame {
  readonly csrf: string;
}

const PORTAL = 'Portail Élections';

/** The election's name, or the portal's where several elections are held. */
export function nameOf(elections: readonly { readonly title: string }[]): string {
  const [first] = elections;
  return first && elections.length === 1 ? first.title : PORTAL;
}

/** The frame of a page, with the way to it from the home page. */
export function frame(
  _request: Request,
  name: string,
  title: string,
  { via = [], scripts = [] }: { via?: readonly Step[]; scripts?: readonly string[] } = {},
): Frame {
  return { name, title, trail: [{ label: 'Accueil', href: '/' }, ...via, { label: title }], scripts };
}
