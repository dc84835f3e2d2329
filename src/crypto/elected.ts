/** Who is elected on a list, from its candidates in their order and its seats. docs/protocol.md, rule S4. */

/** A candidate as a list names one. */
export interface Candidate {
  readonly lastName: string;
  readonly firstName: string;
  readonly about?: string;
  /** Stands as a substitute only. */
  readonly substitute?: boolean;
}

/** Whoever a list has elected. */
export interface Elected {
  readonly titulars: readonly Omit<Candidate, 'substitute'>[];
  readonly substitutes: readonly Omit<Candidate, 'substitute'>[];
}

/** How many seats a list can fill: its candidates who are no substitutes. Undefined for one without any (« sur sigle »). */
export function placesOf(candidates: readonly Candidate[]): number | undefined {
  return candidates.length === 0 ? undefined : titularsOf(candidates).length;
}

/**
 * The first of the list have its seats; as many substitutes, in its order too: those who stand as such, or, where nobody does,
 * those who come next. Nobody on a list without candidates: its organisation names them.
 */
export function electedOf(candidates: readonly Candidate[], seats: number): Elected {
  const titulars = titularsOf(candidates).slice(0, seats);
  const marked = candidates.filter(({ substitute }) => substitute);
  const substitutes = (marked.length > 0 ? marked : candidates.slice(titulars.length)).slice(
    0,
    titulars.length,
  );
  return { titulars: titulars.map(named), substitutes: substitutes.map(named) };
}

function titularsOf(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ substitute }) => !substitute);
}

function named({ lastName, firstName, about }: Candidate): Omit<Candidate, 'substitute'> {
  return { lastName, firstName, ...(about !== undefined && { about }) };
}
