/** What everyone can check in a ceremony's transcript; a holder who cheats is named, with the step. */
import type { Element } from './group.js';
import {
  commitmentOf,
  readMessage,
  rounds,
  shareContext,
  type Ceremony,
  type Round,
  type Transcript,
} from './key-ceremony-messages.js';
import {
  checkCertificates,
  checkPolynomial,
  checkSignature,
  checkVerificationKey,
  expectedKeys,
  type HolderFault,
  type HolderStep,
} from './key-holders-check.js';
import {
  parseCertificate,
  parsePolynomial,
  parseVerificationKey,
  type Certificate,
  type PublishedPolynomial,
  type VerificationKey,
} from './key-holders.js';
import { Malformed } from './malformed.js';
import { evaluateInExponent } from './pedersen.js';
import { parseProof, type Proof } from './proof-of-knowledge.js';
import {
  bytes32,
  parseExposedShare,
  parseSealedShare,
  unsealExposed,
  type SealedShare,
} from './share-encryption.js';
import { parseSigned, verifyMessage, type Signed } from './signed-message.js';
import { integer, items, string } from './strict-json.js';

/** What the messages of a sound transcript say, round by round. */
export interface Proceedings {
  readonly certificates: readonly Certificate[];
  readonly openings: readonly { polynomial: PublishedPolynomial; signature: Proof }[];
  /** deals[i][j]: what holder i + 1 sent to holder j + 1. */
  readonly deals: readonly (readonly SealedShare[])[];
  readonly completions: readonly VerificationKey[];
}

/** Which step a holder fails in when its message of a round is wrong. */
export const stepOf: Readonly<Record<Round, HolderStep>> = {
  certificates: 'certificate',
  commitments: 'commitment',
  openings: 'opening',
  deals: 'share',
  completions: 'verification-key',
};

/**
 * Reads and checks all that was said so far. Faults name each holder whose message is not what the protocol says;
 * a round is not looked at when the one before has faults or is not complete.
 */
export function readTranscript(
  ceremony: Ceremony,
  transcript: Transcript,
): { faults: HolderFault[]; proceedings: Proceedings } {
  const { group, size, threshold } = ceremony;
  const faults: HolderFault[] = [];
  const certificates: Certificate[] = [];
  const openings: { polynomial: PublishedPolynomial; signature: Proof }[] = [];
  const deals: SealedShare[][] = [];
  const completions: VerificationKey[] = [];
  const committed: string[] = [];
  let expected: Element[] = [];
  const signer = (holder: number) => (certificates[holder - 1] as Certificate).verification;

  const read: Record<Round, (signed: Signed, holder: number) => HolderFault[]> = {
    certificates: (signed, holder) => {
      certificates.push(parseCertificate(group, signed, `certificates[${holder - 1}]`));
      return [];
    },
    commitments: (signed, holder) => {
      const body = readMessage(ceremony, transcript, 'commitments', holder, signed.message, ['commitment']);
      committed.push(string(body['commitment'], `commitments[${holder - 1}].commitment`));
      return checkAuthor(ceremony, signer(holder), signed, holder, 'commitment');
    },
    openings: (signed, holder) => {
      const path = `openings[${holder - 1}]`;
      const names = ['polynomial', 'signature', 'nonce'];
      const body = readMessage(ceremony, transcript, 'openings', holder, signed.message, names);
      bytes32(body['nonce'], `${path}.nonce`);
      const inner = parseSigned(group, body['polynomial'], `${path}.polynomial`);
      const nonce = body['nonce'] as string;
      if (commitmentOf(ceremony, transcript, holder, inner.message, nonce) !== committed[holder - 1]) {
        return [{ holder, step: 'opening', reason: 'is not what the holder committed to' }];
      }
      const polynomial = parsePolynomial(group, inner, threshold, `${path}.polynomial`);
      const signature = parseProof(group, body['signature'], `${path}.signature`);
      openings.push({ polynomial, signature });
      return [
        ...checkAuthor(ceremony, signer(holder), signed, holder, 'opening'),
        ...checkPolynomial(group, signer(holder), inner, holder),
        ...checkSignature(
          group,
          signer(holder),
          transcript.certificates,
          polynomial.coefexps,
          signature,
          holder,
        ),
      ];
    },
    deals: (signed, holder) => {
      const path = `deals[${holder - 1}].shares`;
      const body = readMessage(ceremony, transcript, 'deals', holder, signed.message, ['shares']);
      const readShare = (item: unknown, at: string) => parseSealedShare(group, item, at);
      const shares = items(body['shares'], path, readShare, { of: size, what: 'shares' });
      deals.push(shares);
      return checkAuthor(ceremony, signer(holder), signed, holder, 'share');
    },
    completions: (signed, holder) => {
      const body = readMessage(ceremony, transcript, 'completions', holder, signed.message, ['key']);
      const key = parseVerificationKey(group, body['key'], `completions[${holder - 1}].key`);
      completions.push(key);
      return [
        ...checkAuthor(ceremony, signer(holder), signed, holder, 'verification-key'),
        ...checkVerificationKey(group, signer(holder), key, expected[holder - 1] as Element, holder),
      ];
    },
  };

  for (const round of rounds) {
    if (round === 'completions') expected = expectedKeys(group, openings.map(coefexpsOf));
    transcript[round].slice(0, size).forEach((signed, i) => {
      faults.push(...orMalformed(i + 1, stepOf[round], () => read[round](signed, i + 1)));
    });
    if (round === 'certificates' && faults.length === 0) {
      faults.push(...checkCertificates(group, certificates, size, threshold));
    }
    if (faults.length > 0 || transcript[round].length < size) break;
  }
  return { faults, proceedings: { certificates, openings, deals, completions } };
}

