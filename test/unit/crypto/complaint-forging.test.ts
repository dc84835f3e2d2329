/** An accuser who uses its own key well, to have an honest dealer found guilty. */
import { describe, expect, it } from '@jest/globals';
import { hashToScalar, modulo, randomScalar } from '../../../src/crypto/group.js';
import type { Holder } from '../../../src/crypto/key-ceremony.js';
import { judgeComplaint, readTranscript } from '../../../src/crypto/key-ceremony-check.js';
import { shareContext, writeMessage, type Ceremony } from '../../../src/crypto/key-ceremony-messages.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { exposedShareJson, type SealedShare } from '../../../src/crypto/share-encryption.js';
import { sign } from '../../../src/crypto/signed-message.js';
import { dealt, random } from './ceremony.js';

const group = await serverGroup('Ed25519');
const q = group.order;
const ceremony: Ceremony = { group, id: 'board-1', size: 3, threshold: 2 };

/** a^-1 modulo the order, which is prime. */
function inverse(a: bigint): bigint {
  let [result, base] = [1n, a];
  for (let k = q - 2n; k > 0n; k >>= 1n) {
    if (k & 1n) result = (result * base) % q;
    base = (base * base) % q;
  }
  return result;
}

describe('a forged complaint', () => {
  const { transcript, holders } = dealt(ceremony);
  const accuser = holders[2] as Holder;
  const sealed = readTranscript(ceremony, transcript).proceedings.deals[1]?.[2] as SealedShare;
  const context = shareContext(ceremony, transcript, 2, 3);
  const start = `isoloir/exposed-share/v1|${context}|`;
  const [e, x, z] = [
    sealed.ephemeral,
    group.g.exp(accuser.decryption),
    group.exp(sealed.ephemeral, accuser.decryption),
  ].map((element) => group.print(element));

  // Where a challenge does not hash what is proved, the second commitment can be anything: the accuser takes
  // B = E^w · g, waits for c, and finds the Z that fits, which is not E^x.
  it.each([
    ['the context alone', start],
    ['the statement that is true', `${start}${e},${x},${z}|`],
  ])('whose challenge hashes %s does not condemn an honest dealer', (_, prefix) => {
    const w = randomScalar(group, random);
    const second = group.mul(group.exp(sealed.ephemeral, w), group.g.element);
    const challenge = hashToScalar(group, prefix, [group.g.exp(w), second]);
    const response = modulo(w - accuser.decryption * challenge, q);
    const rest = group.div(second, group.exp(sealed.ephemeral, response));
    const shared = group.exp(rest, inverse(challenge));
    expect(group.print(shared)).not.toBe(z);
    const exposed = exposedShareJson(group, { shared, proof: { challenge, response } });
    const message = writeMessage(ceremony, transcript, 'complaint', 3, { dealer: 2, exposed });
    const complaint = sign(group, accuser.signing, message, random);
    expect(judgeComplaint(ceremony, transcript, 3, complaint)).toEqual([
      { holder: 3, step: 'complaint', reason: 'does not open the share that was sent' },
    ]);
  });
});
