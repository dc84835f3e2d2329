/**
 * What a holder's own audit hands to whatever decrypts: the encrypted tally of each box that it added up, by hash. The file is
 * made and used by one person, so it bears no signature; docs/audit.md says what it rests on.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Election } from './election.js';
import { Malformed } from './malformed.js';
import { fields, integer, items, string } from './strict-json.js';

/** One box in which everything held. */
export interface AuditedTally {
  readonly scrutinId: string;
  readonly title: string;
  /** The `fingerprint` of its election file, which names the key of the board. */
  readonly election: string;
  readonly ballots: number;
  /** SHA-256 of the text of the tally, in hex. */
  readonly tally: string;
}

/** Why a tally is not the one that was audited. */
export type NotAudited = 'not-in-file' | 'other-election' | 'other-count' | 'other-tally';

const NAME = 'isoloir/audited-tallies/v1';

/** The SHA-256 of an encrypted tally as Belenios writes it, in hex: what pages show and holders compare. */
export function tallyHash(tally: string): string {
  return bytesToHex(sha256(new TextEncoder().encode(tally)));
}

/** The file. */
export function printAuditedTallies(log: string, tallies: readonly AuditedTally[]): string {
  return `${JSON.stringify({ tallies: NAME, log, scrutins: tallies }, null, 2)}\n`;
}

/** Reads the file. Throws `Malformed`. */
export function parseAuditedTallies(text: string): AuditedTally[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed('tallies', 'not JSON');
  }
  const root = fields(value, 'tallies', ['tallies', 'log', 'scrutins']);
  if (root['tallies'] !== NAME) throw new Malformed('tallies', `not ${NAME}`);
  const audited = items(root['scrutins'], 'scrutins', readTally);
  if (new Set(audited.map(({ scrutinId }) => scrutinId)).size !== audited.length)
    throw new Malformed('scrutins', 'a scrutin twice');
  return audited;
}

function readTally(value: unknown, path: string): AuditedTally {
  const found = fields(value, path, ['scrutinId', 'title', 'election', 'ballots', 'tally']);
  const tally = string(found['tally'], `${path}.tally`);
  if (!/^[0-9a-f]{64}$/.test(tally)) throw new Malformed(`${path}.tally`, 'not a SHA-256');
  return {
    scrutinId: string(found['scrutinId'], `${path}.scrutinId`),
    title: string(found['title'], `${path}.title`),
    election: string(found['election'], `${path}.election`),
    ballots: integer(found['ballots'], `${path}.ballots`, 0),
    tally,
  };
}

/** Compares what is about to be decrypted with the file; undefined when it is the tally that was audited. */
export function notAudited(
  audited: readonly AuditedTally[],
  { fingerprint }: Pick<Election, 'fingerprint'>,
  {
    scrutinId,
    ballots,
    tally,
  }: { readonly scrutinId: string; readonly ballots: number; readonly tally: string },
): NotAudited | undefined {
  const own = audited.find((one) => one.scrutinId === scrutinId);
  if (!own) return 'not-in-file';
  if (own.election !== fingerprint) return 'other-election';
  if (own.ballots !== ballots) return 'other-count';
  return own.tally === tallyHash(tally) ? undefined : 'other-tally';
}
