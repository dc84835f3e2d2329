import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';
import { inParis } from '../http/paris-time.js';
import type { Letter } from './mailer.js';

const views = fileURLToPath(new URL('../../views/mail', import.meta.url));
// Two engines, because a text must not be escaped and an HTML body must.
const html = new Eta({ views, cache: true });
const text = new Eta({ views, cache: true, autoEscape: false });

/** What every mail says of the election. */
export interface Occasion {
  readonly title: string;
  /** When the portal opens, where that is still to come. */
  readonly portalOpens?: Date | undefined;
  /** When one can vote; undefined until the calendar is set. */
  readonly opens: Date | undefined;
  readonly closes: Date | undefined;
  /** Where the portal is: the address that the elector keeps. */
  readonly portal: string;
}

/** Screen E1: the mail that opens the portal (F10 to F15). `link` is used once (F11). */
export function openingLetter(occasion: Occasion, link: string): Letter {
  return letter('opening', 'Ouverture du portail élections professionnelles', occasion, { link });
}

/** A later opening mail, to who did not activate an account: its first one may be lost (F13). */
export function activationReminderLetter(occasion: Occasion, link: string): Letter {
  return letter('activation-reminder', 'Rappel : votre compte électeur n’est pas activé', occasion, { link });
}

/** Reminds who has not voted yet. It names no scrutin, and has no link but the portal's address. */
export function voteReminderLetter(occasion: Occasion): Letter {
  return letter('vote-reminder', 'Rappel : le vote est ouvert', occasion, {});
}

/** The mail of the password réassort (E5, F34), which is also the way in for who never had the first one (F14). */
export function reassortLetter(occasion: Occasion, link: string): Letter {
  return letter('reassort', 'Réassort de votre mot de passe Élections', occasion, { link });
}

/** Tells the former address that mails go elsewhere from now on, so that a theft of the account is seen. */
export function contactChangedLetter(occasion: Occasion): Letter {
  return letter('contact-changed', 'Changement de votre adresse de contact', occasion, {});
}

/** The link to another voting code, for an address that is known nowhere (F49, F50). */
export function codeLinkLetter(occasion: Occasion, link: string): Letter {
  return letter('code-link', 'Votre nouveau code de vote', occasion, { link });
}

/** Tells the professional address that another voting code was made, so that a theft is seen at once (design 4). */
export function codeChangedLetter(occasion: Occasion): Letter {
  return letter('code-changed', 'Un nouveau code de vote a été créé', occasion, {});
}

type Template =
  | 'opening'
  | 'activation-reminder'
  | 'vote-reminder'
  | 'reassort'
  | 'contact-changed'
  | 'code-link'
  | 'code-changed';

function letter(template: Template, subject: string, occasion: Occasion, own: { link?: string }): Letter {
  const { portalOpens, opens, closes } = occasion;
  const data = {
    ...occasion,
    ...own,
    subject,
    portalOpens: portalOpens && inParis(portalOpens),
    opens: opens && inParis(opens),
    closes: closes && inParis(closes),
  };
  return {
    subject,
    html: html.render(`./${template}.html.eta`, data),
    // One blank line between paragraphs, whatever the template left out.
    text: `${text
      .render(`./${template}.text.eta`, data)
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`,
  };
}
