/** Whoever is elected, in French (F109). */
import type { Elected } from '../../crypto/elected.js';
import { heading, table, text, type Block } from './minutes-blocks.js';
import type { MinutesContent } from './minutes-content.js';

/** The part of the minutes that names them, list by list; nothing where the result was proclaimed without names. */
export function electedBlocks({ elected, lists }: MinutesContent): Block[] {
  if (!elected) return [];
  const blocks = elected.flatMap((one) => {
    const { title = one.listId, seats = 0 } = lists.find(({ listId }) => listId === one.listId) ?? {};
    const said = notNamed(one, seats).map((words) => text(`« ${title} » : ${words}`));
    if (one.titulars.length === 0) return said;
    const rows = (quality: string, people: Elected['titulars']) =>
      people.map((person, i) => [`${quality} ${i + 1}`, nameOf(person), person.about ?? '']);
    const named = table(
      `Élus de « ${title} »`,
      ['Qualité', 'Nom', 'Corps ou lieu d’exercice'],
      [...rows('Titulaire', one.titulars), ...rows('Suppléant', one.substitutes)],
    );
    return [text(`« ${title} », ${seats} siège(s) :`), named, ...said]; // the paper shows no caption
  });
  return [
    heading('Élus'),
    ...(blocks.length > 0 ? blocks : [text('Personne : aucun siège n’est attribué.')]),
  ];
}

/** Seats of a list that no candidate has: of an organisation that names its own, and of substitutes. */
export function notNamed({ titulars, substitutes }: Elected, seats: number): string[] {
  if (titulars.length === 0)
    return [`vote sur sigle, l’organisation nomme ${seats} titulaire(s) et autant de suppléants.`];
  const vacant = seats - substitutes.length;
  return vacant > 0 ? [`${vacant} place(s) de suppléant sans candidat.`] : [];
}

/** A candidate as people are called. */
export function nameOf({ firstName, lastName }: Elected['titulars'][number]): string {
  return `${firstName} ${lastName}`;
}
