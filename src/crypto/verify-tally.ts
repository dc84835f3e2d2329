/** The tally of an archived election: what was added up, who decrypted it, and what came out. */
import { printSizedTally } from './archive-events.js';
import {
  decryptedElements,
  lackingParts,
  parseDecryption,
  sortDecryptions,
  type OwnedDecryption,
} from './decryption.js';
import type { Election, Poll, Question } from './election.js';
import { holderKeys, type KeyHolders } from './key-holders.js';
import { disagreements, quorums } from './quorum.js';
import { fields, integer, parseCompactJson } from './strict-json.js';
import { itemsOfShape, parseTally, printTally, tallyShape, type RunningTally } from './tally.js';
import { orReport, type ArchivedElection, type Located } from './verify-archive.js';
import type { Report } from './verify-report.js';

/** Compares the archived tally with the sum of all ballots, where there is one. Answers its weight when it is that. */
export function verifyTally(
  { group }: Poll,
  { sized, tally }: NonNullable<ArchivedElection['tally']>,
  computed: RunningTally | undefined,
  report: Report,
): bigint | undefined {
  if (computed === undefined) return undefined;
  report.examine('encrypted-tally-counts-every-ballot', 'encrypted-tally-is-the-sum-of-the-ballots');
  const hash = (JSON.parse(sized.text) as { encrypted_tally: string }).encrypted_tally;
  if (sized.text !== printSizedTally(computed.count, computed.weight, hash)) {
    const reason = `does not say ${computed.count} ballots of weight ${computed.weight}`;
    report.fail('encrypted-tally-counts-every-ballot', sized.place, reason);
  }
  if (tally.text === printTally(group, computed.sum())) return computed.weight;
  const reason = 'is not the product of the ballots';
  report.fail('encrypted-tally-is-the-sum-of-the-ballots', tally.place, reason);
  return undefined;
}

/**
 * Checks decryptions of the archived tally, and the result against them: g^votes must be what they give, so that
 * nothing needs to be searched for. Answers the result when it is the right one, and not more than ballots of this
 * weight can hold.
 */
export function verifyDecryption(
  { group, election }: Poll,
  holders: KeyHolders,
  archived: ArchivedElection,
  weight: bigint | undefined,
  report: Report,
): number[][] | undefined {
  const shape = tallyShape(election);
  const name = 'partial-decryptions-are-proved';
  const tally =
    archived.tally &&
    orReport(report, name, () => parseTally(group, shape, archived.tally?.tally.text ?? ''));
  if (tally === undefined) return undefined;
  report.examine(name, 'key-holders-reach-their-quorum');
  const count = holderKeys(holders).length;
  const places = new Map<OwnedDecryption, string>();
  for (const { owned, decryption } of archived.decryptions) {
    orReport(report, name, () => {
      const value = parseCompactJson(owned.text, owned.place);
      const owner = integer(fields(value, owned.place, ['owner', 'payload'])['owner'], owned.place, 1, count);
      places.set({ owner, decryption: parseDecryption(group, shape, decryption.text) }, owned.place);
    });
  }
  const { valid, rejected } = sortDecryptions(group, election, holders, tally, [...places.keys()]);
  for (const { holder, reason } of rejected) report.fail(name, `key holder ${holder}`, reason);
  const lacking = lackingParts(holders, valid.keys());
  for (const { part, valid: has, needed } of lacking) {
    report.fail('key-holders-reach-their-quorum', `trustees[${part}]`, `${has} of ${needed} decrypted`);
  }
  if (lacking.length > 0 || archived.result === undefined) return undefined;
  report.examine('result-is-what-was-decrypted');
  const [quorum = []] = quorums(holders, valid.keys());
  for (const { holder, reason } of disagreements(group, holders, valid, quorum)) {
    report.fail(name, `key holder ${holder}`, reason);
  }
  const elements = decryptedElements(group, holders, tally, valid);
  const { place } = archived.result;
  return orReport(report, 'result-is-what-was-decrypted', () => {
    const result = parseResult(archived.result as Located, shape);
    let right = true;
    const excess = weight === undefined ? undefined : excessOf(election, result, weight);
    if (excess !== undefined) {
      right = false;
      const reason = 'is not what that many ballots can hold';
      report.fail('result-is-what-was-decrypted', `${place}.result${excess}`, reason);
    }
    for (const [i, question] of result.entries()) {
      for (const [k, votes] of question.entries()) {
        const element = elements[i]?.[k];
        if (element && group.equal(group.g.exp(BigInt(votes)), element)) continue;
        right = false;
        report.fail('result-is-what-was-decrypted', `${place}.result[${i}][${k}]`, `is not ${votes}`);
      }
    }
    return right ? result : undefined;
  });
}

/**
 * Where a result is not what ballots of this weight can give. Valid ballots exclude it, but not electors who conspire
 * with a holder: if they know the randomness of every ballot of a choice, they can make a factor that is wrong by a
 * number of their choice (see `quorum.ts`).
 */
function excessOf({ questions }: Election, result: readonly number[][], weight: bigint): string | undefined {
  for (const [i, votes] of result.entries()) {
    const { blank, min, max } = questions[i] as Question;
    const [blanks = 0, ...others] = blank ? votes : [0, ...votes];
    const rest = weight - BigInt(blanks);
    const sum = others.reduce((total, one) => total + BigInt(one), 0n);
    if (rest < 0n || sum < rest * BigInt(min) || sum > rest * BigInt(max)) return `[${i}]`;
    const k = others.findIndex((one) => BigInt(one) > rest);
    if (k >= 0) return `[${i}][${k + (blank ? 1 : 0)}]`;
  }
  return undefined;
}

function parseResult({ text, place }: Located, shape: readonly number[]): number[][] {
  const path = `${place}.result`;
  const { result } = fields(parseCompactJson(text, path), path, ['result']);
  return itemsOfShape(result, shape, path, (item, at) => integer(item, at, 0));
}
