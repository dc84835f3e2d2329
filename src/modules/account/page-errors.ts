import type { Request, Response } from 'express';
import { sendPage } from '../../http/answers.js';
import { Busy, Refusal, TooSoon } from '../../ledger/refusal.js';

/** What a page says of one mistake, and which field it belongs to. */
export interface PageError {
  readonly field?: string;
  readonly text: string;
}

/** Why a form is shown again, with the status of the answer. */
export interface Again {
  readonly status: number;
  readonly errors: readonly PageError[];
  /** The line was full: the place, and when to ask again. */
  readonly waiting?: { readonly place: number; readonly retryAfter: number };
}

/** By the code of a refusal: the words for it, and the field it is about. Others are not for the one who fills in a form. */
const words = new Map<string, PageError>([
  [
    'captcha.wrong',
    {
      field: 'captcha',
      text: 'Ce n’est pas la bonne réponse au CAPTCHA. En voici un autre : veuillez le saisir.',
    },
  ],
  [
    'sign-in.wrong',
    {
      field: 'password',
      text: 'L’identifiant et le mot de passe ne correspondent pas, ou le compte n’est pas encore activé.',
    },
  ],
  [
    'account.password-rules',
    {
      field: 'password',
      text: 'Le mot de passe ne remplit pas toutes les conditions énoncées sur cette page.',
    },
  ],
  [
    'account.password-confirmation',
    {
      field: 'confirmation',
      text: 'La confirmation n’est pas identique au mot de passe : veuillez saisir les deux de nouveau.',
    },
  ],
  ['account.question-unknown', { field: 'question', text: 'Veuillez choisir une question de la liste.' }],
  [
    'account.answer-empty',
    { field: 'answer', text: 'Veuillez saisir une réponse avec des lettres ou des chiffres.' },
  ],
  [
    'account.answer-confirmation',
    {
      field: 'confirmation',
      text: 'Les deux réponses ne sont pas identiques : veuillez les saisir de nouveau.',
    },
  ],
  ['portal.not-open', { text: 'Le portail de cette élection n’est pas encore ouvert.' }],
]);

/** Fields that must hold something hold nothing. */
class Incomplete extends Error {
  constructor(readonly errors: readonly PageError[]) {
    super('a field is empty');
  }
}

/** Throws when a field is empty; `what` completes « Veuillez … ». */
export function mustHold(fields: Readonly<Record<string, readonly [value: string, what: string]>>): void {
  const errors = Object.entries(fields)
    .filter(([, [value]]) => value.trim() === '')
    .map(([field, [, what]]) => ({ field, text: `Veuillez ${what}.` }));
  if (errors.length > 0) throw new Incomplete(errors);
}

/** Turns a failure into a form that is shown again; what is no mistake of who filled it in is thrown on. */
export function againAfter(error: unknown): Again {
  if (error instanceof Incomplete) return { status: 422, errors: error.errors };
  if (error instanceof Busy) {
    return { status: 503, errors: [], waiting: { place: error.place, retryAfter: error.retryAfter } };
  }
  if (error instanceof TooSoon) {
    const text = `Trop d’essais : veuillez patienter ${inWords(error.retryAfter)} avant de recommencer, ou demandez un réassort du mot de passe, qui vous laisse entrer tout de suite.`;
    return { status: 429, errors: [{ field: 'password', text }] };
  }
  const known = error instanceof Refusal ? words.get(error.code) : undefined;
  if (!known) throw error;
  return { status: 422, errors: [known] };
}

/** Sends a form for the first time, or again with what was wrong and the place in the line. */
export async function sendForm(
  request: Request,
  response: Response,
  html: string,
  { status, waiting }: Again,
): Promise<void> {
  if (waiting) {
    response.set({ 'Retry-After': String(waiting.retryAfter), 'X-Line-Place': String(waiting.place) });
  }
  await sendPage(request, response, html, status);
}

/** A form as it is first shown. */
export const first: Again = { status: 200, errors: [] };

function inWords(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return seconds < 60
    ? `${seconds} seconde${seconds > 1 ? 's' : ''}`
    : `${minutes} minute${minutes > 1 ? 's' : ''}`;
}
