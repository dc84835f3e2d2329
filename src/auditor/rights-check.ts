import type { Findings } from './claims.js';
import type { Opened } from './election-check.js';

/**
 * There are no more rights to vote than electors: whoever could add some would vote for those who stay away. Codes that are
 * nobody's (spoilt notices) are a surplus that the seal states, so that its members approved it; each is named in the report.
 */
export function checkRights(found: Findings, opened: Opened, seal: string | undefined, place: string): void {
  const { scrutinId, roll, credentials } = opened;
  const name = 'rights-to-vote-are-within-the-roll';
  const surplus = seal === undefined ? 0 : surplusOf(seal, scrutinId);
  const within = credentials.count <= roll.count + surplus;
  found.require(name, within, place, `${credentials.count} rights for ${roll.count} electors`);
  if (surplus > 0) found.note(name, place, `${surplus} rights beyond the roll, approved with the seal`);
}

/** How many rights of a scrutin the seal says to be nobody's. */
function surplusOf(seal: string, scrutinId: string): number {
  try {
    const { scrutins } = JSON.parse(seal) as { scrutins?: { scrutinId?: unknown; surplus?: unknown }[] };
    const surplus = scrutins?.find((one) => one.scrutinId === scrutinId)?.surplus;
    return Number.isSafeInteger(surplus) ? Math.max(0, surplus as number) : 0;
  } catch {
    return 0;
  }
}