/**
 * Who cheated, when `accuser` complains of a share: the dealer if the share it sent is wrong, the accuser if not.
 * Anybody can judge. Throws nothing: a complaint that means nothing is a fault of the accuser.
 */
export function judgeComplaint(
  ceremony: Ceremony,
  transcript: Transcript,
  accuser: number,
  complaint: Signed,
): HolderFault[] {
  const { group, size } = ceremony;
  const { faults, proceedings } = readTranscript(ceremony, transcript);
  const certificate = proceedings.certificates[accuser - 1];
  if (faults.length > 0 || certificate === undefined || proceedings.deals.length < size) return faults;
  return orMalformed(accuser, 'complaint', () => {
    const author = checkAuthor(ceremony, certificate.verification, complaint, accuser, 'complaint');
    if (author.length > 0) return author;
    const names = ['dealer', 'exposed'];
    const body = readMessage(ceremony, transcript, 'complaint', accuser, complaint.message, names);
    const dealer = integer(body['dealer'], 'complaint.dealer', 1, size);
    const exposed = parseExposedShare(group, body['exposed'], 'complaint.exposed');
    const sealed = proceedings.deals[dealer - 1]?.[accuser - 1] as SealedShare;
    const context = shareContext(ceremony, transcript, dealer, accuser);
    const share = unsealExposed(group, certificate.encryption, context, sealed, exposed);
    if (share === false) {
      return [{ holder: accuser, step: 'complaint', reason: 'does not open the share that was sent' }];
    }
    return shareFits(ceremony, proceedings, dealer, accuser, share)
      ? [{ holder: accuser, step: 'complaint', reason: `the share of holder ${dealer} is right` }]
      : [{ holder: dealer, step: 'share', reason: `sent a wrong share to holder ${accuser}` }];
  });
}

/** Whether a share is the value that the dealer's published polynomial has at the recipient's place. */
export function shareFits(
  { group }: Ceremony,
  { openings }: Proceedings,
  dealer: number,
  recipient: number,
  share: bigint | undefined,
): boolean {
  const coefexps = openings[dealer - 1]?.polynomial.coefexps;
  if (share === undefined || coefexps === undefined) return false;
  return group.equal(group.g.exp(share), evaluateInExponent(group, coefexps, recipient));
}

function checkAuthor(
  { group }: Ceremony,
  signer: Element,
  { message, signature }: Signed,
  holder: number,
  step: HolderStep,
): HolderFault[] {
  return verifyMessage(group, signer, message, signature)
    ? []
    : [{ holder, step, reason: 'wrong signature' }];
}

function orMalformed(holder: number, step: HolderStep, check: () => HolderFault[]): HolderFault[] {
  try {
    return check();
  } catch (error) {
    if (error instanceof Malformed) return [{ holder, step, reason: error.message }];
    throw error;
  }
}

function coefexpsOf({ polynomial }: { polynomial: PublishedPolynomial }): readonly Element[] {
  return polynomial.coefexps;
}
