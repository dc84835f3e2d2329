import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, sign } from 'node:crypto';
import { acknowledgementMessage, verifyAcknowledgement } from '../../../src/crypto/acknowledgement.js';

const seed = Buffer.alloc(32, 7);
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const publicKey = 'ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c'; // of 32 bytes 07
const said = {
  electionId: '6f1c2b34-8a5d-4e6f-9b0a-1c2d3e4f5a6b',
  scrutinId: '0b7e9f52-3c4d-4a8b-8e1f-2d3c4b5a6978',
  reference: 'K8vXH3y0o1w5l4T9c2m7Qe6JzR0uBnAqVxSgWdLfPiE',
  batch: 12,
};
const signed = sign(null, acknowledgementMessage(said), key).toString('hex');

describe('an acknowledgement', () => {
  it('is over one text', () => {
    const text = Buffer.from(acknowledgementMessage(said)).toString();
    expect(text).toBe(
      'isoloir/acknowledgement/v1\n6f1c2b34-8a5d-4e6f-9b0a-1c2d3e4f5a6b\n0b7e9f52-3c4d-4a8b-8e1f-2d3c4b5a6978\nK8vXH3y0o1w5l4T9c2m7Qe6JzR0uBnAqVxSgWdLfPiE\n12',
    );
  });

  it('is believed as it was signed', () => {
    expect(verifyAcknowledgement(publicKey, said, signed)).toBe(true);
  });

  it.each([
    ['of another ballot', { ...said, reference: said.reference.replace('K', 'L') }],
    ['of another scrutin', { ...said, scrutinId: said.electionId }],
    ['of another election', { ...said, electionId: said.scrutinId }],
    ['of another batch', { ...said, batch: 13 }],
    ['of no batch', { ...said, batch: 0 }],
    ['of half a batch', { ...said, batch: 12.5 }],
  ])('is not believed %s', (_, other) => {
    expect(verifyAcknowledgement(publicKey, other, signed)).toBe(false);
  });

  it.each([
    ['', signed],
    [publicKey, ''],
    [publicKey.toUpperCase(), signed],
    [publicKey, signed.toUpperCase()],
    ['00'.repeat(32), signed],
    ['ff'.repeat(32), signed],
    [publicKey, '00'.repeat(64)],
    [`01${'00'.repeat(31)}`, `01${'00'.repeat(63)}`], // of small order: signs anything where nobody looks
  ])('is false, never an error, on the key %p and the signature %p', (otherKey, signature) => {
    expect(verifyAcknowledgement(otherKey, said, signature)).toBe(false);
  });
});
