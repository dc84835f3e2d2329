import { randomBytes } from 'node:crypto';
import { bindDecryption, printBinding } from '../../src/crypto/decryption-binding.js';
import { decryptTally, printDecryption } from '../../src/crypto/decryption.js';
import { ballotReference } from '../../src/crypto/ballot.js';
import { sortedLines } from '../../src/crypto/line-list.js';
import { parseTally, tallyShape } from '../../src/crypto/tally.js';
import type { BoxEvent } from '../../src/events/box.events.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import type { Portal } from './portal.js';
import type { SealedElection, TestScrutin } from './sealed-election.js';
import { written } from './service.js';

/** Casts votes of electors (by number) in one batch, as the box writer does. Each a list by number, or blank. */
export async function castBatch(
  portal: Portal,
  election: SealedElection,
  scrutin: TestScrutin,
  votes: readonly (readonly [elector: number, choice: number | 'blank'])[],
  { batch, at }: { batch: number; at: string },
): Promise<void> {
  const keys = new RegisterKeys(portal.foundation.vaultKeys);
  const electors = votes.map(([i]) => election.electors[i] as SealedElection['electors'][number]);
  const tags = await keys.tagsOf(
    scrutin.scrutinId,
    electors.map(({ electorId }) => electorId),
  );
  const ballots = votes.map(([, choice], i) => {
    return election.ballotFor(electors[i] as (typeof electors)[number], scrutin, choice).text;
  });
  const reference = (text: string) => ballotReference(election.group, text);
  const event: BoxEvent = {
    type: 'VotesCast',
    data: {
      ...{ scrutinId: scrutin.scrutinId, batch, at },
      signatures: sortedLines(tags),
      ballots: ballots.sort((a, b) => (reference(a) < reference(b) ? -1 : 1)),
    },
  };
  await portal.foundation.store.append(`box-${scrutin.scrutinId}`, 'any', [written(event)]);
}

/** What the holder of a seat (from 1) sends for a scrutin: decryption and binding, with its real share or another key. */
export async function partOf(
  portal: Portal,
  election: SealedElection,
  scrutin: TestScrutin,
  seat: number,
  key = election.shares[seat - 1] as bigint,
) {
  const { group, election: described } = scrutin.poll;
  const box = await portal.app.get(Boxes, { strict: false }).of(scrutin.scrutinId);
  const tally = parseTally(group, tallyShape(described), box.tally?.tally ?? '');
  const random = (length: number) => randomBytes(length);
  const decryption = decryptTally(group, described, tally, key, random);
  return {
    scrutinId: scrutin.scrutinId,
    decryption: printDecryption(group, decryption),
    binding: printBinding(bindDecryption(group, described, tally, key, decryption, random)),
  };
}

/** Waits until every read model has seen the head of the ledger. */
export async function caughtUp({ foundation }: Portal): Promise<void> {
  for (;;) {
    const status = await foundation.projections.status();
    if (status.every(({ upToDate }) => upToDate)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Moves the clock of a portal. */
export function moveClock({ foundation }: Portal, instant: string): void {
  (foundation.clock as MovedClock).moveTo(instant);
}
