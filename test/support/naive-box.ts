import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../src/crypto/canonical-json.js';
import { Log } from '../../src/operations/log.js';
import { tablesOf, type Rows } from './linkage.js';
import { freshLedger } from './service.js';

/**
 * A box as one would write it without thinking of the link: for each vote two events one after the other, through the same
 * ledger, and a line of the same log for each. Gives all tables and the log.
 */
export async function naiveBox(
  votes: readonly (readonly [tag: string, ballot: string])[],
): Promise<Map<string, Rows>> {
  const fresh = await freshLedger();
  try {
    const lines: string[] = [];
    const log = new Log('info', { write: (line) => lines.push(line) });
    const stream = `naive-${randomUUID()}`;
    const write = async (type: string, data: Record<string, string>) => {
      log.pino.info({ stream, ...data }, type);
      await fresh.store.append(stream, 'any', [{ id: randomUUID(), type, data: canonicalJson(data) }]);
    };
    for (const [tag, ballot] of votes) {
      await write('RegisterSigned.v1', { tag });
      await write('BallotCast.v1', { ballot });
    }
    return await tablesOf(fresh, lines.join(''));
  } finally {
    await fresh.close();
  }
}
