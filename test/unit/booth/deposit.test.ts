import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { deposit, PAUSES, type Answer, type Deposit } from '../../../src/browser/booth/deposit.js';
import { acknowledgementMessage } from '../../../src/crypto/acknowledgement.js';
import { toHex } from '../../../src/crypto/ed25519-text.js';

const seed = new Uint8Array(32).fill(7);
const sent: Deposit = {
  electionId: '5c6a1a46-1f0e-4b0c-9d57-2022120108aa',
  scrutinId: '0b7a2f3c-6f1d-4b7e-8a51-1d2c3b4a5f60',
  reference: 'mine'.padEnd(43, 'A'),
  acknowledgementKey: toHex(ed25519.getPublicKey(seed)),
};
const at = '2022-12-01T11:46:00.000Z';

function signed(change: Partial<Deposit & { batch: number }> = {}, by = seed): string {
  return toHex(ed25519.sign(acknowledgementMessage({ batch: 3, ...sent, ...change }), by));
}
const honest = { reference: sent.reference, batch: 3, at, acknowledgement: signed() };
const yes = (body: unknown): Answer => ({ status: 200, body });

/** What comes of these answers, one for each try (the last one stays); `undefined` is no answer. And the pauses. */
async function after(...answers: readonly (Answer | undefined)[]) {
  const pauses: number[] = [];
  let tries = 0;
  const outcome = await deposit(
    sent,
    () => {
      const answer = answers[Math.min(tries++, answers.length - 1)];
      return answer ? Promise.resolve(answer) : Promise.reject(new Error('cut'));
    },
    (seconds) => Promise.resolve(void pauses.push(seconds)),
  );
  return { outcome, tries, pauses };
}

describe('an honest server', () => {
  it('gives a receipt', async () => {
    const { electionId, scrutinId } = sent;
    const receipt = { electionId, scrutinId, ...honest };
    expect((await after(yes(honest))).outcome).toStrictEqual({ kind: 'recorded', receipt });
  });

  it('is asked again with the same ballot where the connection was cut or the queue was full (DH-6)', async () => {
    const busy = { status: 429, body: {}, retryAfter: 5 };
    const { outcome, tries, pauses } = await after(undefined, busy, { status: 503, body: '' }, yes(honest));
    expect(outcome.kind).toBe('recorded');
    expect(tries).toBe(4);
    expect(pauses).toStrictEqual([1, 5, 4]);
  });

  it('refuses by a code', async () => {
    const refused = { status: 409, body: { code: 'vote.already-voted' } };
    expect((await after(refused)).outcome).toStrictEqual({ kind: 'refused', code: 'vote.already-voted' });
    expect((await after({ status: 413, body: '<html>' })).outcome).toStrictEqual({
      kind: 'refused',
      code: 'http.413',
    });
  });

  it('is not believed that nothing was deposited when an earlier try may have been', async () => {
    const closed = { status: 403, body: { code: 'vote.gate-closed' } };
    for (const lost of [undefined, { status: 502, body: '' }, { status: 503, body: {} }])
      expect((await after(lost, closed)).outcome).toStrictEqual({ kind: 'unanswered' });
    const full = { status: 429, body: {} };
    expect((await after(full, closed)).outcome).toStrictEqual({ kind: 'refused', code: 'vote.gate-closed' });
    const voted = { status: 409, body: { code: 'vote.already-voted' } };
    expect((await after(undefined, voted)).outcome).toStrictEqual({
      kind: 'refused',
      code: 'vote.already-voted',
    });
  });

  it('makes nobody wait for an hour', async () => {
    expect((await after({ status: 503, body: {}, retryAfter: 3600 }, yes(honest))).pauses).toStrictEqual([
      30,
    ]);
  });
});

describe('an evil server (DH-1)', () => {
  const other = 'other'.padEnd(43, 'B');
  const stranger = new Uint8Array(32).fill(8);
  it.each<[string, unknown, string]>([
    ['the reference of another elector', { ...honest, reference: other }, 'reference'],
    [
      'another reference with a right signature of it',
      { ...honest, reference: other, acknowledgement: signed({ reference: other }) },
      'reference',
    ],
    [
      'the right reference with a signature of another',
      { ...honest, acknowledgement: signed({ reference: other }) },
      'acknowledgement',
    ],
    ['a signature by another key', { ...honest, acknowledgement: signed({}, stranger) }, 'acknowledgement'],
    [
      'a signature for another scrutin',
      { ...honest, acknowledgement: signed({ scrutinId: sent.electionId }) },
      'acknowledgement',
    ],
    [
      'a signature of another election',
      { ...honest, acknowledgement: signed({ electionId: sent.scrutinId }) },
      'acknowledgement',
    ],
    ['another batch than what is signed', { ...honest, batch: 4 }, 'acknowledgement'],
    ['batch 0', { ...honest, batch: 0, acknowledgement: signed({ batch: 0 }) }, 'acknowledgement'],
    ['no signature', { reference: sent.reference, batch: 3, at }, 'form'],
    ['a text for a batch', { ...honest, batch: '3' }, 'form'],
    ['seconds', { ...honest, at: '2022-12-01T11:46:07.000Z' }, 'form'],
    ['nothing', undefined, 'reference'],
    ['null', null, 'reference'],
    ['a page', '<h1>Vous venez de voter</h1>', 'reference'],
    ['a list', [], 'reference'],
  ])('gives no receipt for %s', async (_, body, what) => {
    expect((await after(yes(body))).outcome).toStrictEqual({ kind: 'mismatch', what });
  });

  it('gives none for no answer, however often it is asked', async () => {
    const { outcome, tries } = await after(undefined);
    expect(outcome).toStrictEqual({ kind: 'unanswered' });
    expect(tries).toBe(PAUSES.length + 1);
  });

  it('gives none for a yes that is none', async () => {
    for (const status of [202, 204, 206, 302]) {
      expect((await after({ status, body: honest })).outcome).toStrictEqual({
        kind: 'refused',
        code: `http.${status}`,
      });
    }
  });
});
