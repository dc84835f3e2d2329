import type { BallotPool } from '../auditor/ballot-pool.js';
import { sha256Base64 } from '../crypto/digest.js';
import type { Poll } from '../crypto/election.js';
import { objectionToReferences, type FrozenScrutin, type Objection } from '../crypto/holder.js';
import { addTallies, parseTally, printTally, RunningTally, tallyShape } from '../crypto/tally.js';

const AT_ONCE = 100; // ballots of one task: half a megabyte or so

/**
 * Why a box that is read line by line must not be decrypted: `objectionTo` for any number of ballots, with the proofs of
 * each verified too. What is kept of a ballot is its reference.
 */
export async function objectionToStream(
  { group, election }: Poll,
  frozen: FrozenScrutin,
  ballots: AsyncIterable<string>,
  pool: BallotPool,
): Promise<Objection | 'proofs' | undefined> {
  const references: string[] = [];
  let sum = new RunningTally(group, election).sum();
  let flawed = 0;
  const underWay = new Set<Promise<void>>();
  const check = async (texts: readonly string[]) => {
    const found = await pool.check({ election: election.raw, ballots: texts });
    flawed += found.ballots.filter(({ flaw }) => flaw !== undefined).length;
    sum = addTallies(group, sum, parseTally(group, tallyShape(election), found.sum));
  };
  let portion: string[] = [];
  const send = async () => {
    const one = check(portion).finally(() => underWay.delete(one));
    one.catch(() => undefined); // told when all are awaited
    underWay.add(one);
    portion = [];
    while (pool.busy) await Promise.race(underWay);
  };
  for await (const text of ballots) {
    if (text === '') continue;
    if (references.push(sha256Base64(text)) > frozen.ballots) return 'count';
    if (portion.push(text) === AT_ONCE) await send();
  }
  if (portion.length > 0) await send();
  await Promise.all(underWay);
  if (flawed > 0) return 'proofs';
  const objection = objectionToReferences(frozen, references);
  return objection ?? (printTally(group, sum) === frozen.tally ? undefined : 'tally');
}
