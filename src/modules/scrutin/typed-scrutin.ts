import type { FormReader } from '../../http/form-reader.js';
import type { ScrutinRow } from '../../projections/scrutins.projection.js';
import type { Declared } from './declarations.js';

/** The fields of the form of a scrutin. */
export const scrutinFields = ['code', 'title', 'body', 'seats', 'held', 'boardId', 'group'] as const;
const BODIES = ['CSA', 'CAP', 'CCP'] as const;

/** A scrutin as it was typed; the group of one that is declared stays. */
export function typedScrutin(form: FormReader, known?: ScrutinRow): Declared {
  const code = form.text('code', 'Code', 20).toUpperCase();
  if (code !== '' && !/^[A-Z0-9][A-Z0-9-]{0,19}$/.test(code))
    form.wrong(
      'code',
      'Code : des lettres sans accent, des chiffres et des traits d’union, tels que CSA-PARIS.',
    );
  const boardId = form.optional('boardId', 'Bureau', 36);
  return {
    code,
    title: form.text('title', 'Intitulé', 200),
    body: form.choice('body', 'Instance', BODIES),
    seats: form.integer('seats', 'Sièges', 1, 200),
    held: form.choice('held', 'Vote', ['here', 'elsewhere']),
    ...(boardId !== undefined && { boardId }),
    group: known?.group ?? form.choice('group', 'Groupe', ['Ed25519', 'BELENIOS-2048']),
  };
}
