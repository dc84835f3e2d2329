import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { verifyElection } from '../../../src/crypto/verify-election.js';
import { archiveOf, makeElection, type Pieces } from './made-election.js';

const { pieces } = makeElection(await serverGroup('Ed25519'));
const first = pieces.ballots[0] as string;
const verify = (bytes: Uint8Array) => verifyElection(bytes, { groupOf: serverGroup });

describe('a mutated archive', () => {
  it('never verifies, and never throws anything but Malformed, with any byte changed', async () => {
    const bytes = archiveOf(pieces);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, byte) => {
        fc.pre(bytes[at] !== byte);
        const mutated = bytes.slice();
        mutated[at] = byte;
        const outcome = await verify(mutated).catch((error: unknown) => {
          if (error instanceof Malformed) return { sound: false };
          throw error;
        });
        expect(outcome.sound).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('never verifies with any text changed and its hash made right', async () => {
    // credentials are not among them: nothing but the ledger says which ones should be listed
    const texts: [string, (text: string) => Partial<Pieces>][] = [
      [pieces.election, (election) => ({ election })],
      [pieces.trustees, (trustees) => ({ trustees })],
      [first, (text) => ({ ballots: [text, ...pieces.ballots.slice(1)] })],
      [pieces.tally, (tally) => ({ tally })],
      [
        pieces.decryptions[1]?.text ?? '',
        (text) => ({
          decryptions: pieces.decryptions.map((each, i) => (i === 1 ? { ...each, text } : each)),
        }),
      ],
      [pieces.result, (result) => ({ result })],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.constantFrom('0', '7', 'a', '"', ',', ' '),
        async ([text, change], at, character) => {
          const place = at % text.length;
          const mutated = text.slice(0, place) + character + text.slice(place + 1);
          fc.pre(mutated !== text);
          expect((await verify(archiveOf({ ...pieces, ...change(mutated) }))).sound).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });
});
