/** The rules of a password (F25 to F30). No imports: the browser runs this very function while one types. */

/** One rule, in the words of screen E6. */
export interface PasswordRule {
  readonly id: 'length' | 'lower' | 'upper' | 'digit' | 'special' | 'alphabet';
  readonly label: string;
}

const SHORTEST = 12;
const LONGEST = 256;
/** Besides ASCII, the letters and signs that a French keyboard writes. Accented letters count as special (F30). */
const SPECIAL = String.raw`!"#$%&'()*+,\-./:;<=>?@[\\\]^_` + '`{|}~ §£€µ°²¤¨«»’–—…';
const ACCENTED = 'àâäáãåæçèéêëìíîïñòóôöõœùúûüýÿÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕŒÙÚÛÜÝŸ';
const special = new RegExp(`[${SPECIAL}${ACCENTED}]`, 'u');
const closed = new RegExp(`^[a-zA-Z0-9${SPECIAL}${ACCENTED}]*$`, 'u');

const rules: readonly (PasswordRule & { readonly holds: (password: string) => boolean })[] = [
  {
    id: 'length',
    label: `de ${SHORTEST} à ${LONGEST} caractères`,
    holds: ({ length }) => length >= SHORTEST && length <= LONGEST, // the alphabet has no character of two units
  },
  {
    id: 'lower',
    label: 'au moins une lettre minuscule sans accent',
    holds: (password) => /[a-z]/.test(password),
  },
  {
    id: 'upper',
    label: 'au moins une lettre majuscule sans accent',
    holds: (password) => /[A-Z]/.test(password),
  },
  { id: 'digit', label: 'au moins un chiffre', holds: (password) => /[0-9]/.test(password) },
  {
    id: 'special',
    label: 'au moins un caractère spécial (une lettre accentuée en est un)',
    holds: (password) => special.test(password),
  },
  {
    id: 'alphabet',
    label: 'uniquement des lettres, des chiffres et des caractères spéciaux d’un clavier français',
    holds: (password) => closed.test(password),
  },
];

/** All rules, in the order in which the screen lists them. */
export const passwordRules: readonly PasswordRule[] = rules.map(({ id, label }) => ({ id, label }));

/** The rules that a password does not meet; none when it is good. Compared and hashed in NFC, so checked in NFC. */
export function unmetRules(password: string): PasswordRule[] {
  const composed = password.normalize('NFC');
  return rules.filter(({ holds }) => !holds(composed)).map(({ id, label }) => ({ id, label }));
}
