import { createChallenge, verifySolution, type Payload } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';

/** About 256 derivations on average: a second of a telephone, and of whoever wants ten thousand. */
const WORK = { algorithm: 'PBKDF2/SHA-256', cost: 2_000, keyPrefix: '00' } as const;

/** The challenge of a proof of work, signed, in JSON (ALTCHA, protocol 2). `id` binds it to one riddle, which ends with it. */
export async function offerProof(secret: string, id: string): Promise<string> {
  const challenge = await createChallenge({
    ...WORK,
    deriveKey,
    data: { id },
    hmacSignatureSecret: secret,
  });
  return JSON.stringify(challenge);
}

/** Whether this is the work that was asked for, under this id. Anything that cannot be read is not. */
export async function proofHolds(secret: string, id: string, proof: string): Promise<boolean> {
  try {
    const { challenge, solution } = JSON.parse(proof) as Payload;
    if (challenge.parameters.data?.['id'] !== id) return false;
    const { verified } = await verifySolution({
      challenge,
      solution,
      deriveKey,
      hmacSignatureSecret: secret,
    });
    return verified;
  } catch {
    return false;
  }
}
