/** What a text says of itself as a ballot, whoever verified it. */
export interface BallotClaims {
  /** The public credential. */
  readonly credential: string;
  /** The first half, α = g^ρ, of each ciphertext: the same α twice is the same randomness ρ twice. */
  readonly alphas: readonly string[];
}

/** Undefined where no credential is named. A ciphertext that has no α is left out: no such ballot is ever valid. */
export function ballotClaims(text: string): BallotClaims | undefined {
  const { credential, answers } = JSON.parse(text) as { credential?: unknown; answers?: unknown };
  if (typeof credential !== 'string') return undefined;
  const choices = listOf(answers).flatMap((answer) =>
    listOf((answer as { choices?: unknown } | null)?.choices),
  );
  const alphas = choices.flatMap((choice) => {
    const alpha = (choice as { alpha?: unknown } | null)?.alpha;
    return typeof alpha === 'string' ? [alpha] : [];
  });
  return { credential, alphas };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
