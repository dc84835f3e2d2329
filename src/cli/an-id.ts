import { InvalidArgumentError } from 'commander';

const ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** An id as it stands in the ledger; commander says which argument is none. */
export function anId(typed: string): string {
  if (!ID.test(typed))
    throw new InvalidArgumentError('it takes an id, as in 1b4e28ba-2fa1-4d3e-883f-0016d3cca427');
  return typed.toLowerCase();
}
