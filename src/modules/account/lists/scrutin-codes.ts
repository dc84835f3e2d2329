import { scrutinsOfElection } from '../../../projections/scrutins.projection.js';
import type { Database } from '../../../storage/database.js';

/** Scrutins by their code or their id; those that are held elsewhere have no list here. */
export async function scrutinCodes(
  database: Database,
  electionId: string,
): Promise<(code: string) => string | undefined> {
  const scrutins = await scrutinsOfElection(database.pool('register'), electionId);
  const ids = new Map<string, string>();
  for (const { scrutinId, code, held } of scrutins) {
    if (held === 'elsewhere') continue;
    ids.set(scrutinId.toUpperCase(), scrutinId);
    if (code !== undefined) ids.set(code, scrutinId);
  }
  return (code) => ids.get(code);
}
