import { everyElectorIdOfScrutin } from '../../projections/electors.projection.js';
import type { Queryable } from '../../storage/database.js';
import { fileOfUnsorted, type SealedFile } from '../../vault/line-file.js';
import type { RegisterKeys } from '../../vault/register-keys.js';

/** The roll of a scrutin as it is sealed: the tags of all its electors, sorted (design 3, point 3). Makes the register key. */
export async function rollOf(
  register: Queryable,
  registerKeys: RegisterKeys,
  scrutinId: string,
): Promise<SealedFile> {
  await registerKeys.create(scrutinId);
  return fileOfUnsorted(tagsOf(register, registerKeys, scrutinId));
}

async function* tagsOf(
  register: Queryable,
  registerKeys: RegisterKeys,
  scrutinId: string,
): AsyncGenerator<readonly string[]> {
  for await (const page of everyElectorIdOfScrutin(register, scrutinId))
    yield await registerKeys.tagsOf(scrutinId, page);
}
