/** A question whose answer proves, months later, that a voting code is asked for by its owner (F36, F38). */
export interface ChallengeQuestion {
  readonly id: string;
  readonly label: string;
}

/** The drop-down of screen E7. An id is kept in the vault: never change or reuse one. */
export const challengeQuestions: readonly ChallengeQuestion[] = [
  { id: 'first-pet-breed', label: 'Quelle était la race de votre premier animal favori ?' },
  { id: 'first-car-colour', label: 'Quelle était la couleur de votre première voiture ?' },
  {
    id: 'first-teacher',
    label: 'Quel était le nom de votre premier instituteur ou de votre première institutrice ?',
  },
  { id: 'childhood-street', label: 'Dans quelle rue habitiez-vous enfant ?' },
  { id: 'first-film', label: 'Quel est le premier film que vous avez vu au cinéma ?' },
  { id: 'childhood-hero', label: 'Quel était votre héros ou votre héroïne d’enfance ?' },
  { id: 'first-concert', label: 'Quel est le premier concert auquel vous avez assisté ?' },
];

/** An answer as it is hashed: without regard to case, accents, spaces and punctuation, which nobody remembers. */
export function normaliseAnswer(typed: string): string {
  return typed
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
