import { placesOf } from '../../crypto/elected.js';
import type { FormReader } from '../../http/form-reader.js';
import type { CandidateDocument } from './candidate-document.js';

type Candidate = CandidateDocument['candidates'][number];
type Share = NonNullable<CandidateDocument['joint']>[number];

const MOST = 500;

/** The fields of the form of a list, files aside. */
export const listFields = ['title', 'affiliation', 'candidates', 'joint'] as const;

/** A list of candidates as it was typed or pasted from a table: one candidate a line, in their order. */
export function typedList(form: FormReader): CandidateDocument {
  const affiliation = form.optional('affiliation', 'Affiliation', 200);
  const joint = linesOf(form, 'joint').map(({ line, cells }) => shareOf(form, line, cells));
  if (joint.length === 1 || joint.length > 10)
    form.wrong('joint', 'Liste commune : de deux à dix organisations, une par ligne.');
  const sum = joint.reduce((total, { percent }) => total + percent, 0);
  if (joint.length > 1 && Number.isFinite(sum) && sum !== 100)
    form.wrong('joint', `Liste commune : les parts font ${sum} %, et non 100 %.`);
  const candidates = linesOf(form, 'candidates').map(({ line, cells }) => candidateOf(form, line, cells));
  if (candidates.length > 0 && placesOf(candidates) === 0)
    form.wrong('candidates', 'Candidats : tous sont suppléants, personne ne peut siéger.');
  if (candidates.length > MOST) form.wrong('candidates', `Candidats : ${MOST} au plus.`);
  return {
    title: form.text('title', 'Titre de la liste', 200),
    ...(affiliation !== undefined && { affiliation }),
    candidates,
    ...(joint.length > 0 && { joint }),
  };
}

/** A list as the form shows it. */
export function asTyped({ title, affiliation, candidates, joint = [] }: CandidateDocument) {
  const rows = candidates.map(({ lastName, firstName, about, substitute }) =>
    [
      lastName,
      firstName,
      ...(about !== undefined || substitute ? [about ?? ''] : []),
      ...(substitute ? ['suppléant'] : []),
    ].join(' ; '),
  );
  return {
    title,
    affiliation: affiliation ?? '',
    candidates: rows.join('\n'),
    joint: joint.map((share) => `${share.affiliation} ; ${share.percent}`).join('\n'),
  };
}

function candidateOf(form: FormReader, line: number, cells: readonly string[]): Candidate {
  const [lastName = '', firstName = '', about = '', mark = '', more] = cells;
  const wrong = (text: string) => {
    form.wrong('candidates', `Candidats, ligne ${line} : ${text}.`);
  };
  if (lastName === '') wrong('le nom manque');
  if (firstName === '') wrong('le prénom manque ; une ligne est « Nom ; Prénom ; qualité ; suppléant »');
  if (lastName.length > 100 || firstName.length > 100) wrong('un nom ou un prénom dépasse 100 caractères');
  if (about.length > 200) wrong('la qualité dépasse 200 caractères');
  if (!/^(suppl[ée]ante?)?$/i.test(mark)) wrong('la quatrième colonne est vide, ou dit « suppléant »');
  if (more !== undefined) wrong('il y a plus de quatre colonnes');
  return {
    lastName,
    firstName,
    ...(about !== '' && { about }),
    ...(mark !== '' && { substitute: true }),
  };
}

function shareOf(form: FormReader, line: number, cells: readonly string[]): Share {
  const [affiliation = '', percent = ''] = cells;
  const [, digits] = /^(\d{1,3})\s*%?$/.exec(percent) ?? [];
  if (affiliation === '' || affiliation.length > 200 || digits === undefined || Number(digits) > 100)
    form.wrong(
      'joint',
      `Liste commune, ligne ${line} : « Organisation ; part en % », telle que « FSU ; 60 ».`,
    );
  return { affiliation, percent: Number(digits) };
}

/** The lines that hold something, with their numbers; columns are kept apart by semicolons or, pasted from a table, by tabs. */
function linesOf(form: FormReader, field: string): { line: number; cells: string[] }[] {
  return form
    .typed(field)
    .normalize('NFC')
    .split(/\r?\n/)
    .flatMap((text, index) => {
      const cells = text.split(text.includes('\t') ? '\t' : ';').map((cell) => cell.trim());
      while (cells.length > 0 && cells.at(-1) === '') cells.pop();
      return cells.length === 0 ? [] : [{ line: index + 1, cells }];
    });
}
